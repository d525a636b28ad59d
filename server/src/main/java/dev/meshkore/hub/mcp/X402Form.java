package dev.meshkore.hub.mcp;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.LocalCalls;
import dev.meshkore.hub.problem.Refused;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// How a paid tool talks to clients that sign what they pay (x402 version 2, transport MCP): the
/// payment is in the `_meta` of the request, what became of it in that of the result, and what is
/// required is a result that failed. The same is said in headers over HTTP, which this translates.
final class X402Form {
  private static final String PAYMENT = "x402/payment";
  private static final String SETTLED = "x402/payment-response";
  private static final String ERROR = "x402/error";
  private static final String SIGNATURE_HEADER = "PAYMENT-SIGNATURE";
  private static final String REQUIRED_HEADER = "PAYMENT-REQUIRED";
  private static final String SETTLED_HEADER = "PAYMENT-RESPONSE";

  private X402Form() {}

  /// The headers that carry the payment of a call; none where it carries none.
  static Map<String, String> headers(McpCall call) {
    JsonNode payment = call.meta().path(PAYMENT);
    return switch (payment) {
      case ObjectNode signed -> Map.of(SIGNATURE_HEADER, encoded(signed));
      case JsonNode none when none.isMissingNode() -> Map.of();
      default -> throw Refused.field(PAYMENT, PAYMENT + " must be an object, a PaymentPayload");
    };
  }

  private static String encoded(ObjectNode json) {
    return Base64.getEncoder().encodeToString(McpJson.bytes(json));
  }

  /// What an answer says of the payment that is required, where it does.
  static Optional<McpResult> required(LocalCalls.Answer answer) {
    return decoded(answer, REQUIRED_HEADER)
        .map(required -> {
          ObjectNode data = required.deepCopy();
          decoded(answer, SETTLED_HEADER).ifPresent(settled -> data.set(SETTLED, settled));
          ObjectNode text = McpJson.object();
          text.putObject(ERROR)
              .put("code", 402)
              .put("message", required.path("error").asString(""))
              .set("data", data.deepCopy());
          data.set("problem", answer.json());
          McpResult.Complete result = McpResult.data(data, text.toString());
          result.members().put("isError", true);
          return result;
        });
  }

  /// A result, with what became of the payment where the answer says it.
  static McpResult told(LocalCalls.Answer answer, McpResult result) {
    if (result instanceof McpResult.Complete complete) {
      decoded(answer, SETTLED_HEADER)
          .ifPresent(settled -> complete.members().putObject(Era.META).set(SETTLED, settled));
    }
    return result;
  }

  private static Optional<ObjectNode> decoded(LocalCalls.Answer answer, String name) {
    return Optional.ofNullable(answer.headers().get(name))
        .map(value -> Base64.getDecoder().decode(value.getBytes(StandardCharsets.US_ASCII)))
        .map(json -> (ObjectNode) Json.own(json));
  }
}
