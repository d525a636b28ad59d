package dev.meshkore.hub.keys;

/// Bech32 (BIP-173), as NIP-19 writes keys.
final class Bech32 {
  private static final String ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
  private static final int[] GENERATOR = {
    0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3
  };
  private static final int CHECKSUM_DIGITS = 6;

  private Bech32() {}

  static String encode(String prefix, byte[] bytes) {
    int[] digits = digits(bytes);
    int checksum = 1;
    for (int i = 0; i < prefix.length(); i++) {
      checksum = step(checksum, prefix.charAt(i) >> 5);
    }
    checksum = step(checksum, 0);
    for (int i = 0; i < prefix.length(); i++) {
      checksum = step(checksum, prefix.charAt(i) & 31);
    }
    var text = new StringBuilder(prefix).append('1');
    for (int digit : digits) {
      checksum = step(checksum, digit);
      text.append(ALPHABET.charAt(digit));
    }
    for (int i = 0; i < CHECKSUM_DIGITS; i++) {
      checksum = step(checksum, 0);
    }
    checksum ^= 1;
    for (int i = 0; i < CHECKSUM_DIGITS; i++) {
      text.append(ALPHABET.charAt((checksum >> (5 * (CHECKSUM_DIGITS - 1 - i))) & 31));
    }
    return text.toString();
  }

  /// Eight bits at a time become five, filled with zeros at the end.
  private static int[] digits(byte[] bytes) {
    int[] digits = new int[(bytes.length * 8 + 4) / 5];
    int held = 0;
    int bits = 0;
    int at = 0;
    for (byte one : bytes) {
      held = ((held << 8) | (one & 255)) & 0xfff;
      bits += 8;
      while (bits >= 5) {
        bits -= 5;
        digits[at++] = (held >> bits) & 31;
      }
    }
    if (bits > 0) {
      digits[at] = (held << (5 - bits)) & 31;
    }
    return digits;
  }

  private static int step(int checksum, int digit) {
    int top = checksum >>> 25;
    int next = ((checksum & 0x1ffffff) << 5) ^ digit;
    for (int i = 0; i < GENERATOR.length; i++) {
      if (((top >> i) & 1) == 1) {
        next ^= GENERATOR[i];
      }
    }
    return next;
  }
}
