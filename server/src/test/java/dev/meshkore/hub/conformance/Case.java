package dev.meshkore.hub.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// A conversation of a few agents with one hub.
///
/// @param agents who joins before the first step
/// @param elsewhere who joins a second hub too
/// @param ids names that get an id and do not join
/// @param settings of the hub, by the names that the cases use
/// @param each what is special about this run of the case
record Case(
    String name,
    List<String> agents,
    List<String> elsewhere,
    List<String> ids,
    Map<String, String> settings,
    JsonNode each,
    List<JsonNode> steps) {
  private static final Set<String> MEMBERS =
      Set.of("name", "agents", "elsewhere", "ids", "hub", "each", "steps");

  static Case of(JsonNode json, JsonNode each) {
    for (String member : json.propertyNames()) {
      if (!MEMBERS.contains(member)) {
        throw new IllegalArgumentException("A case has no member " + member);
      }
    }
    String name = json.get("name").stringValue();
    var settings = new TreeMap<String, String>();
    json.path("hub")
        .properties()
        .forEach(it -> settings.put(it.getKey(), it.getValue().asString()));
    return new Case(
        each.has("name") ? name + ": " + each.get("name").stringValue() : name,
        texts(json.path("agents")),
        texts(json.path("elsewhere")),
        texts(json.path("ids")),
        settings,
        each,
        List.copyOf(json.get("steps").valueStream().toList()));
  }

  /// Whether the case moves the hub's clock, so that it needs a hub for itself.
  boolean movesClock() {
    return steps.stream().anyMatch(step -> step.has("advance"));
  }

  private static List<String> texts(JsonNode array) {
    var texts = new ArrayList<String>();
    array.forEach(item -> texts.add(item.stringValue()));
    return texts;
  }
}
