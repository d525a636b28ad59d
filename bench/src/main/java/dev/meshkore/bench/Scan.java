package dev.meshkore.bench;

/// Looks for bytes in bytes: all the reading of JSON that the hot path does.
final class Scan {
  private Scan() {}

  /// Where `wanted` begins between `from` and `to`, or -1.
  static int find(byte[] data, int from, int to, byte[] wanted) {
    byte first = wanted[0];
    int last = to - wanted.length;
    for (int i = from; i <= last; i++) {
      if (data[i] == first && matches(data, i, to, wanted)) {
        return i;
      }
    }
    return -1;
  }

  /// Whether `wanted` stands exactly at `at`.
  static boolean matches(byte[] data, int at, int to, byte[] wanted) {
    if (at < 0 || to - at < wanted.length) {
      return false;
    }
    for (int i = 0; i < wanted.length; i++) {
      if (data[at + i] != wanted[i]) {
        return false;
      }
    }
    return true;
  }

  /// Where the line that starts at `from` ends (the place of its CR before LF), or -1.
  static int lineEnd(byte[] data, int from, int to) {
    for (int i = from; i + 1 < to; i++) {
      if (data[i] == '\r' && data[i + 1] == '\n') {
        return i;
      }
    }
    return -1;
  }
}
