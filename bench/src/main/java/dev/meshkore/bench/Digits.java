package dev.meshkore.bench;

/// Decimal numbers of a fixed width, written into and read from byte arrays without allocation.
final class Digits {
  private Digits() {}

  /// Writes `value` as exactly `width` digits.
  static void put(byte[] target, int at, int width, long value) {
    long rest = value;
    for (int i = at + width - 1; i >= at; i--) {
      long quotient = rest / 10;
      target[i] = (byte) ('0' + (rest - quotient * 10));
      rest = quotient;
    }
  }

  /// Writes digits into a frame that is masked already: each digit is masked as its place asks.
  static void putMasked(byte[] target, int at, int width, long value, int mask, int bodyAt) {
    long rest = value;
    for (int i = at + width - 1; i >= at; i--) {
      long quotient = rest / 10;
      int digit = '0' + (int) (rest - quotient * 10);
      target[i] = (byte) (digit ^ (mask >>> (24 - 8 * ((i - bodyAt) & 3))));
      rest = quotient;
    }
  }

  /// Reads exactly `width` digits.
  static long read(byte[] source, int at, int width) {
    long value = 0;
    for (int i = at; i < at + width; i++) {
      value = value * 10 + (source[i] - '0');
    }
    return value;
  }

  /// Reads digits as long as there are any; without one the answer is 0.
  static long readAll(byte[] source, int at, int to) {
    long value = 0;
    for (int i = at; i < to && source[i] >= '0' && source[i] <= '9'; i++) {
      value = value * 10 + (source[i] - '0');
    }
    return value;
  }
}
