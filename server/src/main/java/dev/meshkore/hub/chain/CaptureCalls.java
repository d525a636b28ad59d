package dev.meshkore.hub.chain;

import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.evm.Keccak;
import dev.meshkore.hub.evm.Word;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// What the escrow contract of `auth-capture` is asked.
final class CaptureCalls {
  private static final int SELECTOR_BYTES = 4;
  private static final String INFO =
      "(address,address,address,address,uint120,uint48,uint48,uint48,uint16,uint16,address,"
          + "uint256)";
  private static final byte[] AUTHORIZE = selector("authorize(" + INFO + ",uint256,address,bytes)");
  private static final byte[] CAPTURE = selector("capture(" + INFO + ",uint256,uint16,address)");
  private static final byte[] VOID = selector("void(" + INFO + ")");
  private static final byte[] STATE = selector("paymentState(bytes32)");

  /// How many words stand before the bytes of an authorization.
  private static final long AUTHORIZE_WORDS = 15;

  private CaptureCalls() {}

  /// Takes the payer's money in, by its authorization of the token.
  static byte[] authorize(PaymentInfo info, Address collector, byte[] signature) {
    int words = (signature.length + Word.BYTES - 1) / Word.BYTES;
    return Rlp.joined(
        AUTHORIZE,
        info.words(),
        Word.of(info.maxAmount()),
        Word.of(collector),
        Word.of(AUTHORIZE_WORDS * Word.BYTES),
        Word.of(signature.length),
        Arrays.copyOf(signature, words * Word.BYTES));
  }

  /// Pays the receiver.
  static byte[] capture(PaymentInfo info, BigInteger atoms) {
    return Rlp.joined(
        CAPTURE, info.words(), Word.of(atoms), Word.of(info.feeBps()), Word.of(info.feeReceiver()));
  }

  /// Gives the payer all that is left.
  static byte[] cancel(PaymentInfo info) {
    return Rlp.joined(VOID, info.words());
  }

  /// Asks whether money was taken in, how much of it is left, and how much was captured.
  static byte[] state(byte[] hash) {
    return Rlp.joined(STATE, hash);
  }

  private static byte[] selector(String function) {
    byte[] hash = Keccak.hash(function.getBytes(StandardCharsets.UTF_8));
    return Arrays.copyOf(hash, SELECTOR_BYTES);
  }
}
