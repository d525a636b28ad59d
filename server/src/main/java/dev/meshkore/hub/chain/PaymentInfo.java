package dev.meshkore.hub.chain;

import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.evm.Keccak;
import dev.meshkore.hub.evm.Word;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;

/// A payment in escrow, as the contract of `auth-capture` knows it: all that a payer signs by its
/// hash. Its members are those of the contract.
///
/// @param operator who alone may capture and void
/// @param payer whose money it is
/// @param receiver who alone is paid by captures, beside the fee
/// @param token of which the money is
/// @param maxAmount how many atoms
/// @param preApprovalExpiry the second from which on the money is not taken in any more
/// @param authorizationExpiry the second from which on nothing is captured, and the payer may take
///   back what is left
/// @param refundExpiry the second from which on nothing is refunded
/// @param feeBps the fee of each capture, in hundredths of a percent: no more and no less
/// @param feeReceiver who gets it
/// @param salt tells payments of the same parties apart
record PaymentInfo(
    Address operator,
    Address payer,
    Address receiver,
    Address token,
    BigInteger maxAmount,
    long preApprovalExpiry,
    long authorizationExpiry,
    long refundExpiry,
    long feeBps,
    Address feeReceiver,
    BigInteger salt) {
  private static final byte[] TYPE =
      Word.of(
          "PaymentInfo(address operator,address payer,address receiver,address token,"
              + "uint120 maxAmount,uint48 preApprovalExpiry,uint48 authorizationExpiry,"
              + "uint48 refundExpiry,uint16 minFeeBps,uint16 maxFeeBps,address feeReceiver,"
              + "uint256 salt)");
  private static final int WORDS = 12;

  /// As the contract is given it.
  byte[] words() {
    return words(payer);
  }

  private byte[] words(Address by) {
    return Rlp.joined(
        Word.of(operator),
        Word.of(by),
        Word.of(receiver),
        Word.of(token),
        Word.of(maxAmount),
        Word.of(preApprovalExpiry),
        Word.of(authorizationExpiry),
        Word.of(refundExpiry),
        Word.of(feeBps),
        Word.of(feeBps),
        Word.of(feeReceiver),
        Word.of(salt));
  }

  /// One out of its words.
  static PaymentInfo of(byte[] words) {
    if (words.length != WORDS * Word.BYTES) {
      throw new IllegalArgumentException("A payment has " + WORDS + " words");
    }
    return new PaymentInfo(
        address(words, 0),
        address(words, 1),
        address(words, 2),
        address(words, 3),
        number(words, 4),
        number(words, 5).longValueExact(),
        number(words, 6).longValueExact(),
        number(words, 7).longValueExact(),
        number(words, 8).longValueExact(),
        address(words, 10),
        number(words, 11));
  }

  private static BigInteger number(byte[] words, int at) {
    return new BigInteger(1, words, at * Word.BYTES, Word.BYTES);
  }

  private static Address address(byte[] words, int at) {
    int end = (at + 1) * Word.BYTES;
    return Address.of(Arrays.copyOfRange(words, end - 20, end));
  }

  /// By what the contract finds it.
  byte[] hash(long chain, Address contract) {
    return hash(chain, contract, payer);
  }

  /// The nonce of the authorization by which its payer pays: its hash without the payer.
  String nonce(long chain, Address contract) {
    return "0x" + HexFormat.of().formatHex(hash(chain, contract, Channel.NOBODY));
  }

  private byte[] hash(long chain, Address contract, Address by) {
    return Keccak.hash(Word.of(chain), Word.of(contract), Keccak.hash(TYPE, words(by)));
  }
}
