package dev.meshkore.hub.mcp;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Where a running call tells of itself, and asks the client.
interface Reports {
  /// For a call whose answer is not a stream.
  Reports NONE =
      new Reports() {
        @Override
        public void tell(String method, ObjectNode params) {}

        @Override
        public JsonNode ask(ObjectNode request) {
          throw new RpcError(
              RpcError.INVALID_REQUEST,
              200,
              "This asks the client, which needs a stream: accept text/event-stream",
              null);
        }
      };

  /// Sends a notification.
  void tell(String method, ObjectNode params);

  /// Sends a request and waits for the answer; an empty object when none comes.
  JsonNode ask(ObjectNode request);
}
