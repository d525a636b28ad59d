package dev.meshkore.hub.mcp;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A request that misuses the protocol: a JSON-RPC error with the HTTP status it travels under.
final class RpcError extends RuntimeException {
  static final int PARSE = -32700;
  static final int INVALID_REQUEST = -32600;
  static final int UNKNOWN_METHOD = -32601;
  static final int INVALID_PARAMS = -32602;
  static final int INTERNAL = -32603;
  static final int UNKNOWN_RESOURCE_LEGACY = -32002;
  static final int HEADER_MISMATCH = -32020;
  static final int MISSING_CAPABILITY = -32021;
  static final int UNSUPPORTED_VERSION = -32022;

  private final int code;
  private final int status;
  private final transient @Nullable JsonNode data;

  RpcError(int code, int status, String message, @Nullable JsonNode data) {
    super(message, null, false, false);
    this.code = code;
    this.status = status;
    this.data = data;
  }

  /// Parameters that are not accepted.
  static RpcError params(String message) {
    return new RpcError(INVALID_PARAMS, 200, message, null);
  }

  static RpcError unknownMethod(String method, int status) {
    return new RpcError(UNKNOWN_METHOD, status, "There is no method " + method, null);
  }

  int status() {
    return status;
  }

  /// The whole JSON-RPC message that answers the request with this id.
  ObjectNode message(@Nullable JsonNode id) {
    ObjectNode message = McpJson.object();
    message.put("jsonrpc", "2.0");
    message.set("id", id);
    ObjectNode error = message.putObject("error");
    error.put("code", code).put("message", readable(String.valueOf(getMessage())));
    if (data != null) {
      error.set("data", data);
    }
    return message;
  }

  /// What a client sent may come back in the message: in moderation.
  private static String readable(String text) {
    return text.length() <= 400 ? text : text.substring(0, 400) + "…";
  }
}
