package dev.meshkore.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Agents and requests of which each is meant for one of them.
///
/// @param descriptions what agents say of themselves, by id
/// @param asked the requests
record LabelledRequests(Map<String, String> descriptions, List<Asked> asked) {
  /// The requests for an agent are in so many parts.
  static final int FOLDS = 5;

  private static final int EXAMPLES_MAX = 20;
  private static final int EXAMPLE_CHARACTERS_MAX = 300;
  private static final JsonMapper JSON = new JsonMapper();

  /// One request.
  ///
  /// @param text the request
  /// @param agentId the agent that is meant
  /// @param fold in which part it is
  record Asked(String text, String agentId, int fold) {}

  /// Reads `agents.jsonl` and `queries-dev.jsonl`.
  static LabelledRequests read(Path folder) {
    var descriptions = new LinkedHashMap<String, String>();
    for (JsonNode one : lines(folder.resolve("agents.jsonl"))) {
      descriptions.put(id(one), one.path("description").asString());
    }
    var asked = new ArrayList<Asked>();
    var counts = new HashMap<String, Integer>();
    for (JsonNode one : lines(folder.resolve("queries-dev.jsonl"))) {
      int count = counts.merge(id(one), 1, Integer::sum) - 1;
      asked.add(new Asked(one.path("query").asString(), id(one), count % FOLDS));
    }
    return new LabelledRequests(descriptions, asked);
  }

  /// The change of a profile by which an agent's requests of the other parts become its examples.
  ObjectNode examples(String agentId, int without) {
    ObjectNode change = JSON.createObjectNode();
    ArrayNode examples = change.putArray("examples");
    asked.stream()
        .filter(one -> one.agentId().equals(agentId) && one.fold() != without)
        .limit(EXAMPLES_MAX)
        .forEach(one -> examples.add(cut(one.text())));
    return change;
  }

  private static String cut(String text) {
    int characters = Math.min(text.codePointCount(0, text.length()), EXAMPLE_CHARACTERS_MAX);
    return text.substring(0, text.offsetByCodePoints(0, characters));
  }

  /// Ids of agents know only small letters and few marks.
  private static String id(JsonNode one) {
    String name = one.path("agent_id").asString();
    return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9._-]+", "-");
  }

  private static List<JsonNode> lines(Path file) {
    try {
      return Files.readAllLines(file).stream().map(JSON::readTree).toList();
    } catch (IOException | JacksonException e) {
      throw new BenchFailure("cannot read " + file + ": " + e.getMessage(), e);
    }
  }
}
