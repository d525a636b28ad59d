package dev.meshkore.sdk;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// An address on an EVM chain: twenty bytes, which a key or a contract has.
///
/// @param hex its forty digits in lower case
record EvmAddress(String hex) {
  private static final HexFormat HEX = HexFormat.of();
  private static final Pattern FORM = Pattern.compile("0x[0-9a-fA-F]{40}");
  private static final int HASH_BYTES = 32;
  private static final int BYTES = 20;

  /// Reads an address as it is written: in one case, or with the capitals of its checksum (EIP-55).
  static Optional<EvmAddress> read(String text) {
    if (!FORM.matcher(text).matches()) {
      return Optional.empty();
    }
    String digits = text.substring(2);
    String lower = digits.toLowerCase(Locale.ROOT);
    var address = new EvmAddress(lower);
    boolean isOneCase = digits.equals(lower) || digits.equals(digits.toUpperCase(Locale.ROOT));
    return isOneCase || address.text().equals(text) ? Optional.of(address) : Optional.empty();
  }

  /// The address of a public key: the end of the hash of its point, which is given in 65 bytes.
  static EvmAddress ofKey(byte[] uncompressed) {
    byte[] hash = Hashes.keccak(Arrays.copyOfRange(uncompressed, 1, uncompressed.length));
    return new EvmAddress(HEX.formatHex(hash, HASH_BYTES - BYTES, HASH_BYTES));
  }

  byte[] bytes() {
    return HEX.parseHex(hex);
  }

  /// As it is shown, with capitals as its checksum (EIP-55).
  String text() {
    String sum = HEX.formatHex(Hashes.keccak(hex.getBytes(US_ASCII)));
    var text = new StringBuilder("0x");
    for (int i = 0; i < hex.length(); i++) {
      boolean isLarge = Character.digit(sum.charAt(i), 16) >= 8;
      char digit = hex.charAt(i);
      text.append(isLarge ? Character.toUpperCase(digit) : digit);
    }
    return text.toString();
  }

  @Override
  public String toString() {
    return text();
  }
}
