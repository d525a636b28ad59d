package dev.meshkore.hub.mcp;

import dev.meshkore.hub.http.Utf8;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// One JSON-RPC message of a client.
sealed interface Rpc {
  /// Asks for an answer.
  record Ask(JsonNode id, String method, ObjectNode params) implements Rpc {}

  /// Tells something.
  record Tell(String method, ObjectNode params) implements Rpc {}

  /// Answers what the server asked.
  record Reply(JsonNode id, @Nullable JsonNode result) implements Rpc {}

  /// Reads a body.
  ///
  /// @throws RpcError when it is no such message; a list of messages is none, in every revision
  ///   that is served
  static Rpc read(byte[] body) {
    ObjectNode message = object(body);
    JsonNode id = message.get("id");
    boolean isId = id != null && (id.isString() || id.isIntegralNumber());
    if (!message.path("jsonrpc").asString("").equals("2.0")) {
      throw invalid("jsonrpc must be \"2.0\"");
    }
    boolean isReply = message.has("result") || message.has("error");
    if (isReply && isId && !message.has("method")) {
      return new Reply(id, message.get("result"));
    }
    JsonNode method = message.path("method");
    if (!method.isString() || isReply) {
      throw invalid("method must be a text");
    }
    ObjectNode params =
        switch (message.get("params")) {
          case null -> McpJson.object();
          case ObjectNode object -> object;
          default ->
              throw new RpcError(RpcError.INVALID_PARAMS, 400, "params must be an object", null);
        };
    if (id == null) {
      return new Tell(method.stringValue(), params);
    }
    if (!isId) {
      throw invalid("id must be a text or a whole number");
    }
    return new Ask(id, method.stringValue(), params);
  }

  private static ObjectNode object(byte[] body) {
    if (!Utf8.isJsonText(body)) {
      throw new RpcError(RpcError.PARSE, 400, "The body is not valid UTF-8", null);
    }
    try {
      return switch (McpJson.tree(body)) {
        case ObjectNode object -> object;
        default -> throw invalid("The body must be one message; there are no batches");
      };
    } catch (JacksonException | NumberFormatException _) {
      throw new RpcError(
          RpcError.PARSE, 400, "The body is not valid JSON, or nests too deep", null);
    }
  }

  private static RpcError invalid(String message) {
    return new RpcError(RpcError.INVALID_REQUEST, 400, message, null);
  }
}
