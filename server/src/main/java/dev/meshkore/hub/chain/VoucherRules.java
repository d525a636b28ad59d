package dev.meshkore.hub.chain;

import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.evm.Authorization;
import dev.meshkore.hub.evm.EcdsaSignature;
import dev.meshkore.hub.evm.SignDomain;
import dev.meshkore.hub.x402.Requirements;
import java.math.BigInteger;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// What is wrong with what was signed for a channel, as far as it tells itself.
final class VoucherRules {
  private final ChainParts parts;
  private final ChainSettings settings;
  private final SignDomain escrow;

  VoucherRules(ChainParts parts, ChainSettings settings) {
    this.parts = parts;
    this.settings = settings;
    this.escrow = settings.escrow();
  }

  /// Whether a channel is of this token and of the receiver that is required, and may be.
  ///
  /// @param isOffered whether it is as an offer to pay says, which tells authorizer and delay
  private Optional<String> channel(Channel one, Requirements required, boolean isOffered) {
    if (Address.read(required.payTo()).filter(one.receiver()::equals).isEmpty()) {
      return Optional.of(VoucherWords.RECEIVER);
    }
    Optional<Address> authorizer = Address.read(required.extra("receiverAuthorizer"));
    if (one.receiverAuthorizer().equals(Channel.NOBODY)
        || (isOffered && authorizer.filter(one.receiverAuthorizer()::equals).isEmpty())) {
      return Optional.of(VoucherWords.RECEIVER_AUTHORIZER);
    }
    if (!one.token().equals(settings.domain().contract())) {
      return Optional.of(VoucherWords.TOKEN);
    }
    if (required.extra().has("withdrawDelay")
        && required.extra().path("withdrawDelay").asLong(-1) != one.withdrawDelay()) {
      return Optional.of(VoucherWords.DELAY);
    }
    if (one.withdrawDelay() < Channel.DELAY_MIN || one.withdrawDelay() > Channel.DELAY_MAX) {
      return Optional.of(VoucherWords.DELAY_RANGE);
    }
    // The chain would ask the payer's own address, which may be a contract or become one, whose
    // answer may change; of an authorizer only its key counts.
    return one.payerAuthorizer().equals(Channel.NOBODY)
        ? Optional.of(VoucherWords.VOUCHER_SIGNATURE)
        : Optional.empty();
  }

  private Optional<String> channel(
      VoucherPayload.Voucher one, Requirements required, boolean isOffered) {
    return one.channel().name(escrow).equals(one.channelId())
        ? channel(one.channel(), required, isOffered)
        : Optional.of(VoucherWords.CHANNEL_ID);
  }

  /// What is wrong with a voucher.
  Optional<String> voucher(VoucherPayload.Voucher one, Requirements required, boolean isOffered) {
    return channel(one, required, isOffered)
        .or(() ->
            one.channel().isSigned(escrow, one.ceiling(), one.signature())
                ? Optional.empty()
                : Optional.of(VoucherWords.VOUCHER_SIGNATURE));
  }

  /// What is wrong with a deposit.
  ///
  /// @param isNew whether it was not handed in before: what was may be over by now
  Optional<String> deposit(VoucherPayload.Deposit one, Requirements required, boolean isNew) {
    return channel(one.voucher(), required, true)
        .or(() -> isNamed(required) ? Optional.empty() : Optional.of(VoucherWords.DOMAIN))
        .or(() -> isNew ? window(one) : Optional.empty())
        .or(() ->
            isAuthorized(one, required)
                ? Optional.empty()
                : Optional.of(VoucherWords.AUTHORIZATION_SIGNATURE))
        .or(() -> voucher(one.voucher(), required, true))
        .or(() ->
            isNew && isLittle(one.atoms())
                ? Optional.of(VoucherWords.DEPOSIT_LEAST)
                : Optional.empty());
  }

  private static boolean isNamed(Requirements required) {
    return !required.extra("name").isEmpty() && !required.extra("version").isEmpty();
  }

  private boolean isAuthorized(VoucherPayload.Deposit one, Requirements required) {
    SignDomain token = settings.domain();
    return token.name().equals(required.extra("name"))
        && token.version().equals(required.extra("version"))
        && EcdsaSignature.signer(authorization(one).receiveDigest(token), one.signature())
            .map(Address::ofKey)
            .filter(one.voucher().channel().payer()::equals)
            .isPresent();
  }

  /// The authorization of the token by which a deposit is paid.
  Authorization authorization(VoucherPayload.Deposit one) {
    Channel channel = one.voucher().channel();
    byte[] nonce = EscrowCalls.depositNonce(channel.id(escrow), one.salt());
    return new Authorization(
        channel.payer(),
        settings.collector(),
        one.atoms(),
        one.validAfter(),
        one.validBefore(),
        "0x" + HexFormat.of().formatHex(nonce));
  }

  /// Whether the authorization of a deposit counts now, and not for too long.
  private Optional<String> window(VoucherPayload.Deposit one) {
    long now = parts.time().instant().getEpochSecond();
    boolean isLong =
        one.validBefore().compareTo(BigInteger.valueOf(now + EvmRail.WINDOW_SECONDS_MAX)) > 0;
    boolean isShort =
        one.validBefore().compareTo(BigInteger.valueOf(now + EvmRail.SLACK_SECONDS)) < 0;
    if (isLong || isShort) {
      return Optional.of(VoucherWords.VALID_BEFORE);
    }
    return one.validAfter().compareTo(BigInteger.valueOf(now)) >= 0
        ? Optional.of(VoucherWords.VALID_AFTER)
        : Optional.empty();
  }

  /// Whether so many atoms are not worth a transaction.
  private boolean isLittle(BigInteger atoms) {
    return atoms.compareTo(BigInteger.valueOf(settings.least())) < 0;
  }

  /// What is wrong with vouchers that are claimed together.
  Optional<String> claims(
      List<Channel.Claim> claims, Optional<byte[]> signature, Requirements required) {
    Address authorizer = claims.getFirst().channel().receiverAuthorizer();
    var names = new HashSet<String>();
    for (Channel.Claim one : claims) {
      Optional<String> mistake = channel(one.channel(), required, false);
      if (mistake.isPresent()) {
        return mistake;
      }
      if (!one.channel().receiverAuthorizer().equals(authorizer)) {
        return Optional.of(VoucherWords.RECEIVER_AUTHORIZER);
      }
      // What claims nothing is only work for the node.
      if (one.total().signum() == 0 || !names.add(one.channel().name(escrow))) {
        return Optional.of(VoucherWords.FORM);
      }
      if (one.total().compareTo(one.ceiling()) > 0) {
        return Optional.of(VoucherWords.ABOVE_SIGNED);
      }
      if (!one.channel().isSigned(escrow, one.ceiling(), one.signature())) {
        return Optional.of(VoucherWords.VOUCHER_SIGNATURE);
      }
    }
    if (signature.isEmpty()) {
      return Optional.of(VoucherWords.NO_AUTHORIZER);
    }
    return Channel.areSigned(escrow, claims, authorizer, signature.get())
        ? Optional.empty()
        : Optional.of(VoucherWords.CLAIM_TRIED);
  }

  /// What is wrong with giving money back: besides the voucher, at most one claim of the same
  /// channel, and the signatures of the receiver's authorizer.
  Optional<String> refund(VoucherPayload.Refund one, Requirements required) {
    Optional<String> mistake = voucher(one.voucher(), required, false);
    if (mistake.isPresent()) {
      return mistake;
    }
    Channel channel = one.voucher().channel();
    boolean isOwn =
        one.claims().stream()
            .allMatch(claim -> claim.channel().name(escrow).equals(one.voucher().channelId()));
    if (!isOwn || one.claims().size() > 1) {
      return Optional.of(VoucherWords.FORM);
    }
    if (one.signature().isEmpty()) {
      return Optional.of(VoucherWords.NO_AUTHORIZER);
    }
    if (!channel.isRefundSigned(escrow, one.nonce(), one.atoms(), one.signature().get())) {
      return Optional.of(VoucherWords.REFUND_TRIED);
    }
    return one.claims().isEmpty()
        ? Optional.empty()
        : claims(one.claims(), one.claimSignature(), required);
  }
}
