package dev.meshkore.hub.evm;

import java.math.BigInteger;

/// What an owner of money signs so that somebody else may move it once (EIP-3009).
///
/// @param from whose money it is
/// @param to who is paid
/// @param value how many atoms
/// @param validAfter the second after which it counts
/// @param validBefore the second from which on it does not
/// @param nonce 32 bytes in hexadecimal, lower case; each works once for an owner
public record Authorization(
    Address from,
    Address to,
    BigInteger value,
    BigInteger validAfter,
    BigInteger validBefore,
    String nonce) {
  private static final String MEMBERS =
      "(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,"
          + "bytes32 nonce)";
  private static final byte[] TRANSFER = Word.of("TransferWithAuthorization" + MEMBERS);
  private static final byte[] RECEIVE = Word.of("ReceiveWithAuthorization" + MEMBERS);

  /// What is signed so that anybody may hand it in.
  public byte[] transferDigest(SignDomain domain) {
    return domain.digest(hash(TRANSFER));
  }

  /// What is signed so that only the one who is paid may hand it in.
  public byte[] receiveDigest(SignDomain domain) {
    return domain.digest(hash(RECEIVE));
  }

  private byte[] hash(byte[] type) {
    return Keccak.hash(
        type,
        Word.of(from),
        Word.of(to),
        Word.of(value),
        Word.of(validAfter),
        Word.of(validBefore),
        Word.readBytes(nonce).orElseThrow());
  }

  /// Whether it counts at a second: strictly between its two, as contracts have it.
  public boolean isOpenAt(long second) {
    BigInteger now = BigInteger.valueOf(second);
    return validAfter.compareTo(now) < 0 && now.compareTo(validBefore) < 0;
  }
}
