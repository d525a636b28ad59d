package dev.meshkore.hub.relay;

import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;

/// A message where it is stored, as one stream sees it. The content is what follows the sequence in
/// the message's JSON: `"id":"k1","from":"alice",…}`.
///
/// @param sequence the place in the recipient's inbox; 0 in a channel's conversation
/// @param position the journal's row
/// @param offset where the content begins in the row
/// @param length its bytes
/// @param sender the agent that sent it
/// @param channel the channel it was sent in, or 0
/// @param expiresAtMs when it expires, or 0
/// @param bytes an array that holds the content
/// @param start where the content begins in `bytes`
record Stored(
    long sequence,
    long position,
    int offset,
    int length,
    long sender,
    long channel,
    long expiresAtMs,
    byte[] bytes,
    int start) {

  /// Older before newer, within a conversation.
  static final Comparator<Stored> BY_PLACE =
      Comparator.comparingLong(Stored::position).thenComparingInt(Stored::offset);

  private static final int ID_START = "\"id\":\"".length();

  /// The bytes of their content.
  static long bytesOf(List<Stored> messages) {
    return messages.stream().mapToLong(Stored::length).sum();
  }

  boolean isExpired(long nowMs) {
    return expiresAtMs != 0 && expiresAtMs <= nowMs;
  }

  /// Whether the content is here, or its beginning.
  boolean hasContent() {
    return bytes.length > 0;
  }

  /// The message id, which the content begins with. Ids hold no quotes.
  String id() {
    int from = start + ID_START;
    int to = from;
    while (bytes[to] != '"') {
      to++;
    }
    return new String(bytes, from, to - from, StandardCharsets.US_ASCII);
  }

  Stored within(byte[] row, int rowStart) {
    return new Stored(
        sequence, position, offset, length, sender, channel, expiresAtMs, row, offset - rowStart);
  }
}
