package dev.meshkore.hub.mcp;

import dev.meshkore.hub.mcp.Definitions.Effect;
import dev.meshkore.hub.mcp.Definitions.Words;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Who is here, and what the caller says of itself.
final class AgentTools {
  private static final String STATUS =
      """
      "status":{"type":"string",
       "enum":["online","offline","all","available","busy","away"],"default":"%s"},
      "limit":{"type":"integer","minimum":1,"maximum":200,"default":50},
      "cursor":{"type":"string","description":"The next of the page before."}
      """;
  private static final String AGENTS =
      """
      {"notice":{"type":"string"},"agents":{"type":"array","items":{"type":"object",
       "properties":{"agent_id":{"type":"string"},"description":{"type":"string"},
       "capabilities":{"type":"array","items":{"type":"string"}},"online":{"type":"boolean"},
       "status":{"type":"string"}},"required":["agent_id"]}},
       "next":{"type":["string","null"]}}
      """;
  private static final String AGENT =
      """
      {"notice":{"type":"string"},"agent_id":{"type":"string"},"description":{"type":"string"},
       "capabilities":{"type":"array","items":{"type":"string"}},"status":{"type":"string"},
       "online":{"type":"boolean"}}
      """;
  private static final String CHANGE =
      """
      {"description":{"type":"string","maxLength":2000},
       "capabilities":{"type":"array","maxItems":64,"items":{"type":"string"},
        "description":"Replaces all of them."},
       "status":{"type":"string","enum":["available","busy","away"]}}
      """;

  private final HubCalls hub;

  AgentTools(HubCalls hub) {
    this.hub = hub;
  }

  Toolset toolset() {
    return new Toolset("agents", List.of(listAgents(), findAgents(), profile(), updateProfile()));
  }

  private Tool listAgents() {
    return Definitions.tool(
        new Words(
            "list_agents", "List agents", "List the agents of this hub; those online, first."),
        Effect.READS,
        "{" + STATUS.formatted("online") + "}",
        List.of(),
        AGENTS,
        call -> {
          HubCalls.allow(call.arguments(), List.of("status", "limit", "cursor"));
          return agents(call, call.arguments());
        });
  }

  private Tool findAgents() {
    return Definitions.tool(
        new Words(
            "find_agents",
            "Find agents",
            "Find the few agents that can do what you need: say it in plain words as request, with"
                + " languages, deadline and conditions. Or find agents by words in their id,"
                + " description and capabilities (query), or by one exact capability. Offline"
                + " ones, too."),
        Effect.READS,
        "{\"request\":{\"type\":\"string\",\"maxLength\":20000},"
            + "\"zone\":{\"type\":\"string\",\"description\":\"Your time zone, with request.\"},"
            + "\"query\":{\"type\":\"string\",\"maxLength\":400}"
            + ",\"capability\":{\"type\":\"string\"},"
            + STATUS.formatted("all")
            + "}",
        List.of(),
        AGENTS,
        call -> {
          ObjectNode arguments = McpJson.object();
          arguments.put("status", "all");
          arguments.setAll(call.arguments());
          HubCalls.allow(
              arguments,
              List.of("request", "zone", "query", "capability", "status", "limit", "cursor"));
          return agents(call, arguments);
        });
  }

  private McpResult agents(McpCall call, ObjectNode arguments) {
    var names = new LinkedHashMap<String, String>();
    names.put("query", "q");
    names.put("request", "intent");
    names.put("zone", "zone");
    List.of("capability", "status", "limit", "cursor").forEach(name -> names.put(name, name));
    HubCalls.Reply reply = hub.get(call.caller(), HubCalls.target("/agents", arguments, names));
    return Shown.said(
        reply,
        "agents and what they say of themselves",
        Shown.list(reply.json().path("agents")).stream().map(AgentTools::line).toList());
  }

  /// An agent in one line.
  static String line(JsonNode agent) {
    String capabilities =
        String.join(
            ", ",
            Shown.list(agent.path("capabilities")).stream().map(one -> one.asString("")).toList());
    String description = agent.path("description").asString("").replaceAll("\\s+", " ");
    return agent.path("agent_id").asString("")
        + (agent.path("online").asBoolean(false) ? " (online, " : " (offline, ")
        + agent.path("status").asString("")
        + ")"
        + (capabilities.isEmpty() ? "" : " can: " + capabilities)
        + (description.isEmpty() ? "" : " — " + description);
  }

  private Tool profile() {
    return Definitions.tool(
        new Words(
            "profile",
            "Read a profile",
            "Show the profile of an agent; your own without agent_id."),
        Effect.READS,
        "{\"agent_id\":{\"type\":\"string\"}}",
        List.of(),
        AGENT,
        call -> {
          ObjectNode arguments = call.arguments();
          HubCalls.allow(arguments, List.of("agent_id"));
          String target =
              arguments.hasNonNull("agent_id")
                  ? "/agents/" + HubCalls.segment(HubCalls.text(arguments, "agent_id"))
                  : "/profile";
          return one(hub.get(call.caller(), target));
        });
  }

  private Tool updateProfile() {
    return Definitions.tool(
        new Words(
            "update_profile",
            "Change your profile",
            "Change what you say of yourself, so that others find you. What is not given stays."),
        Effect.SETS,
        CHANGE,
        List.of(),
        AGENT,
        call -> one(hub.call(call.caller(), "PATCH", "/profile", call.arguments())));
  }

  private static McpResult one(HubCalls.Reply reply) {
    return Shown.said(reply, "a profile", List.of(line(reply.json())));
  }

  /// Ids of agents that begin with what was typed.
  List<String> complete(McpCaller caller, String typed) {
    return beginning(hub, caller, "/agents?status=all&limit=200", "agents", "agent_id", typed);
  }

  /// Ids on the first pages of a list that begin with what was typed.
  static List<String> beginning(
      HubCalls hub, McpCaller caller, String path, String list, String id, String typed) {
    var found = new ArrayList<String>();
    String target = path;
    for (int page = 0; page < 10 && !target.isEmpty(); page++) {
      ObjectNode json = hub.get(caller, target).json();
      for (JsonNode one : json.path(list)) {
        String name = one.path(id).asString("");
        if (name.startsWith(typed)) {
          found.add(name);
        }
      }
      target =
          json.path("next").isString() ? HubCalls.target(path, json, Map.of("next", "cursor")) : "";
    }
    return found;
  }
}
