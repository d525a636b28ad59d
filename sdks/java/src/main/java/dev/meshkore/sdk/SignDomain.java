package dev.meshkore.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.math.BigInteger;

/// For whom typed data is signed (EIP-712): what is signed for one domain is nothing in another.
///
/// @param chain the chain's number
/// @param contract which contract reads it
record SignDomain(String name, String version, long chain, EvmAddress contract) {
  private static final int WORD_BYTES = 32;
  private static final byte[] HEAD = {0x19, 0x01};
  private static final byte[] TYPE =
      word("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");

  /// The 32 bytes that are signed for a structure with this hash.
  byte[] digest(byte[] structHash) {
    return Hashes.keccak(HEAD, separator(), structHash);
  }

  private byte[] separator() {
    return Hashes.keccak(
        TYPE, word(name), word(version), word(BigInteger.valueOf(chain)), word(contract));
  }

  /// A text as contracts sign it: its hash.
  static byte[] word(String text) {
    return Hashes.keccak(text.getBytes(UTF_8));
  }

  /// A number as contracts hold it: 32 bytes, the most significant first.
  static byte[] word(BigInteger number) {
    if (number.signum() < 0 || number.bitLength() > 8 * WORD_BYTES) {
      throw new IllegalArgumentException("A word holds 256 bits, without a sign");
    }
    return padded(number.toByteArray());
  }

  /// An address as contracts hold it.
  static byte[] word(EvmAddress address) {
    return padded(address.bytes());
  }

  private static byte[] padded(byte[] bytes) {
    byte[] word = new byte[WORD_BYTES];
    int start = Math.max(0, bytes.length - WORD_BYTES);
    int length = bytes.length - start;
    System.arraycopy(bytes, start, word, WORD_BYTES - length, length);
    return word;
  }
}
