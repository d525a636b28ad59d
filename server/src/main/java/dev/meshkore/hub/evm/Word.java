package dev.meshkore.hub.evm;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/// Values as contracts hold them: 32 bytes, the most significant first.
public final class Word {
  /// How long each is.
  public static final int BYTES = 32;

  /// As amounts and times are written: no sign, no exponent, no zero before the others.
  private static final Pattern DECIMAL = Pattern.compile("0|[1-9][0-9]{0,77}");

  private static final Pattern HEX = Pattern.compile("0x[0-9a-fA-F]{64}");

  private Word() {}

  /// Reads a whole number of at most 256 bits.
  public static Optional<BigInteger> read(String decimal) {
    return DECIMAL.matcher(decimal).matches()
        ? Optional.of(new BigInteger(decimal)).filter(number -> number.bitLength() <= 8 * BYTES)
        : Optional.empty();
  }

  /// Reads 32 bytes in hexadecimal.
  public static Optional<byte[]> readBytes(String hex) {
    return HEX.matcher(hex).matches()
        ? Optional.of(HexFormat.of().parseHex(hex, 2, hex.length()))
        : Optional.empty();
  }

  /// A whole number.
  public static byte[] of(BigInteger number) {
    if (number.signum() < 0 || number.bitLength() > 8 * BYTES) {
      throw new IllegalArgumentException("A word holds 256 bits, without a sign");
    }
    return padded(number.toByteArray());
  }

  /// A whole number.
  public static byte[] of(long number) {
    return of(BigInteger.valueOf(number));
  }

  /// An address.
  public static byte[] of(Address address) {
    return padded(address.bytes());
  }

  /// The hash of a text, which stands for it.
  public static byte[] of(String text) {
    return Keccak.hash(text.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] padded(byte[] bytes) {
    byte[] word = new byte[BYTES];
    int start = Math.max(0, bytes.length - BYTES);
    System.arraycopy(bytes, start, word, BYTES - (bytes.length - start), bytes.length - start);
    return word;
  }
}
