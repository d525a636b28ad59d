package dev.meshkore.hub.mcp;

import dev.meshkore.hub.fence.Fence;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// How answers of the hub's routes are shown to a model: as data with a notice, and as text with
/// fences; what is too long is cut in both.
final class Shown {
  static final int CHARS_DEFAULT = 20_000;
  static final int CHARS_LEAST = 2_000;
  static final int CHARS_MAX = 1_000_000;

  private static final int PAYLOAD_CHARS_LEAST = 400;
  private static final String NOTICE = "notice";
  private static final String PROOF =
      " An agent's id was proved by its key or token to this hub; an id like"
          + " a2a-host-0123456789ab stands for an agent outside, of which only the URL is known.";

  private Shown() {}

  /// A page of messages.
  ///
  /// @param next what to do next, in the hub's words
  static McpResult messages(HubCalls.Reply reply, int charsMax, String next) {
    if (!reply.isDone()) {
      return Refusals.failed(reply.json());
    }
    List<JsonNode> messages = list(reply.json().path("messages"));
    String text = Fence.messages(messages, charsMax) + (messages.isEmpty() ? "" : "\n" + next);
    return McpResult.data(capped(reply.json(), messages, charsMax), text);
  }

  /// A page of messages that a search found, of each a piece.
  ///
  /// @param next what else there is, in the hub's words
  static McpResult found(HubCalls.Reply reply, int charsMax, String next) {
    if (!reply.isDone()) {
      return Refusals.failed(reply.json());
    }
    List<JsonNode> found = list(reply.json().path("results"));
    ObjectNode data = noticed(reply.json());
    var results = data.putArray("results");
    var pieces = new ArrayList<ObjectNode>();
    for (JsonNode one : found) {
      ObjectNode result = (ObjectNode) one;
      String piece = beginning(one.path("snippet").asString(""), charsMax / found.size());
      results.add(result.put("snippet", piece));
      pieces.add(result.deepCopy().put("payload", piece));
    }
    return McpResult.data(data, Fence.messages(pieces, charsMax) + "\n" + next);
  }

  /// Never half a character.
  private static String beginning(String text, int charsMax) {
    if (text.length() <= charsMax) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(charsMax - 1)) ? charsMax - 1 : charsMax;
    return text.substring(0, end) + "…";
  }

  /// Other data in which agents had their say.
  ///
  /// @param lines the same in short
  static McpResult said(HubCalls.Reply reply, String about, List<String> lines) {
    if (!reply.isDone()) {
      return Refusals.failed(reply.json());
    }
    ObjectNode data = noticed(reply.json());
    String text =
        lines.isEmpty() ? none(data) : Fence.text(about, String.join("\n", lines), CHARS_DEFAULT);
    return McpResult.data(data, text);
  }

  /// A page with filters may be empty, and not the last.
  private static String none(ObjectNode data) {
    String next = data.path("next").asString("");
    return next.isEmpty()
        ? "There are none."
        : "There are none on this page; ask again with cursor " + next + " for those after it.";
  }

  /// What the hub itself says.
  static McpResult done(HubCalls.Reply reply, String text) {
    return reply.isDone() ? McpResult.data(reply.json(), text) : Refusals.failed(reply.json());
  }

  static List<JsonNode> list(JsonNode array) {
    var list = new ArrayList<JsonNode>();
    array.forEach(list::add);
    return list;
  }

  private static ObjectNode noticed(ObjectNode json) {
    ObjectNode data = McpJson.object();
    data.put(NOTICE, Fence.NOTICE + PROOF);
    data.setAll(json);
    return data;
  }

  /// The page, with payloads that do not fit replaced by their beginning.
  private static ObjectNode capped(ObjectNode page, List<JsonNode> messages, int charsMax) {
    ObjectNode data = noticed(page);
    var shown = data.putArray("messages");
    int left = charsMax;
    for (int i = 0; i < messages.size(); i++) {
      int share = Math.max(left / (messages.size() - i), PAYLOAD_CHARS_LEAST);
      ObjectNode message = (ObjectNode) messages.get(i);
      String payload = message.path("payload").toString();
      if (payload.length() > share) {
        ObjectNode cut = McpJson.object();
        for (Map.Entry<String, JsonNode> member : message.properties()) {
          if (!member.getKey().equals("payload")) {
            cut.set(member.getKey(), member.getValue());
          }
        }
        cut.put("payload_start", payload.substring(0, share));
        cut.put("payload_chars", payload.length());
        shown.add(cut);
        left -= share;
      } else {
        shown.add(message);
        left -= payload.length();
      }
      left = Math.max(left, 0);
    }
    return data;
  }
}
