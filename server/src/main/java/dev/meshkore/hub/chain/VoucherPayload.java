package dev.meshkore.hub.chain;

import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.evm.EcdsaSignature;
import dev.meshkore.hub.evm.Word;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// What is said by x402's scheme `batch-settlement`. It is read, not believed.
sealed interface VoucherPayload {
  /// How many vouchers may be claimed at once, as x402's own manager of channels does.
  int CLAIMS_MAX = 100;

  /// As the contract holds delays.
  int DELAY_BITS = 40;

  /// What a payer has signed that the receiver may have in all.
  ///
  /// @param channel of which it is
  /// @param channelId which channel it says that this is, lower case
  /// @param ceiling the most atoms in all
  /// @param signature its 65 bytes
  record Voucher(Channel channel, String channelId, BigInteger ceiling, byte[] signature)
      implements VoucherPayload {}

  /// Money for a channel, and the first voucher for it.
  ///
  /// @param atoms how many
  /// @param validAfter the second after which the authorization counts
  /// @param validBefore the second from which on it does not
  /// @param salt of which its nonce is made
  /// @param signature under the authorization
  record Deposit(
      Voucher voucher,
      BigInteger atoms,
      BigInteger validAfter,
      BigInteger validBefore,
      byte[] salt,
      byte[] signature)
      implements VoucherPayload {}

  /// Money goes back to the payer. As a payer asks for it, only the voucher is there.
  record AskedRefund(Voucher voucher) implements VoucherPayload {}

  /// The same as the receiver hands it in.
  ///
  /// @param atoms how many at most
  /// @param nonce how often money was given back before
  /// @param claims what is claimed first
  /// @param signature of the receiver's authorizer under the refund
  /// @param claimSignature of the same under the claims, or nothing
  record Refund(
      Voucher voucher,
      BigInteger atoms,
      BigInteger nonce,
      List<Channel.Claim> claims,
      Optional<byte[]> signature,
      Optional<byte[]> claimSignature)
      implements VoucherPayload {}

  /// What vouchers say becomes the receiver's.
  ///
  /// @param claims at least one
  /// @param signature of the receiver's authorizer
  record Claims(List<Channel.Claim> claims, Optional<byte[]> signature) implements VoucherPayload {}

  /// A receiver is paid what is its own.
  record Settle(Address receiver, Address token) implements VoucherPayload {}

  /// More vouchers at once than are taken.
  record TooMany() implements VoucherPayload {}

  /// Reads a `payload`; empty where it is none of these.
  static Optional<VoucherPayload> read(JsonNode json) {
    return switch (json.path("type").asString("")) {
      case "voucher" -> voucher(json).map(one -> one);
      case "deposit" -> deposit(json).map(one -> one);
      case "refund" -> json.has("refundNonce") ? refund(json) : asked(json);
      case "claim" -> claims(json);
      case "settle" -> settle(json);
      default -> Optional.empty();
    };
  }

  private static Optional<Voucher> voucher(JsonNode json) {
    JsonNode voucher = json.path("voucher");
    Optional<Channel> channel = channel(json.path("channelConfig"));
    String id = voucher.path("channelId").asString("");
    Optional<BigInteger> ceiling = atoms(voucher.path("maxClaimableAmount"));
    Optional<byte[]> signature = signature(voucher.path("signature"));
    boolean isWhole =
        channel.isPresent()
            && Word.readBytes(id).isPresent()
            && ceiling.isPresent()
            && signature.isPresent();
    return isWhole
        ? Optional.of(
            new Voucher(channel.get(), id.toLowerCase(Locale.ROOT), ceiling.get(), signature.get()))
        : Optional.empty();
  }

  private static Optional<Deposit> deposit(JsonNode json) {
    JsonNode signed = json.at("/deposit/authorization/erc3009Authorization");
    Optional<Voucher> voucher = voucher(json);
    Optional<BigInteger> atoms = atoms(json.at("/deposit/amount"));
    Optional<BigInteger> after = Word.read(signed.path("validAfter").asString(""));
    Optional<BigInteger> before = Word.read(signed.path("validBefore").asString(""));
    Optional<byte[]> salt = Word.readBytes(signed.path("salt").asString(""));
    Optional<byte[]> signature = signature(signed.path("signature"));
    boolean isWhole =
        voucher.isPresent()
            && atoms.isPresent()
            && after.isPresent()
            && before.isPresent()
            && salt.isPresent()
            && signature.isPresent();
    return isWhole
        ? Optional.of(
            new Deposit(
                voucher.get(), atoms.get(), after.get(), before.get(), salt.get(), signature.get()))
        : Optional.empty();
  }

  private static Optional<VoucherPayload> asked(JsonNode json) {
    return voucher(json).map(AskedRefund::new);
  }

  private static Optional<VoucherPayload> refund(JsonNode json) {
    Optional<Voucher> voucher = voucher(json);
    Optional<BigInteger> atoms = atoms(json.path("amount"));
    Optional<BigInteger> nonce = Word.read(json.path("refundNonce").asString(""));
    if (json.path("claims").size() > CLAIMS_MAX) {
      return Optional.of(new TooMany());
    }
    Optional<List<Channel.Claim>> claims = list(json.path("claims"));
    boolean isWhole =
        voucher.isPresent() && atoms.isPresent() && nonce.isPresent() && claims.isPresent();
    return isWhole
        ? Optional.of(
            new Refund(
                voucher.get(),
                atoms.get(),
                nonce.get(),
                claims.get(),
                signature(json.path("refundAuthorizerSignature")),
                signature(json.path("claimAuthorizerSignature"))))
        : Optional.empty();
  }

  private static Optional<VoucherPayload> claims(JsonNode json) {
    if (json.path("claims").size() > CLAIMS_MAX) {
      return Optional.of(new TooMany());
    }
    return list(json.path("claims"))
        .filter(claims -> !claims.isEmpty())
        .map(claims -> new Claims(claims, signature(json.path("claimAuthorizerSignature"))));
  }

  private static Optional<List<Channel.Claim>> list(JsonNode json) {
    if (!json.isArray()) {
      return Optional.empty();
    }
    var claims = new ArrayList<Channel.Claim>();
    for (JsonNode one : json) {
      Optional<Channel> channel = channel(one.at("/voucher/channel"));
      Optional<BigInteger> ceiling = atoms(one.at("/voucher/maxClaimableAmount"));
      Optional<byte[]> signature = signature(one.path("signature"));
      Optional<BigInteger> total = atoms(one.path("totalClaimed"));
      if (channel.isEmpty() || ceiling.isEmpty() || signature.isEmpty() || total.isEmpty()) {
        return Optional.empty();
      }
      claims.add(new Channel.Claim(channel.get(), ceiling.get(), signature.get(), total.get()));
    }
    return Optional.of(claims);
  }

  private static Optional<VoucherPayload> settle(JsonNode json) {
    Optional<Address> receiver = address(json.path("receiver"));
    Optional<Address> token = address(json.path("token"));
    return receiver.isPresent() && token.isPresent()
        ? Optional.of(new Settle(receiver.get(), token.get()))
        : Optional.empty();
  }

  private static Optional<Channel> channel(JsonNode json) {
    Optional<Address> payer = address(json.path("payer"));
    Optional<Address> payerAuthorizer = address(json.path("payerAuthorizer"));
    Optional<Address> receiver = address(json.path("receiver"));
    Optional<Address> receiverAuthorizer = address(json.path("receiverAuthorizer"));
    Optional<Address> token = address(json.path("token"));
    JsonNode delay = json.path("withdrawDelay");
    Optional<byte[]> salt = Word.readBytes(json.path("salt").asString(""));
    boolean isWhole =
        payer.isPresent()
            && payerAuthorizer.isPresent()
            && receiver.isPresent()
            && receiverAuthorizer.isPresent()
            && token.isPresent()
            && delay.isIntegralNumber()
            && delay.canConvertToLong()
            && delay.asLong() >= 0
            && delay.asLong() < 1L << DELAY_BITS
            && salt.isPresent();
    return isWhole
        ? Optional.of(
            new Channel(
                payer.get(),
                payerAuthorizer.get(),
                receiver.get(),
                receiverAuthorizer.get(),
                token.get(),
                delay.asLong(),
                salt.get()))
        : Optional.empty();
  }

  private static Optional<Address> address(JsonNode json) {
    return Address.read(json.asString(""));
  }

  /// As the contract holds amounts: 128 bits.
  private static Optional<BigInteger> atoms(JsonNode json) {
    return Word.read(json.asString("")).filter(atoms -> atoms.bitLength() <= 128);
  }

  private static Optional<byte[]> signature(JsonNode json) {
    return EcdsaSignature.read(json.asString(""));
  }
}
