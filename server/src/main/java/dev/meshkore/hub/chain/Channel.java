package dev.meshkore.hub.chain;

import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.evm.EcdsaSignature;
import dev.meshkore.hub.evm.Keccak;
import dev.meshkore.hub.evm.SignDomain;
import dev.meshkore.hub.evm.Word;
import java.math.BigInteger;
import java.util.HexFormat;
import java.util.List;

/// A channel of the escrow contract: what its payer has put in is the receiver's as far as the
/// payer's last voucher says, and the rest is the payer's again after a delay (x402,
/// `batch-settlement`, `ChannelConfig`).
///
/// @param payer who puts money in
/// @param payerAuthorizer whose key signs vouchers; those of channels without one are refused
/// @param receiver who is paid
/// @param receiverAuthorizer who signs what the receiver claims and gives back
/// @param token of which the money is
/// @param withdrawDelay the seconds that a payer waits who takes its money back alone
/// @param salt 32 bytes, which tell channels of the same parties apart
record Channel(
    Address payer,
    Address payerAuthorizer,
    Address receiver,
    Address receiverAuthorizer,
    Address token,
    long withdrawDelay,
    byte[] salt) {
  /// Nobody's address.
  static final Address NOBODY = new Address("0".repeat(40));

  /// How long a delay may be, as the contract has it.
  static final long DELAY_MIN = 900;

  static final long DELAY_MAX = 2_592_000;

  private static final byte[] TYPE =
      Word.of(
          "ChannelConfig(address payer,address payerAuthorizer,address receiver,"
              + "address receiverAuthorizer,address token,uint40 withdrawDelay,bytes32 salt)");
  private static final byte[] VOUCHER =
      Word.of("Voucher(bytes32 channelId,uint128 maxClaimableAmount)");
  private static final byte[] REFUND =
      Word.of("Refund(bytes32 channelId,uint256 nonce,uint128 amount)");
  private static final String ENTRY_TEXT =
      "ClaimEntry(bytes32 channelId,uint128 maxClaimableAmount,uint128 totalClaimed)";
  private static final byte[] ENTRY = Word.of(ENTRY_TEXT);
  private static final byte[] BATCH = Word.of("ClaimBatch(ClaimEntry[] claims)" + ENTRY_TEXT);

  /// What a payer has signed that the receiver may have in all, and what is claimed of it.
  ///
  /// @param channel of which it is
  /// @param ceiling the most atoms in all
  /// @param signature the 65 bytes of the payer or its authorizer
  /// @param total how many atoms in all are the receiver's after it
  record Claim(Channel channel, BigInteger ceiling, byte[] signature, BigInteger total) {}

  /// Its name on the chain.
  byte[] id(SignDomain escrow) {
    return escrow.digest(Keccak.hash(TYPE, words()));
  }

  /// Its name in hexadecimal, lower case.
  String name(SignDomain escrow) {
    return "0x" + HexFormat.of().formatHex(id(escrow));
  }

  /// As contracts read it: seven words.
  byte[] words() {
    return Rlp.joined(
        Word.of(payer),
        Word.of(payerAuthorizer),
        Word.of(receiver),
        Word.of(receiverAuthorizer),
        Word.of(token),
        Word.of(withdrawDelay),
        salt);
  }

  /// Whether the payer's authorizer has signed a ceiling.
  boolean isSigned(SignDomain escrow, BigInteger ceiling, byte[] signature) {
    byte[] digest = escrow.digest(Keccak.hash(VOUCHER, id(escrow), Word.of(ceiling)));
    return isBy(payerAuthorizer, digest, signature);
  }

  /// Whether the receiver's authorizer has signed that so many atoms are given back.
  boolean isRefundSigned(SignDomain escrow, BigInteger nonce, BigInteger atoms, byte[] signature) {
    byte[] digest = escrow.digest(Keccak.hash(REFUND, id(escrow), Word.of(nonce), Word.of(atoms)));
    return isBy(receiverAuthorizer, digest, signature);
  }

  /// Whether somebody has signed that all of these are claimed.
  static boolean areSigned(
      SignDomain escrow, List<Claim> claims, Address authorizer, byte[] signature) {
    byte[][] entries =
        claims.stream()
            .map(claim ->
                Keccak.hash(
                    ENTRY,
                    claim.channel().id(escrow),
                    Word.of(claim.ceiling()),
                    Word.of(claim.total())))
            .toArray(byte[][]::new);
    byte[] digest = escrow.digest(Keccak.hash(BATCH, Keccak.hash(entries)));
    return isBy(authorizer, digest, signature);
  }

  private static boolean isBy(Address who, byte[] digest, byte[] signature) {
    return EcdsaSignature.signer(digest, signature)
        .map(Address::ofKey)
        .filter(who::equals)
        .isPresent();
  }
}
