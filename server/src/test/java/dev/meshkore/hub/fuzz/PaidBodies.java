package dev.meshkore.hub.fuzz;

import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.TestHub;
import dev.meshkore.hub.testing.Wallet;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.SplittableRandom;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What the routes of paid calls and of the facilitator take of one hub: payments that are signed
/// for it, and ids of its services. Each payment is another.
final class PaidBodies {
  static final String CALL = "/services/{service_id}/call";

  private static final JsonMapper JSON = new JsonMapper();

  private final Wallet wallet = Wallet.of(1);
  private final TestHub hub;
  private final String service;
  private final JsonNode required;

  /// @param payer whose wallet it is
  /// @param service that is called
  PaidBodies(TestHub hub, Caller payer, String service) {
    this.hub = hub;
    this.service = service;
    wallet.bindTo(payer);
    HttpResponse<String> answer =
        Caller.withoutKey(hub).exchange("GET", "/services/" + service + "/call", null);
    String header = answer.headers().firstValue("PAYMENT-REQUIRED").orElseThrow();
    this.required = JSON.readTree(Base64.getDecoder().decode(header)).get("accepts").get(0);
  }

  /// A body that a route takes, where it is one of these.
  Optional<String> of(Router.Route route) {
    if (!route.method().equals("POST")) {
      return Optional.empty();
    }
    return switch (route.pattern()) {
      case "/x402/verify", "/x402/settle", "/v1/x402/verify", "/v1/x402/settle" -> {
        ObjectNode body = JSON.createObjectNode().put("x402Version", 2);
        body.set("paymentPayload", payment());
        body.set("paymentRequirements", required);
        yield Optional.of(body.toString());
      }
      case CALL -> Optional.of("{\"say\":[1.50,\"hi\"]}");
      case "/calls" ->
          Optional.of(
              "{\"id\":\"c1\",\"service_id\":\"%s\",\"max\":{\"atoms\":9},".formatted(service)
                  + "\"input\":{\"say\":\"hi\"}}");
      case "/calls/{call_id}/answer" -> Optional.of("{\"output\":{\"said\":\"hi\"}}");
      default -> Optional.empty();
    };
  }

  /// What a request carries that pays a call; or "".
  String header(Router.Route route, Mutator mutator, SplittableRandom random) {
    if (!route.pattern().equals(CALL) || random.nextInt(10) == 0) {
      return "";
    }
    String payment = payment().toString();
    byte[] bytes =
        random.nextBoolean() ? payment.getBytes(StandardCharsets.UTF_8) : mutator.body(payment);
    String name = random.nextInt(5) == 0 ? "X-PAYMENT" : "PAYMENT-SIGNATURE";
    return name + ": " + Base64.getEncoder().encodeToString(bytes) + "\r\n";
  }

  /// What pays a call, as a header carries it.
  String signed() {
    return Wallet.header(payment());
  }

  private ObjectNode payment() {
    return wallet.pays(required, hub.now().getEpochSecond());
  }
}
