package dev.meshkore.hub.x402;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Problems;
import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.http.Response;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// How a resource that is paid for talks over HTTP (x402 version 2, transport HTTP; version 1 is
/// read and answered, too). Thread-safe.
public final class Paywall {
  private static final String REQUIRED = "PAYMENT-REQUIRED";
  private static final String SIGNATURE = "PAYMENT-SIGNATURE";
  private static final String RESPONSE = "PAYMENT-RESPONSE";
  private static final String FORMER = "X-PAYMENT";
  private static final String FORMER_RESPONSE = "X-PAYMENT-RESPONSE";

  private final Extensions extensions;

  Paywall(Extensions extensions) {
    this.extensions = extensions;
  }

  /// What is paid for.
  ///
  /// @param url where it is
  /// @param description what it is, as whoever sells it says
  public record Resource(String url, String description) {
    /// Clients send it back in a header; all headers together are bounded.
    private static final int DESCRIPTION_MAX = 300;

    /// Its beginning, where it is long.
    public Resource {
      if (description.length() > DESCRIPTION_MAX) {
        int end = DESCRIPTION_MAX - 1;
        boolean isHalf = Character.isHighSurrogate(description.charAt(end - 1));
        description = description.substring(0, isHalf ? end - 1 : end) + "…";
      }
    }
  }

  /// The payment that a request carries; empty where it carries none.
  ///
  /// @throws Refused when what it carries cannot be read
  public Optional<SignedPayment> payment(Request request) {
    String name = request.header(SIGNATURE).isPresent() ? SIGNATURE : FORMER;
    Optional<String> value = request.header(name);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        X402Json.read(value.get())
            .flatMap(SignedPayment::read)
            .orElseThrow(() ->
                Refused.field(
                    name,
                    name + " must be a payment of the scheme exact, as JSON in Base64 (x402)")));
  }

  /// The answer to whoever has not paid.
  ///
  /// @param error why not, in a word of x402 or a few words
  public Response.Whole required(String error, Resource resource, Requirements requirements) {
    ObjectNode json = Json.object();
    json.put("x402Version", 2);
    json.put("error", error);
    json.putObject("resource")
        .put("url", resource.url())
        .put("description", resource.description())
        .put("mimeType", "application/json");
    json.putArray("accepts").add(requirements.json());
    json.set("extensions", extensions.ofRequired(resource, requirements));
    return Problems.response(
            new Refused(
                ProblemType.PAYMENT_REQUIRED,
                "A call costs "
                    + requirements.amount()
                    + " atoms; sign what the header PAYMENT-REQUIRED says and call again with"
                    + " PAYMENT-SIGNATURE"),
            former(error, resource, requirements))
        .with(REQUIRED, X402Json.header(json));
  }

  /// What clients of version 1 read in the body.
  private static ObjectNode former(String error, Resource resource, Requirements requirements) {
    ObjectNode json = Json.object();
    json.put("x402Version", 1);
    json.put("error", error);
    ObjectNode way = json.putArray("accepts").addObject();
    way.put("scheme", requirements.scheme());
    way.put("network", Networks.former(requirements.network()));
    way.put("maxAmountRequired", requirements.amount());
    way.put("resource", resource.url());
    way.put("description", resource.description());
    way.put("mimeType", "application/json");
    way.put("payTo", requirements.payTo());
    way.put("maxTimeoutSeconds", requirements.maxTimeoutSeconds());
    way.put("asset", requirements.asset());
    way.set("extra", requirements.extra());
    return json;
  }

  /// An answer, with what became of the payment, and a receipt where it was taken.
  ///
  /// @param url of the resource
  public Response.Whole told(Response.Whole answer, String url, Settlement settlement) {
    ObjectNode json = X402Json.of(settlement);
    if (settlement.isDone()) {
      json.set("extensions", extensions.ofSettled(url, settlement));
    }
    String value = X402Json.header(json);
    return answer.with(RESPONSE, value).with(FORMER_RESPONSE, value);
  }

  /// How a resource of the hub is called (extension `bazaar`).
  public static ObjectNode call() {
    return Extensions.call();
  }
}
