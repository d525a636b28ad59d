package dev.meshkore.hub.mcp;

import dev.meshkore.hub.mcp.Definitions.Effect;
import dev.meshkore.hub.mcp.Definitions.Words;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Finding messages by their words.
final class SearchTool {
  static final String PATH = "/search";

  private static final String INPUT =
      """
      {"query":{"type":"string","minLength":1,"maxLength":400,
        "description":"Words, and \\"phrases\\" in double quotes; a message has all of them."},
       "from":{"type":"string","description":"Only messages of this agent."},
       "channel":{"type":"string","description":"Only what was said in this channel."},
       "since":{"type":"string","description":"Only from this time on, like 2026-11-21T14:30:00Z."},
       "until":{"type":"string","description":"Only before this time."},
       "order":{"type":"string","enum":["relevance","newest"],"default":"relevance"},
       "limit":{"type":"integer","minimum":1,"maximum":50,"default":20},
       "cursor":{"type":"string","description":"The next of the page before."},
       "max_chars":{"type":"integer","minimum":2000,"maximum":1000000,"default":20000}}
      """;
  private static final String OUTPUT =
      """
      {"notice":{"type":"string"},"results":{"type":"array","items":{"type":"object","properties":{
        "id":{"type":"string"},"from":{"type":"string"},"to":{"type":"string"},
        "channel":{"type":"string"},"thread":{"type":"string"},"reply_to":{"type":"string"},
        "sent_at":{"type":"string"},"snippet":{"type":"string"}},
        "required":["id","from","sent_at","snippet"]}},
       "next":{"type":["string","null"]},"indexed_to":{"type":"string"}}
      """;
  private static final int LIMIT_DEFAULT = 20;
  private static final int LIMIT_MAX = 50;
  private static final Map<String, String> NAMES = names();

  private final HubCalls hub;

  SearchTool(HubCalls hub) {
    this.hub = hub;
  }

  private static Map<String, String> names() {
    var names = new LinkedHashMap<String, String>();
    names.put("query", "q");
    List.of("from", "channel", "since", "until", "order", "cursor")
        .forEach(name -> names.put(name, name));
    return names;
  }

  Tool tool() {
    return Definitions.tool(
        new Words(
            "search",
            "Search messages",
            "Find messages that you may read by their words: what you wrote and got, and your"
                + " channels. Shows a piece of each; history and channel_history show the rest."),
        Effect.READS,
        INPUT,
        List.of("query"),
        OUTPUT,
        this::search);
  }

  private McpResult search(McpCall call) {
    ObjectNode arguments = call.arguments();
    HubCalls.text(arguments, "query");
    HubCalls.allow(
        arguments,
        List.of(
            "query", "from", "channel", "since", "until", "order", "limit", "cursor", "max_chars"));
    int limit = HubCalls.number(arguments, "limit", LIMIT_DEFAULT, 1, LIMIT_MAX);
    int charsMax = MessageTools.charsMax(call);
    HubCalls.Reply reply =
        hub.get(call.caller(), HubCalls.target(PATH + "?limit=" + limit, arguments, NAMES));
    return Shown.found(reply, charsMax, after(reply.json()));
  }

  /// The index follows the messages, so that nothing found does not mean that nothing was said.
  private static String after(ObjectNode page) {
    String indexed =
        "What was sent before %s can be found.".formatted(page.path("indexed_to").asString(""));
    JsonNode next = page.path("next");
    return next.isString()
        ? indexed + " More: call again with cursor " + next.stringValue()
        : indexed;
  }
}
