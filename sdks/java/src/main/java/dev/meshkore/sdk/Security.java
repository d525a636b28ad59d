package dev.meshkore.sdk;

import java.time.Instant;

/// How a message was protected on its way.
public sealed interface Security {
  /// Not encrypted: the hub could read it, and vouches for its sender.
  record Plain() implements Security {}

  /// Encrypted from end to end, by the key that is pinned for its sender.
  ///
  /// @param senderKey the key that was proven, in hexadecimal
  /// @param writtenAt when the sender says that it wrote it; with groups, when it reached the hub
  record Encrypted(String senderKey, Instant writtenAt) implements Security {}

  /// Encrypted for a group, whose [MlsGroup] reads it.
  record OfGroup() implements Security {}

  /// Encrypted, and not readable or not of its sender; the payload is what came. The reason is one
  /// of `malformed`, `not-for-this-key`, `forged`, `transplanted` (the hub shows it in another
  /// place than its sender gave it), `key-changed`, `unproven-key` (nothing is pinned, and the
  /// sender has not bound this key), `sent-by-this-agent`, `keys-gone` (a group has changed too
  /// often since), and `no-keys` (this agent has none).
  record Unreadable(String reason) implements Security {}
}
