package dev.meshkore.hub.mcp;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A call, as its handler sees it.
public final class McpCall {
  private static final List<String> LEVELS =
      List.of("debug", "info", "notice", "warning", "error", "critical", "alert", "emergency");

  private final Exchange exchange;
  private final ObjectNode arguments;
  private final ObjectNode responses;
  private final @Nullable JsonNode state;

  McpCall(Exchange exchange, ObjectNode arguments, ObjectNode responses, @Nullable JsonNode state) {
    this.exchange = exchange;
    this.arguments = arguments;
    this.responses = responses;
    this.state = state;
  }

  /// Who calls.
  public McpCaller caller() {
    return exchange.caller();
  }

  /// The arguments; an empty object when none were given.
  public ObjectNode arguments() {
    return arguments;
  }

  /// What the client said beside the arguments, such as a payment; maybe nothing.
  public JsonNode meta() {
    return exchange.meta();
  }

  /// What the client answered to [McpResult.InputRequired], by the names given there.
  public ObjectNode responses() {
    return responses;
  }

  /// The state that went with it; null at first.
  public @Nullable JsonNode state() {
    return state;
  }

  /// Whether the client can be asked: `elicitation`, `sampling` or `roots`.
  public boolean clientHas(String capability) {
    return exchange.clientHas(capability);
  }

  /// Refuses a client that did not say that it can do this.
  public void require(String capability) {
    if (!clientHas(capability)) {
      throw Methods.missingCapability(capability);
    }
  }

  /// Tells of progress, if the client wants to know.
  public void progress(long progress, long total, String message) {
    JsonNode token = exchange.meta().path("progressToken");
    if (!token.isMissingNode()) {
      ObjectNode params = McpJson.object();
      params.set("progressToken", token);
      params.put("progress", progress).put("total", total).put("message", message);
      exchange.reports().tell("notifications/progress", params);
    }
  }

  /// Sends a log message, if the client wants such.
  public void log(String level, String message) {
    int least =
        exchange.isModern()
            ? LEVELS.indexOf(exchange.meta().path(Era.META_LOG_LEVEL).asString(""))
            : 0;
    if (least >= 0 && LEVELS.indexOf(level) >= least) {
      ObjectNode params = McpJson.object();
      params.put("level", level).put("data", message);
      exchange.reports().tell("notifications/message", params);
    }
  }
}
