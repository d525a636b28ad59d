package dev.meshkore.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Asks a hub for agents, one request after another, and takes the times.
final class Asking {
  private static final String MARKER = "bench-marker";
  private static final Duration PATIENCE = Duration.ofHours(4);
  private static final long PAUSE_MS = 100;
  private static final int FOUND = 11;

  private final JsonMapper json = new JsonMapper();
  private final HubApi api;
  private Histogram times = new Histogram(600_000_000_000L, 3);
  private @Nullable Credentials marker;
  private int marks;

  Asking(HubApi api) {
    this.api = api;
  }

  /// The ids of the first ten, best first; `by` says which signals rank.
  List<String> ask(String request, String by) throws InterruptedException {
    long start = System.nanoTime();
    JsonNode answer = discover(request, by);
    times.recordValue(System.nanoTime() - start);
    var ids = new ArrayList<String>();
    for (JsonNode one : answer.path("results")) {
      String id = one.path("agent").path("agent_id").asString();
      if (!id.equals(MARKER) && ids.size() < FOUND - 1) {
        ids.add(id);
      }
    }
    return ids;
  }

  /// The times of all asked since the last time.
  Histogram takeTimes() {
    Histogram taken = times;
    times = new Histogram(600_000_000_000L, 3);
    return taken;
  }

  /// Waits until all that was changed before can be found by words and by meaning. An agent of its
  /// own says a new word then; changes are taken up in their order.
  void awaitIndex() throws InterruptedException {
    // So far from the word before that it is not taken for it misspelt.
    String word = "zq" + "xj".repeat(3 * ++marks);
    Credentials known = marker;
    if (known == null) {
      marker = api.join(Map.of(MARKER, word)).getFirst();
    } else {
      api.profile(known, json.createObjectNode().put("description", word));
    }
    long start = System.nanoTime();
    while (!isThere(discover(word, "words"), word) || !isByMeaning()) {
      if (System.nanoTime() - start > PATIENCE.toNanos()) {
        throw new BenchFailure("the index of agents was not ready in time");
      }
      TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
    }
  }

  private static boolean isThere(JsonNode answer, String word) {
    for (JsonNode one : answer.path("results")) {
      JsonNode agent = one.path("agent");
      if (agent.path("agent_id").asString().equals(MARKER)
          && agent.path("description").asString().equals(word)) {
        return answer.path("index").path("complete").asBoolean();
      }
    }
    return false;
  }

  private boolean isByMeaning() throws InterruptedException {
    JsonNode index = discover("Who can help me?", "all").path("index");
    return index.path("by").asString().equals("meaning") && index.path("complete").asBoolean();
  }

  private JsonNode discover(String request, String by) throws InterruptedException {
    ObjectNode wish = json.createObjectNode().put("query", request).put("by", by);
    return api.discover(wish.put("limit", FOUND).put("explain", false));
  }
}
