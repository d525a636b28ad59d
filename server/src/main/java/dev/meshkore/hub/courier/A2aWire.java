package dev.meshkore.hub.courier;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.outbound.OutboundClient;
import dev.meshkore.hub.outbound.Outcome;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A2A 1.0 as a client speaks it, over JSON-RPC or HTTP+JSON. Thread-safe; calls block.
final class A2aWire {
  private static final Set<Integer> NOT_NOW = Set.of(408, 425, 429, 502, 503, 504);
  private static final int INTERNAL_ERROR = -32603;
  private static final int WORDS_MAX = 300;
  private static final String EVENTS = "text/event-stream";

  private final OutboundClient client;

  A2aWire(OutboundClient client) {
    this.client = client;
  }

  /// The endpoint that a card names.
  Reply card(URI url) {
    Map<String, String> headers = Map.of("Accept", "application/json", "A2A-Version", "1.0");
    return reply(client.get(url, headers), false);
  }

  /// Sends a message and answers a task or a message without waiting for the work.
  Reply send(Endpoint endpoint, ObjectNode message) {
    ObjectNode request = request(endpoint, message);
    request.putObject("configuration").put("returnImmediately", true);
    return post(endpoint, "SendMessage", "/message:send", request);
  }

  /// Sends a message and hands over each event of the answer while more is wanted.
  Reply stream(Endpoint endpoint, ObjectNode message, Predicate<JsonNode> wantsMore) {
    ObjectNode request = request(endpoint, message);
    var wrong = new AtomicReference<@Nullable Reply>();
    Outcome outcome =
        client.stream(
            address(endpoint, "/message:stream"),
            headers(endpoint, EVENTS + ", " + type(endpoint)),
            body(endpoint, "SendStreamingMessage", request),
            event -> {
              switch (read(endpoint, event)) {
                case Reply.Done done -> {
                  return wantsMore.test(done.result());
                }
                case Reply other -> {
                  wrong.set(other);
                  return false;
                }
              }
            });
    Reply failed = wrong.get();
    if (failed != null) {
      return failed;
    }
    boolean isStream =
        outcome instanceof Outcome.Answered answered
            && answered.header("content-type").orElse("").startsWith(EVENTS);
    if (isStream) {
      return new Reply.Done(Json.object());
    }
    Reply whole = reply(outcome, endpoint.isJsonRpc());
    if (whole instanceof Reply.Done done) {
      var _ = wantsMore.test(done.result());
    }
    return whole;
  }

  /// How a task stands.
  Reply task(Endpoint endpoint, String taskId) {
    ObjectNode request = Json.object().put("id", taskId).put("historyLength", 0);
    if (endpoint.isJsonRpc()) {
      return post(endpoint, "GetTask", "", withTenant(endpoint, request));
    }
    URI url = address(endpoint, "/tasks/" + encoded(taskId) + "?historyLength=0");
    return reply(client.get(url, headers(endpoint, type(endpoint))), false);
  }

  /// Ends a task.
  Reply cancel(Endpoint endpoint, String taskId) {
    ObjectNode request = Json.object().put("id", taskId);
    String path = "/tasks/" + encoded(taskId) + ":cancel";
    return post(endpoint, "CancelTask", path, withTenant(endpoint, request));
  }

  private Reply post(Endpoint endpoint, String method, String path, ObjectNode request) {
    Outcome outcome =
        client.post(
            address(endpoint, path),
            headers(endpoint, type(endpoint)),
            body(endpoint, method, request));
    return reply(outcome, endpoint.isJsonRpc());
  }

  private static ObjectNode request(Endpoint endpoint, ObjectNode message) {
    ObjectNode request = Json.object();
    request.set("message", message);
    return withTenant(endpoint, request);
  }

  private static ObjectNode withTenant(Endpoint endpoint, ObjectNode request) {
    return endpoint.tenant().isEmpty() ? request : request.put("tenant", endpoint.tenant());
  }

  private static URI address(Endpoint endpoint, String path) {
    if (endpoint.isJsonRpc()) {
      return URI.create(endpoint.url());
    }
    String tenant = endpoint.tenant().isEmpty() ? "" : "/" + encoded(endpoint.tenant());
    return URI.create(endpoint.url() + tenant + path);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static String type(Endpoint endpoint) {
    return endpoint.isJsonRpc() ? "application/json" : "application/a2a+json";
  }

  private static Map<String, String> headers(Endpoint endpoint, String accept) {
    return Map.of("A2A-Version", "1.0", "Content-Type", type(endpoint), "Accept", accept);
  }

  private static byte[] body(Endpoint endpoint, String method, ObjectNode request) {
    if (!endpoint.isJsonRpc()) {
      return Json.bytes(request);
    }
    ObjectNode call = Json.object().put("jsonrpc", "2.0").put("id", 1).put("method", method);
    call.set("params", request);
    return Json.bytes(call);
  }

  private static Reply reply(Outcome outcome, boolean isJsonRpc) {
    return switch (outcome) {
      case Outcome.Forbidden forbidden ->
          new Reply.No(new Refused(ProblemType.OUTBOUND_REFUSED, forbidden.reason()));
      case Outcome.Failed failed -> new Reply.NotNow(failed(failed.reason()), false);
      case Outcome.Answered answered when answered.isDone() -> done(answered.body(), isJsonRpc);
      case Outcome.Answered answered -> refused(answered);
    };
  }

  /// A status that says no; its body may say why.
  private static Reply refused(Outcome.Answered answered) {
    int status = answered.status();
    String words = tree(answered.body()).map(body -> words(body.path("error"))).orElse("");
    Refused why = failed("It answered with status " + status + words);
    if (NOT_NOW.contains(status)) {
      return new Reply.NotNow(why, false);
    }
    return status >= 500 ? new Reply.NotNow(why, true) : new Reply.No(why);
  }

  private static Reply done(byte[] body, boolean isJsonRpc) {
    Optional<JsonNode> tree = tree(body);
    if (tree.isEmpty()) {
      return new Reply.NotNow(failed("It did not answer with a JSON object"), true);
    }
    return isJsonRpc ? result(tree.get()) : new Reply.Done(tree.get());
  }

  private static Reply read(Endpoint endpoint, byte[] event) {
    Reply reply = done(event, endpoint.isJsonRpc());
    boolean isError = reply instanceof Reply.Done done && done.result().path("error").isObject();
    return isError && reply instanceof Reply.Done done ? result(done.result()) : reply;
  }

  private static Reply result(JsonNode answer) {
    JsonNode error = answer.path("error");
    if (error.isObject()) {
      Refused why = failed("It refused" + words(error));
      boolean isInternal = error.path("code").asInt(0) == INTERNAL_ERROR;
      return isInternal ? new Reply.NotNow(why, true) : new Reply.No(why);
    }
    JsonNode result = answer.path("result");
    return result.isObject()
        ? new Reply.Done(result)
        : new Reply.NotNow(failed("It did not answer in JSON-RPC"), true);
  }

  private static Optional<JsonNode> tree(byte[] json) {
    try {
      return Optional.of(Json.tree(json)).filter(JsonNode::isObject);
    } catch (JacksonException _) {
      return Optional.empty();
    }
  }

  /// What the other side says, cut short; it is data to whoever reads it.
  private static String words(JsonNode error) {
    String text = error.path("message").asString("");
    return text.isEmpty() ? "" : ": " + text.substring(0, Math.min(text.length(), WORDS_MAX));
  }

  /// The same refusal, with what it is about.
  static Refused about(String what, Refused why) {
    return new Refused(why.type(), what + why.detail());
  }

  static Refused failed(String detail) {
    return new Refused(ProblemType.OUTSIDE_AGENT_FAILED, detail);
  }
}
