package dev.meshkore.hub.relay;

import java.nio.ByteBuffer;

/// Whole numbers in as few bytes as they need: seven bits a byte, the lowest first, and small
/// negative numbers as short as small positive ones (zigzag). What is written for every message is
/// written to disk twice, so its bytes count.
final class Varint {
  /// The most bytes that a number takes.
  static final int BYTES_MAX = 10;

  private Varint() {}

  static void put(ByteBuffer out, long number) {
    long rest = (number << 1) ^ (number >> 63);
    while ((rest & ~0x7fL) != 0) {
      out.put((byte) ((rest & 0x7f) | 0x80));
      rest >>>= 7;
    }
    out.put((byte) rest);
  }

  static long get(ByteBuffer in) {
    long rest = 0;
    int shift = 0;
    byte next;
    do {
      next = in.get();
      rest |= (next & 0x7fL) << shift;
      shift += 7;
    } while (next < 0);
    return (rest >>> 1) ^ -(rest & 1);
  }
}
