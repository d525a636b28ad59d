package dev.meshkore.hub.keys;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.bouncycastle.crypto.digests.KeccakDigest;

/// Addresses of the Ethereum virtual machine.
final class Evm {
  private static final int ADDRESS_BYTES = 20;

  private Evm() {}

  /// The address of a point of 65 bytes: the end of its Keccak-256, with capitals as its checksum
  /// (EIP-55).
  static String address(byte[] uncompressed) {
    byte[] hash = keccak(Arrays.copyOfRange(uncompressed, 1, uncompressed.length));
    String hex = HexFormat.of().formatHex(hash, hash.length - ADDRESS_BYTES, hash.length);
    byte[] check = keccak(hex.getBytes(StandardCharsets.US_ASCII));
    var text = new StringBuilder("0x");
    for (int i = 0; i < hex.length(); i++) {
      int nibble = (i % 2 == 0 ? check[i / 2] >> 4 : check[i / 2]) & 15;
      char digit = hex.charAt(i);
      text.append(nibble >= 8 ? Character.toUpperCase(digit) : digit);
    }
    return text.toString();
  }

  private static byte[] keccak(byte[] bytes) {
    var digest = new KeccakDigest(256);
    digest.update(bytes, 0, bytes.length);
    byte[] hash = new byte[digest.getDigestSize()];
    digest.doFinal(hash, 0);
    return hash;
  }
}
