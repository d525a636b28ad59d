package dev.meshkore.hub.chain;

import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.evm.Keccak;
import dev.meshkore.hub.evm.Word;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/// What the escrow contract of `batch-settlement` is asked, and what it says in its logs.
final class EscrowCalls {
  /// The first topic of what it logs when a receiver is paid.
  static final String SETTLED = TokenCalls.topic("Settled(address,address,address,uint128)");

  private static final int SELECTOR_BYTES = 4;
  private static final String CHANNEL = "(address,address,address,address,address,uint40,bytes32)";
  private static final byte[] DEPOSIT = selector("deposit(" + CHANNEL + ",uint128,address,bytes)");
  private static final byte[] CLAIM =
      selector("claimWithSignature(((" + CHANNEL + ",uint128),bytes,uint128)[],bytes)");
  private static final byte[] SETTLE = selector("settle(address,address)");
  private static final byte[] REFUND =
      selector("refundWithSignature(" + CHANNEL + ",uint128,uint256,bytes)");
  private static final byte[] TOGETHER = selector("multicall(bytes[])");
  private static final byte[] CHANNELS = selector("channels(bytes32)");
  private static final byte[] WITHDRAWALS = selector("pendingWithdrawals(bytes32)");
  private static final byte[] REFUND_NONCE = selector("refundNonce(bytes32)");
  private static final byte[] RECEIVERS = selector("receivers(address,address)");

  /// How many words stand before the bytes of an argument, with the offset of these.
  private static final int DEPOSIT_WORDS = 10;

  private static final int REFUND_WORDS = 10;
  private static final int CLAIM_WORDS = 10;

  private EscrowCalls() {}

  /// The nonce of the authorization by which a deposit is paid.
  static byte[] depositNonce(byte[] id, byte[] salt) {
    return Keccak.hash(id, salt);
  }

  /// Puts money into a channel, by an authorization of the token.
  static byte[] deposit(Channel channel, VoucherPayload.Deposit deposit, Address collector) {
    byte[] authorization =
        Rlp.joined(
            Word.of(deposit.validAfter()),
            Word.of(deposit.validBefore()),
            deposit.salt(),
            Word.of(4L * Word.BYTES),
            bytes(deposit.signature()));
    return Rlp.joined(
        DEPOSIT,
        channel.words(),
        Word.of(deposit.atoms()),
        Word.of(collector),
        Word.of((long) DEPOSIT_WORDS * Word.BYTES),
        bytes(authorization));
  }

  /// Makes what vouchers say the receiver's, as its authorizer has signed.
  static byte[] claim(List<Channel.Claim> claims, byte[] signature) {
    byte[][] entries = claims.stream().map(EscrowCalls::entry).toArray(byte[][]::new);
    byte[] list = list(entries);
    return Rlp.joined(
        CLAIM,
        Word.of(2L * Word.BYTES),
        Word.of(2L * Word.BYTES + list.length),
        list,
        bytes(signature));
  }

  private static byte[] entry(Channel.Claim claim) {
    return Rlp.joined(
        claim.channel().words(),
        Word.of(claim.ceiling()),
        Word.of((long) CLAIM_WORDS * Word.BYTES),
        Word.of(claim.total()),
        bytes(claim.signature()));
  }

  /// Pays a receiver what is its own.
  static byte[] settle(Address receiver, Address token) {
    return Rlp.joined(SETTLE, Word.of(receiver), Word.of(token));
  }

  /// Gives the payer back what is not the receiver's.
  static byte[] refund(Channel channel, BigInteger atoms, BigInteger nonce, byte[] signature) {
    return Rlp.joined(
        REFUND,
        channel.words(),
        Word.of(atoms),
        Word.of(nonce),
        Word.of((long) REFUND_WORDS * Word.BYTES),
        bytes(signature));
  }

  /// Does several things, all or none.
  static byte[] together(List<byte[]> calls) {
    byte[][] each = calls.stream().map(EscrowCalls::bytes).toArray(byte[][]::new);
    return Rlp.joined(TOGETHER, Word.of((long) Word.BYTES), list(each));
  }

  /// Asks what is in a channel: its balance, and how much of it is the receiver's.
  static byte[] channel(byte[] id) {
    return Rlp.joined(CHANNELS, id);
  }

  /// Asks how much the payer takes back, and since when it waits.
  static byte[] withdrawal(byte[] id) {
    return Rlp.joined(WITHDRAWALS, id);
  }

  /// Asks how often money was given back.
  static byte[] refundNonce(byte[] id) {
    return Rlp.joined(REFUND_NONCE, id);
  }

  /// Asks how much a receiver has claimed of a token, and how much of that it was paid.
  static byte[] receiver(Address receiver, Address token) {
    return Rlp.joined(RECEIVERS, Word.of(receiver), Word.of(token));
  }

  /// A list of what has no fixed size: its length, where each begins, and each.
  private static byte[] list(byte[][] entries) {
    byte[][] parts = new byte[2 * entries.length + 1][];
    parts[0] = Word.of(entries.length);
    long offset = (long) entries.length * Word.BYTES;
    for (int i = 0; i < entries.length; i++) {
      parts[1 + i] = Word.of(offset);
      parts[1 + entries.length + i] = entries[i];
      offset += entries[i].length;
    }
    return Rlp.joined(parts);
  }

  /// Bytes with their length, filled up to whole words.
  private static byte[] bytes(byte[] content) {
    int words = (content.length + Word.BYTES - 1) / Word.BYTES;
    return Rlp.joined(Word.of(content.length), Arrays.copyOf(content, words * Word.BYTES));
  }

  private static byte[] selector(String function) {
    byte[] hash = Keccak.hash(function.getBytes(StandardCharsets.UTF_8));
    return Arrays.copyOf(hash, SELECTOR_BYTES);
  }
}
