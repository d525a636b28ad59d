package dev.meshkore.hub.market;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.meaning.Directions;
import dev.meshkore.hub.meaning.Entry;
import dev.meshkore.hub.meaning.Meaning;
import dev.meshkore.hub.meaning.Model;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// How much of what is meant is near enough to a feed's wish, and how much of all else, on a folder
/// with `agents.jsonl` and `queries-dev.jsonl`: as if each of those requests were a wish for
/// services, and as if each description were a wish for requests.
@Tag("faults")
@EnabledIfSystemProperty(named = "discovery.data", matches = ".+")
final class FeedAccuracyTest {
  private static final int FROM = 20;
  private static final int TO = 70;
  private static final int STEP = 5;

  private record Pointed(String key, float[] direction) {}

  private final Path folder = Path.of(System.getProperty("discovery.data", "."));

  @TempDir private Path data;

  private List<JsonNode> lines(String name) throws IOException {
    var json = new JsonMapper();
    return Files.readAllLines(folder.resolve(name)).stream().map(json::readTree).toList();
  }

  private static List<Pointed> pointed(List<JsonNode> lines, Function<JsonNode, float[]> how) {
    var all = new ArrayList<Pointed>();
    lines.forEach(
        line -> all.add(new Pointed(line.get("agent_id").stringValue(), how.apply(line))));
    return all;
  }

  @Test
  void tellsHowMuchPassesAtWhichNearness() throws IOException {
    try (var meaning = new Meaning(data, Model.OWN, System::nanoTime)) {
      Directions directions = meaning.directions();
      List<Pointed> requests =
          pointed(
              lines("queries-dev.jsonl"),
              one -> directions.ofRequest(one.get("query").stringValue()).orElseThrow());
      List<JsonNode> agents = lines("agents.jsonl");
      List<Pointed> services =
          pointed(
              agents,
              one -> {
                String name = one.get("agent_id").stringValue();
                String text = one.get("description").stringValue();
                var entry = new Entry(name, name, List.of(), text, List.of(), List.of(), Map.of());
                return directions.ofEntry(entry).orElseThrow();
              });
      List<Pointed> sellers =
          pointed(
              agents,
              one -> {
                String text = one.get("description").stringValue();
                var entry = new Entry("", text, List.of(), "", List.of(), List.of(), Map.of());
                return directions.ofEntry(entry).orElseThrow();
              });
      print("requests as wishes for services", requests, services);
      print("descriptions as wishes for requests", sellers, requests);
      print("requests as wishes for requests", requests, requests);
    }
  }

  private static void print(String what, List<Pointed> wishes, List<Pointed> things) {
    System.out.printf(Locale.ROOT, "%s: %d, %d%n", what, wishes.size(), things.size());
    for (int hundredths = FROM; hundredths <= TO; hundredths += STEP) {
      long own = 0;
      long ownPassed = 0;
      long foreignPassed = 0;
      for (Pointed wish : wishes) {
        for (Pointed thing : things) {
          if (wish.equals(thing)) {
            continue;
          }
          boolean isOwn = wish.key().equals(thing.key());
          boolean hasPassed =
              Directions.nearness(wish.direction(), thing.direction()) >= hundredths / 100f;
          own += isOwn ? 1 : 0;
          ownPassed += isOwn && hasPassed ? 1 : 0;
          foreignPassed += !isOwn && hasPassed ? 1 : 0;
        }
      }
      System.out.printf(
          Locale.ROOT,
          "%.2f own %.3f foreign of each wish %.2f (%.4f of all)%n",
          hundredths / 100.0,
          ownPassed / (double) own,
          foreignPassed / (double) wishes.size(),
          foreignPassed / ((double) wishes.size() * things.size() - own));
      assertThat(ownPassed).isPositive();
    }
  }
}
