package dev.meshkore.sdk;

import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A payment that was signed, for one request. Whoever has it can have it paid once, to the seller
/// and to nobody else. Immutable.
public final class Payment {
  static final String HEADER = "PAYMENT-SIGNATURE";
  static final String FORMER_HEADER = "X-PAYMENT";

  private final Matter matter;
  private final PaymentOffer offer;
  private final TransferAuthorization authorization;
  private final Carrier carrier;

  /// What is paid for: the very request, with its body.
  record Matter(String method, URI uri, String bodyHash) {
    static Matter of(HttpRequest request, byte @Nullable [] body) {
      byte[] bytes = body == null ? new byte[0] : body;
      return new Matter(
          request.method(), request.uri(), HexFormat.of().formatHex(Hashes.sha256(bytes)));
    }
  }

  /// The header that carries it.
  ///
  /// @param identifier the id that the payment has besides, or null
  record Carrier(String name, String value, @Nullable String identifier) {}

  Payment(Matter matter, PaymentOffer offer, TransferAuthorization authorization, Carrier carrier) {
    this.matter = matter;
    this.offer = offer;
    this.authorization = authorization;
    this.carrier = carrier;
  }

  /// What was paid for.
  public URI uri() {
    return matter.uri();
  }

  /// The chain, by CAIP-2.
  public String network() {
    return offer.network();
  }

  /// The asset's contract.
  public String asset() {
    return offer.asset().text();
  }

  /// How many atoms.
  public BigInteger amount() {
    return authorization.value();
  }

  /// Who pays.
  public String payer() {
    return authorization.from().text();
  }

  /// Who is paid.
  public String payTo() {
    return authorization.to().text();
  }

  /// The number that makes it one payment: 32 bytes in hexadecimal. The asset's contract tells by
  /// it whether it was used (`authorizationState`).
  public String nonce() {
    return "0x" + authorization.nonce();
  }

  /// From when on nobody can have it paid any more.
  public Instant validBefore() {
    return Instant.ofEpochSecond(authorization.validBefore().longValueExact());
  }

  /// The id that the seller knows it by, if the seller takes ids.
  public Optional<String> identifier() {
    return Optional.ofNullable(carrier.identifier());
  }

  /// What it is, without the signature.
  @Override
  public String toString() {
    return amount() + " of " + asset() + " on " + network() + " to " + payTo() + " for " + uri();
  }

  Matter matter() {
    return matter;
  }

  Carrier carrier() {
    return carrier;
  }
}
