package dev.meshkore.hub.evm;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// An address: twenty bytes, which a key or a contract has.
///
/// @param hex its forty digits in lower case
public record Address(String hex) {
  private static final int BYTES = 20;
  private static final Pattern FORM = Pattern.compile("0x[0-9a-fA-F]{40}");
  private static final Pattern PLAIN = Pattern.compile("[0-9a-f]{40}");

  /// Takes forty digits in lower case.
  public Address {
    if (!PLAIN.matcher(hex).matches()) {
      throw new IllegalArgumentException("An address has forty digits in lower case");
    }
  }

  /// Reads an address as it is written: in one case, or with the capitals of its checksum (EIP-55).
  public static Optional<Address> read(String text) {
    if (!FORM.matcher(text).matches()) {
      return Optional.empty();
    }
    String digits = text.substring(2);
    String lower = digits.toLowerCase(Locale.ROOT);
    var address = new Address(lower);
    boolean isOneCase = digits.equals(lower) || digits.equals(digits.toUpperCase(Locale.ROOT));
    return isOneCase || address.text().equals(text) ? Optional.of(address) : Optional.empty();
  }

  /// The address of twenty bytes.
  public static Address of(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("An address has twenty bytes");
    }
    return new Address(HexFormat.of().formatHex(bytes));
  }

  /// The address of a public key: the end of the hash of its point, which is given in 65 bytes.
  public static Address ofKey(byte[] uncompressed) {
    byte[] hash = Keccak.hash(Arrays.copyOfRange(uncompressed, 1, uncompressed.length));
    return of(Arrays.copyOfRange(hash, hash.length - BYTES, hash.length));
  }

  /// The twenty bytes.
  public byte[] bytes() {
    return HexFormat.of().parseHex(hex);
  }

  /// As it is shown, with capitals as its checksum (EIP-55).
  public String text() {
    byte[] check = Keccak.hash(hex.getBytes(StandardCharsets.US_ASCII));
    var text = new StringBuilder("0x");
    for (int i = 0; i < hex.length(); i++) {
      int nibble = (i % 2 == 0 ? check[i / 2] >> 4 : check[i / 2]) & 15;
      char digit = hex.charAt(i);
      text.append(nibble >= 8 ? Character.toUpperCase(digit) : digit);
    }
    return text.toString();
  }

  @Override
  public String toString() {
    return text();
  }
}
