package dev.meshkore.hub.mcp;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a handler answers.
public sealed interface McpResult {
  /// The members of the result, as the protocol names them.
  record Complete(ObjectNode members) implements McpResult {}

  /// The client has to answer these requests first; the handler is then called again with the
  /// answers and the state. Clients of the older era are asked on the stream of the call.
  ///
  /// @param requests by a name of the handler's choice: `method` and `params`
  /// @param state given back with the answers, unchanged; the client can read it; null for none
  record InputRequired(Map<String, ObjectNode> requests, @Nullable JsonNode state)
      implements McpResult {}

  /// A tool's result that is one text.
  static Complete text(String text) {
    ObjectNode members = McpJson.object();
    members.putArray("content").addObject().put("type", "text").put("text", text);
    return new Complete(members);
  }

  /// A tool's result as data, and as a text for clients and models that read no data.
  static Complete data(JsonNode data, String text) {
    Complete result = text(text);
    result.members().set("structuredContent", data);
    return result;
  }

  /// A tool's result that says why nothing was done; the model reads it and can do better.
  static Complete failed(JsonNode problem, String text) {
    ObjectNode data = McpJson.object();
    data.set("problem", problem);
    Complete result = data(data, text);
    result.members().put("isError", true);
    return result;
  }
}
