package dev.meshkore.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

/// The payload of every message: JSON of a fixed length that says when and by whom it was sent.
///
/// All numbers start with a 1, so that they keep their width and stay valid JSON.
final class Payload {
  static final int STAMP_DIGITS = 16;
  static final int SENDER_DIGITS = 7;
  static final int BYTES_MIN = 64;
  private static final long STAMP_BASE = 1_000_000_000_000_000L;
  private static final int SENDER_BASE = 1_000_000;
  private static final byte[] START = "{\"n\":1".getBytes(US_ASCII);
  private static final int STAMP_AT = 5;
  private static final int SENDER_AT = STAMP_AT + STAMP_DIGITS + 5;

  private final byte[] template;

  Payload(int bytes) {
    if (bytes < BYTES_MIN) {
      throw new BenchFailure("a payload needs at least " + BYTES_MIN + " bytes");
    }
    String head = "{\"n\":" + STAMP_BASE + ",\"s\":" + SENDER_BASE + ",\"p\":\"";
    String tail = "\"}";
    String text = head + "x".repeat(bytes - head.length() - tail.length()) + tail;
    template = text.getBytes(US_ASCII);
  }

  int bytes() {
    return template.length;
  }

  /// A copy to be spliced into a frame.
  byte[] template() {
    return template.clone();
  }

  /// Writes both numbers into the payload that starts at `at`.
  void put(byte[] frame, int at, long stamp, int sender) {
    Digits.put(frame, at + STAMP_AT, STAMP_DIGITS, STAMP_BASE + stamp);
    Digits.put(frame, at + SENDER_AT, SENDER_DIGITS, SENDER_BASE + sender);
  }

  /// Writes both numbers into a frame that is masked already.
  void putMasked(byte[] frame, int at, long stamp, int sender, int mask, int bodyAt) {
    Digits.putMasked(frame, at + STAMP_AT, STAMP_DIGITS, STAMP_BASE + stamp, mask, bodyAt);
    Digits.putMasked(frame, at + SENDER_AT, SENDER_DIGITS, SENDER_BASE + sender, mask, bodyAt);
  }

  /// Where the payload starts in a message that ends at `to`, or -1. The usual place is looked at
  /// first: payloads come last in every frame.
  int find(byte[] data, int from, int to, int trailing) {
    int usual = to - trailing - template.length;
    if (usual >= from && Scan.matches(data, usual, to, START)) {
      return usual;
    }
    int found = Scan.find(data, from, to, START);
    return found >= 0 && to - found >= SENDER_AT + SENDER_DIGITS ? found : -1;
  }

  static long stamp(byte[] data, int at) {
    return Digits.read(data, at + STAMP_AT, STAMP_DIGITS) - STAMP_BASE;
  }

  static int sender(byte[] data, int at) {
    return (int) Digits.read(data, at + SENDER_AT, SENDER_DIGITS) - SENDER_BASE;
  }
}
