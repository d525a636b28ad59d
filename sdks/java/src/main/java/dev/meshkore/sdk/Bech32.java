package dev.meshkore.sdk;

import java.util.Locale;

/// Bech32 (BIP-173), in which an `npub` is written.
final class Bech32 {
  private static final String ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
  private static final int[] GENERATOR = {
    0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3
  };
  private static final int CHECKSUM_LENGTH = 6;

  private Bech32() {}

  static String encode(String prefix, byte[] data) {
    int[] values = new int[(data.length * 8 + 4) / 5 + CHECKSUM_LENGTH];
    int held = 0;
    int bits = 0;
    int count = 0;
    for (byte one : data) {
      held = ((held << 8) | (one & 0xff)) & 0xfff;
      bits += 8;
      while (bits >= 5) {
        bits -= 5;
        values[count++] = (held >> bits) & 31;
      }
    }
    if (bits > 0) {
      values[count] = (held << (5 - bits)) & 31;
    }
    int checksum = checksum(prefix, values) ^ 1;
    for (int i = 0; i < CHECKSUM_LENGTH; i++) {
      values[values.length - CHECKSUM_LENGTH + i] = (checksum >> (5 * (5 - i))) & 31;
    }
    var text = new StringBuilder(prefix.toLowerCase(Locale.ROOT)).append('1');
    for (int value : values) {
      text.append(ALPHABET.charAt(value));
    }
    return text.toString();
  }

  private static int checksum(String prefix, int[] values) {
    int sum = 1;
    for (int i = 0; i < prefix.length(); i++) {
      sum = step(sum, prefix.charAt(i) >> 5);
    }
    sum = step(sum, 0);
    for (int i = 0; i < prefix.length(); i++) {
      sum = step(sum, prefix.charAt(i) & 31);
    }
    for (int value : values) {
      sum = step(sum, value);
    }
    return sum;
  }

  private static int step(int sum, int value) {
    int top = sum >>> 25;
    int next = (sum & 0x1ffffff) << 5 ^ value;
    for (int i = 0; i < GENERATOR.length; i++) {
      if ((top >> i & 1) == 1) {
        next ^= GENERATOR[i];
      }
    }
    return next;
  }
}
