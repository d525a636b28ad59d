package dev.meshkore.hub.relay;

import java.util.Locale;

/// What became of a message, as its sender sees it.
enum State {
  /// Durable here.
  QUEUED,
  /// Handed to a live session or a poll.
  DELIVERED,
  /// Acknowledged by the recipient.
  READ,
  /// Its time passed before it was read.
  EXPIRED,
  /// Never accepted.
  REFUSED;

  private final String word = name().toLowerCase(Locale.ROOT);

  /// The word on the wire.
  String word() {
    return word;
  }
}
