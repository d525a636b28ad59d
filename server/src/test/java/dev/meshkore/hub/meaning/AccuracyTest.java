package dev.meshkore.hub.meaning;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// How often the agent that was meant comes first, and among the first five, on a folder with
/// `agents.jsonl` and `queries-dev.jsonl`. With examples, each request is asked of an index in
/// which some other requests for each agent are that agent's examples.
@Tag("faults")
@EnabledIfSystemProperty(named = "discovery.data", matches = ".+")
final class AccuracyTest {
  private static final int FOLDS = 5;
  private static final int RANKED = 10;

  /// One request, the agent that is meant, and which of that agent's requests it is.
  private record Asked(String text, String key, int fold) {}

  private final Path folder = Path.of(System.getProperty("discovery.data", "."));
  private final Map<String, String> descriptions = new HashMap<>();
  private final List<Asked> asked = new ArrayList<>();

  /// Every second agent.
  private final Set<String> second = new HashSet<>();

  @TempDir private Path data;

  private static String id(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9._-]+", "-");
  }

  private void read() throws IOException {
    var json = new JsonMapper();
    for (String line : Files.readAllLines(folder.resolve("agents.jsonl"))) {
      JsonNode one = json.readTree(line);
      String key = id(one.get("agent_id").stringValue());
      if (descriptions.size() % 2 == 1) {
        second.add(key);
      }
      descriptions.put(key, one.get("description").stringValue());
    }
    var counts = new HashMap<String, Integer>();
    for (String line : Files.readAllLines(folder.resolve("queries-dev.jsonl"))) {
      JsonNode one = json.readTree(line);
      String key = id(one.get("agent_id").stringValue());
      int fold = counts.merge(key, 1, Integer::sum) - 1;
      asked.add(new Asked(one.get("query").stringValue(), key, fold % FOLDS));
    }
  }

  @Test
  void tellsHowOftenItIsRight() throws IOException {
    read();
    var plain = new Shelf();
    descriptions.forEach(plain::put);
    try (var meaning = new Meaning(data, Model.OWN, System::nanoTime)) {
      MeaningIndex index = whole(meaning, "plain", plain);
      for (Question.By by : Question.By.values()) {
        var figures = new Figures();
        asked.forEach(one -> figures.add(index, one, by));
        figures.print("fused without examples, by " + by);
        assertThat(figures.first).isPositive();
        if (by == Question.By.ALL) {
          assertThat(figures.firstFive / (double) asked.size()).isGreaterThan(0.81);
        }
      }
    }
  }

  @Test
  void tellsHowMuchExamplesHelp() throws IOException {
    read();
    try (var meaning = new Meaning(data, Model.OWN, System::nanoTime)) {
      for (int count = 1; count < FOLDS; count++) {
        int all = count;
        Figures figures = figures(meaning, count + "-", _ -> all);
        figures.print("with examples of each, " + count);
        if (count == FOLDS - 1) {
          assertThat(figures.first / (double) asked.size()).isGreaterThan(0.74);
        }
      }
      Figures some = figures(meaning, "some-", key -> second.contains(key) ? FOLDS - 1 : 0);
      some.print("with four examples of every second");
      assertThat(some.firstFive / (double) asked.size()).isGreaterThan(0.85);
    }
  }

  /// The figures with so many examples of each agent.
  private Figures figures(Meaning meaning, String name, ToIntFunction<String> count)
      throws IOException {
    var figures = new Figures();
    for (int i = 0; i < FOLDS; i++) {
      int fold = i;
      var shelf = new Shelf();
      descriptions.forEach(
          (key, text) -> shelf.put(key, text, examples(key, fold, count.applyAsInt(key))));
      MeaningIndex index = whole(meaning, name + fold, shelf);
      asked.stream()
          .filter(one -> one.fold() == fold)
          .forEach(one -> figures.add(index, one, Question.By.ALL));
    }
    return figures;
  }

  /// The requests that follow one of an agent.
  private String[] examples(String key, int after, int count) {
    return asked.stream()
        .filter(one -> one.key().equals(key))
        .filter(one -> one.fold() != after && (one.fold() - after + FOLDS) % FOLDS <= count)
        .map(Asked::text)
        .toArray(String[]::new);
  }

  private static MeaningIndex whole(Meaning meaning, String name, Shelf shelf) {
    MeaningIndex index = meaning.index(name, shelf);
    do {
      meaning.followOnce();
      meaning.addVectorsOnce();
    } while (index.version() < shelf.version() || !index.isWhole());
    return index;
  }

  private static final class Figures {
    private int first;
    private int firstFive;
    private double reciprocals;
    private int count;

    void add(MeaningIndex index, Asked one, Question.By by) {
      var question = new Question(one.text(), List.of(), _ -> true, by, RANKED);
      List<String> keys = index.search(question).hits().stream().map(Found.Hit::key).toList();
      int rank = keys.indexOf(one.key());
      count++;
      first += rank == 0 ? 1 : 0;
      firstFive += rank >= 0 && rank < 5 ? 1 : 0;
      reciprocals += rank >= 0 ? 1.0 / (rank + 1) : 0;
    }

    void print(String what) {
      System.out.printf(
          Locale.ROOT,
          "%-40s hit@1 %.3f hit@5 %.3f MRR@10 %.3f%n",
          what,
          first / (double) count,
          firstFive / (double) count,
          reciprocals / count);
    }
  }
}
