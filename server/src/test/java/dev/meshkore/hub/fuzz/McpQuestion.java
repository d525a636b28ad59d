package dev.meshkore.hub.fuzz;

import dev.meshkore.hub.http.Router;
import java.util.List;
import java.util.SplittableRandom;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A valid request of the MCP door, of either era, to be spoiled.
///
/// @param headers that belong to it
/// @param body JSON
record McpQuestion(String headers, String body) {
  static final Router.Route ROUTE = new Router.Route("POST", "/mcp");

  private static final JsonMapper JSON = new JsonMapper();
  private static final String META =
      "{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\","
          + "\"io.modelcontextprotocol/clientCapabilities\":{}}";

  /// Method, name, and parameters.
  private static final List<List<String>> CALLS =
      List.of(
          List.of("initialize", "", "{\"protocolVersion\":\"2025-06-18\"}"),
          List.of("server/discover", "", "{}"),
          List.of("tools/list", "", "{\"cursor\":null}"),
          List.of(
              "subscriptions/listen",
              "",
              "{\"notifications\":{\"resourceSubscriptions\":[\"a\"]}}"),
          List.of("resources/subscribe", "", "{\"uri\":\"hub://inbox\"}"),
          List.of("resources/read", "hub://inbox", "{\"uri\":\"hub://inbox\"}"),
          List.of("resources/read", "hub://channels/room", "{\"uri\":\"hub://channels/room\"}"),
          List.of("prompts/get", "conversation", "{\"arguments\":{\"agent_id\":\"bob\"}}"),
          List.of(
              "completion/complete",
              "",
              "{\"ref\":{\"type\":\"ref/prompt\",\"name\":\"conversation\"},"
                  + "\"argument\":{\"name\":\"agent_id\",\"value\":\"b\"}}"),
          tool("send", "{\"to\":\"bob\",\"text\":\"hi\",\"id\":\"k1\",\"reply_to\":\"bob:1\"}"),
          tool("send", "{\"to\":\"bob\",\"payload\":{\"a\":[1,2]},\"expires_in\":60}"),
          tool("reply", "{\"message_id\":\"k1\",\"from\":\"bob\",\"text\":\"hi\"}"),
          tool("inbox", "{\"limit\":3,\"max_chars\":5000}"),
          tool("acknowledge", "{\"sequence\":0}"),
          tool("history", "{\"agent_id\":\"bob\",\"before\":\"a1:1\",\"limit\":2}"),
          tool("receipts", "{\"message_id\":\"k1\",\"after\":1}"),
          tool("search", "{\"query\":\"a \\\"b c\\\"\",\"from\":\"bob\",\"limit\":3}"),
          tool("search", "{\"query\":\"a\",\"since\":\"2026-11-21T14:30:00Z\",\"cursor\":\"z\"}"),
          tool("find_agents", "{\"query\":\"a b\",\"capability\":\"x\",\"cursor\":\"zz\"}"),
          tool("find_services", "{\"query\":\"a b\",\"kind\":\"spot\",\"limit\":2}"),
          tool("offers", "{\"request_id\":\"req_x\"}"),
          tool("make_offer", "{\"request_id\":\"req_x\",\"terms\":{\"subject\":\"s\"}}"),
          tool("negotiate", "{\"action\":\"accept\",\"negotiation_id\":\"n\",\"previous\":\"p\"}"),
          tool("feeds", "{\"action\":\"add\",\"query\":\"q\",\"of\":[\"requests\"]}"),
          tool("feeds", "{\"action\":\"remove\",\"feed_id\":\"feed_x\"}"),
          tool("profile", "{\"agent_id\":\"bob\"}"),
          tool("update_profile", "{\"description\":\"d\",\"capabilities\":[\"a\"]}"),
          tool("create_channel", "{\"channel_id\":\"room3\",\"members\":[\"bob\"]}"),
          tool("leave_channel", "{\"channel_id\":\"room3\"}"),
          tool("send_to_channel", "{\"channel_id\":\"room\",\"payload\":[1]}"),
          tool("channel_history", "{\"channel_id\":\"room\",\"before\":\"a1:1\"}"));

  static McpQuestion any(SplittableRandom random) {
    List<String> call = CALLS.get(random.nextInt(CALLS.size()));
    boolean isModern = random.nextBoolean();
    ObjectNode params = (ObjectNode) JSON.readTree(call.get(2));
    String headers = "Accept: application/json, text/event-stream\r\n";
    if (!call.get(1).isEmpty() && !params.has("uri")) {
      params.put("name", call.get(1));
    }
    if (isModern) {
      params.set("_meta", JSON.readTree(META));
      headers += "MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: " + call.getFirst() + "\r\n";
      headers += call.get(1).isEmpty() ? "" : "Mcp-Name: " + call.get(1) + "\r\n";
    }
    ObjectNode body = JSON.createObjectNode();
    body.put("jsonrpc", "2.0").put("id", 1).put("method", call.getFirst()).set("params", params);
    return new McpQuestion(headers, body.toString());
  }

  /// Whether this is an error of JSON-RPC, as it should be.
  static boolean isError(RawHttp.Answer answer) {
    try {
      JsonNode message = JSON.readTree(answer.body());
      return message.path("jsonrpc").asString("").equals("2.0")
          && message.path("error").path("code").isInt()
          && !message.path("error").path("message").asString("").isEmpty();
    } catch (JacksonException _) {
      return false;
    }
  }

  private static List<String> tool(String name, String arguments) {
    return List.of("tools/call", name, "{\"arguments\":" + arguments + "}");
  }
}
