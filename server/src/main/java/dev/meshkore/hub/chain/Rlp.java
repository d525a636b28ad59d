package dev.meshkore.hub.chain;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.util.Arrays;

/// Recursive length prefix, in which transactions are written.
final class Rlp {
  private static final int TEXT = 0x80;
  private static final int LIST = 0xc0;
  private static final int SHORT_MAX = 55;

  private Rlp() {}

  /// Some bytes.
  static byte[] of(byte[] bytes) {
    boolean isItself = bytes.length == 1 && (bytes[0] & 0xff) < TEXT;
    return isItself ? bytes : joined(head(bytes.length, TEXT), bytes);
  }

  /// A whole number without a sign: no zero before it, and nothing for zero.
  static byte[] of(BigInteger number) {
    if (number.signum() < 0) {
      throw new IllegalArgumentException("There is no form for numbers below zero");
    }
    return of(significant(number));
  }

  /// A whole number without a sign.
  static byte[] of(long number) {
    return of(BigInteger.valueOf(number));
  }

  /// A list of what is written already.
  static byte[] list(byte[]... written) {
    byte[] body = joined(written);
    return joined(head(body.length, LIST), body);
  }

  private static byte[] head(int length, int kind) {
    if (length <= SHORT_MAX) {
      return new byte[] {(byte) (kind + length)};
    }
    byte[] size = significant(BigInteger.valueOf(length));
    return joined(new byte[] {(byte) (kind + SHORT_MAX + size.length)}, size);
  }

  private static byte[] significant(BigInteger number) {
    byte[] bytes = number.toByteArray();
    return bytes[0] == 0 ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
  }

  static byte[] joined(byte[]... parts) {
    var all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
