package dev.meshkore.hub.mcp;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// One request and all that surrounds it.
record Exchange(McpCaller caller, Era era, Selection selection, Rpc.Ask ask, Reports reports) {
  String method() {
    return ask.method();
  }

  ObjectNode params() {
    return ask.params();
  }

  boolean isModern() {
    return era == Era.MODERN;
  }

  JsonNode meta() {
    return params().path(Era.META);
  }

  /// Whether the client said that it can do this. Clients of the older era said it when they
  /// connected, which is forgotten: they are asked, and refuse what they cannot do.
  boolean clientHas(String capability) {
    return !isModern() || meta().path(Era.META_CAPABILITIES).has(capability);
  }

  /// A text among the parameters that must be there.
  String text(String name) {
    JsonNode value = params().path(name);
    if (!value.isString()) {
      throw RpcError.params(name + " must be a text");
    }
    return value.stringValue();
  }

  /// An object among the parameters; an empty one when there is none.
  ObjectNode object(String name) {
    return switch (params().get(name)) {
      case null -> McpJson.object();
      case ObjectNode object -> object;
      case JsonNode other when other.isNull() -> McpJson.object();
      default -> throw RpcError.params(name + " must be an object");
    };
  }
}
