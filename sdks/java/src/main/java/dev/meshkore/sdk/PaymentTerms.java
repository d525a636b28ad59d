package dev.meshkore.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.meshkore.sdk.Denial.Limit;
import java.net.http.HttpHeaders;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a seller says with status 402: x402 version 2 in the header `PAYMENT-REQUIRED`, or version
/// 1 in the body. It is read, not believed.
///
/// @param version 2 or 1
/// @param resource what is sold, as version 2 says it; missing where nothing was said
/// @param offers the ways to pay that can be signed, in the seller's order
/// @param denials why the others cannot
/// @param extensions what the seller says besides, as version 2 does; missing where it says nothing
record PaymentTerms(
    int version,
    JsonNode resource,
    List<PaymentOffer> offers,
    List<Denial> denials,
    JsonNode extensions) {
  /// How long a body may be that says terms.
  static final int BODY_BYTES_MAX = 262_144;

  private static final String HEADER = "PAYMENT-REQUIRED";
  private static final String IDENTIFIER = "payment-identifier";
  private static final int HEADER_LENGTH_MAX = 65_536;
  private static final int OFFERS_MAX = 20;

  /// Reads the answer of somebody who wants to be paid.
  ///
  /// @throws PaymentDeniedException when it says no terms
  static PaymentTerms read(HttpHeaders headers, byte[] body) {
    Optional<String> header = headers.firstValue(HEADER);
    JsonNode json = header.isPresent() ? decoded(header.get()) : Json.read(new String(body, UTF_8));
    int version = header.isPresent() ? 2 : 1;
    if (json == null || !isOf(version, json)) {
      throw new PaymentDeniedException(
          List.of(new Denial(Limit.TERMS, "The seller says no terms of x402 version 2 or 1")));
    }
    var offers = new ArrayList<PaymentOffer>();
    var denials = new ArrayList<Denial>();
    JsonNode accepts = json.path("accepts");
    for (int i = 0; i < Math.min(accepts.size(), OFFERS_MAX); i++) {
      try {
        offers.add(PaymentOffer.read(version, accepts.path(i)));
      } catch (PaymentOffer.Unfit unfit) {
        denials.add(unfit.denial());
      }
    }
    if (offers.isEmpty() && denials.isEmpty()) {
      denials.add(new Denial(Limit.TERMS, "The seller names no way to pay"));
    }
    return new PaymentTerms(
        version, json.path("resource"), offers, denials, json.path("extensions"));
  }

  private static boolean isOf(int version, JsonNode json) {
    JsonNode said = json.path("x402Version");
    return said.isIntegralNumber() && said.asInt(0) == version;
  }

  /// Why somebody wants to be paid, as it says: data; "" where it says nothing.
  static String error(HttpHeaders headers, byte[] body) {
    JsonNode json =
        headers
            .firstValue(HEADER)
            .map(PaymentTerms::decoded)
            .orElseGet(() -> Json.read(new String(body, UTF_8)));
    return json == null ? "" : json.path("error").asString("");
  }

  /// Whether a payment may have an id of its own (extension `payment-identifier`).
  boolean wantsIdentifier() {
    return version == 2 && extensions.path(IDENTIFIER).path("info").isObject();
  }

  /// A payment by one of the offers, as the header that carries it has it.
  ///
  /// @param identifier an id that no other payment has, or null
  String header(PaymentOffer offer, ObjectNode payload, @Nullable String identifier) {
    ObjectNode json = Json.object();
    json.put("x402Version", version);
    if (version == 1) {
      json.put("scheme", offer.json().path("scheme").asString());
      json.put("network", offer.json().path("network").asString());
    } else {
      if (resource.isObject()) {
        json.set("resource", resource);
      }
      json.set("accepted", offer.json());
      if (extensions.isObject()) {
        json.set("extensions", extensions(identifier));
      }
    }
    json.set("payload", payload);
    return Base64.getEncoder().encodeToString(Json.text(json).getBytes(UTF_8));
  }

  /// What the seller said, with the id added: nothing else may be changed.
  private JsonNode extensions(@Nullable String identifier) {
    JsonNode all = extensions.deepCopy();
    if (identifier != null && all.path(IDENTIFIER).path("info") instanceof ObjectNode info) {
      info.put("id", identifier);
    }
    return all;
  }

  /// The header that carries a payment.
  String headerName() {
    return version == 1 ? Payment.FORMER_HEADER : Payment.HEADER;
  }

  /// The object in the value of a header of x402, or null where there is none.
  static @Nullable JsonNode decoded(String header) {
    if (header.length() > HEADER_LENGTH_MAX) {
      return null;
    }
    try {
      return Json.read(new String(Base64.getDecoder().decode(header.strip()), UTF_8));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
