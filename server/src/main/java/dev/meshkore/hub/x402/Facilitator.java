package dev.meshkore.hub.x402;

import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.http.Response;
import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.identity.Callers;
import dev.meshkore.hub.keys.KeyType;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The facilitator of x402 (version 2, §7): looks at signed payments and hands them in for sellers
/// anywhere. It needs no credential, because it does nothing but what a buyer has signed. The same
/// is at the paths of Circle's nanopayments (`/v1/x402/…`). Thread-safe.
final class Facilitator {
  private static final int VERSION = 2;

  /// What is asked of it.
  ///
  /// @param payment what was signed, if it can be read
  /// @param json the same as it was sent
  /// @param requirements what it is to fulfil
  private record Asked(Optional<SignedPayment> payment, JsonNode json, Requirements requirements) {}

  private final X402Parts parts;
  private final Callers callers;
  private final List<Rail> rails;
  private final List<Scheme> schemes;

  Facilitator(X402Parts parts, Callers callers, List<Rail> rails, List<Scheme> schemes) {
    this.parts = parts;
    this.callers = callers;
    this.rails = rails;
    this.schemes = schemes;
  }

  void addTo(Router router) {
    for (String path : List.of("/x402", "/v1/x402")) {
      router
          .get(path + "/supported", _ -> supported())
          .post(path + "/verify", this::verify)
          .post(path + "/settle", this::settle);
    }
    router.get("/wallet/x402", callers.reader((_, caller) -> own(caller)));
  }

  private Response supported() {
    ObjectNode body = Json.object();
    ArrayNode kinds = body.putArray("kinds");
    rails.forEach(rail -> add(kinds, LedgerRail.EXACT, rail.network(), rail.extra()));
    schemes.forEach(scheme -> add(kinds, scheme.name(), scheme.network(), scheme.extra()));
    body.putArray("extensions").add(Extensions.IDENTIFIER);
    body.putObject("signers");
    return Response.json(200, body);
  }

  private static void add(ArrayNode kinds, String scheme, String network, ObjectNode extra) {
    kinds
        .addObject()
        .put("x402Version", VERSION)
        .put("scheme", scheme)
        .put("network", network)
        .set("extra", extra);
  }

  private Response verify(Request request) {
    Asked asked = asked(request);
    Verification seen =
        scheme(asked)
            .map(scheme -> scheme.verify(asked.json(), asked.requirements()))
            .or(() ->
                rail(asked)
                    .map(rail -> rail.verify(asked.payment().orElseThrow(), asked.requirements())))
            .orElseGet(() -> new Verification.Invalid(fault(asked), ""));
    ObjectNode body = Json.object();
    switch (seen) {
      case Verification.Valid valid -> {
        body.put("isValid", true);
        body.put("payer", valid.payer().text());
        if (!valid.extra().isEmpty()) {
          body.set("extra", valid.extra());
        }
      }
      case Verification.Invalid invalid -> {
        body.put("isValid", false);
        body.put("invalidReason", invalid.reason());
        if (!invalid.payer().isEmpty()) {
          body.put("payer", invalid.payer());
        }
      }
    }
    return Response.json(200, body);
  }

  private Response settle(Request request) {
    Asked asked = asked(request);
    Settlement settlement =
        scheme(asked)
            .map(scheme -> scheme.settle(asked.json(), asked.requirements()))
            .or(() ->
                rail(asked)
                    .map(rail -> rail.settle(asked.payment().orElseThrow(), asked.requirements())))
            .orElseGet(() -> Settlement.refused(fault(asked), asked.requirements().network(), ""));
    return Response.json(200, X402Json.of(settlement));
  }

  /// The scheme of a form of its own that is meant, where there is one.
  private Optional<Scheme> scheme(Asked asked) {
    return schemes.stream().filter(scheme -> scheme.serves(asked.requirements())).findFirst();
  }

  /// The rail that a payment is for, where it can be read and there is one.
  private Optional<Rail> rail(Asked asked) {
    return asked.payment().isEmpty()
        ? Optional.empty()
        : rails.stream().filter(rail -> rail.serves(asked.requirements())).findFirst();
  }

  private static String fault(Asked asked) {
    return asked.payment().isEmpty() ? "invalid_payload" : "invalid_network";
  }

  private static Asked asked(Request request) {
    JsonNode body;
    try {
      body = Json.tree(request.json());
    } catch (JacksonException failure) {
      throw Fields.malformed(failure);
    }
    JsonNode payment = body.path("paymentPayload");
    JsonNode requirements = body.path("paymentRequirements");
    if (!payment.isObject() || !requirements.isObject()) {
      throw new Refused(
          ProblemType.INVALID_FIELD,
          "The body must have paymentPayload and paymentRequirements, both objects",
          Map.of("field", "paymentPayload"));
    }
    return new Asked(SignedPayment.read(payment), payment, Requirements.read(requirements));
  }

  /// What an agent tells those who are to pay it, and the addresses of which it pays itself.
  private Response own(Caller.OfAgent caller) {
    ObjectNode body = Json.object();
    body.put("agent_id", caller.id());
    HubAddresses addresses = parts.addresses();
    body.put("network", addresses.network());
    body.put("asset", addresses.ledger().text());
    body.put("pay_to", addresses.payTo(caller.number()).text());
    ArrayNode own = body.putArray("payers");
    parts
        .database()
        .read(reader -> parts.keys().ofAgent(reader, caller.number(), KeyType.SECP256K1))
        .forEach(key -> key.evmAddress().ifPresent(own::add));
    return Response.json(200, body);
  }
}
