package dev.meshkore.sdk;

import java.time.Instant;

/// How a message was protected on its way.
public sealed interface Security {
  /// Not encrypted: the hub could read it, and vouches for its sender.
  record Plain() implements Security {}

  /// Encrypted from end to end, by the key that is pinned for its sender.
  ///
  /// @param senderKey the key that was proven, in hexadecimal
  /// @param letterId the same for the same letter: a hub can hand one over twice
  /// @param writtenAt when the sender says that it wrote it
  record Encrypted(String senderKey, String letterId, Instant writtenAt) implements Security {}

  /// Encrypted for a group, whose [MlsGroup] reads it.
  record OfGroup() implements Security {}

  /// Encrypted, and not readable or not of its sender; the payload is what came.
  record Unreadable(String reason) implements Security {}
}
