package dev.meshkore.hub.meaning;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// How an index of very many agents searches, and how much of what is nearest it finds. Their
/// vectors are those of some thousand descriptions, by the hub's own model, each moved a little for
/// every agent that says nearly the same.
@Tag("faults")
@EnabledIfSystemProperty(named = "discovery.scale", matches = "[0-9]+")
final class ScaleTest {
  private static final int RANKED = 10;
  private static final int REQUESTS = 300;
  private static final int PASSES = 5;
  private static final List<String> DOES =
      List.of(
          "translates",
          "reviews",
          "summarises",
          "drafts",
          "checks",
          "compares",
          "files",
          "prices",
          "explains",
          "proofreads",
          "indexes",
          "schedules",
          "audits",
          "designs",
          "tests",
          "repairs",
          "forecasts",
          "classifies",
          "illustrates",
          "negotiates");
  private static final List<String> WHAT =
      List.of(
          "legal contracts",
          "Java code",
          "medical reports",
          "customs papers",
          "tax returns",
          "product photographs",
          "travel plans",
          "bank statements",
          "school lessons",
          "patents",
          "shipping routes",
          "job advertisements",
          "recipes",
          "insurance claims",
          "web pages",
          "sensor readings",
          "chemical formulas",
          "song lyrics",
          "city maps",
          "podcasts",
          "spreadsheets",
          "clinical trials",
          "building permits",
          "crop yields",
          "chess games");
  private static final List<String> FOR =
      List.of("small firms", "hospitals", "students", "public offices", "families", "shops");

  @TempDir private Path data;

  /// The hub's model, which is asked once for all texts that differ in numbers alone.
  private static final class Near implements Embedder {
    private static final double MOVED = 0.02;

    private final Embedder own = Model.OWN.loader().get();
    private final Map<String, Reading> known = new ConcurrentHashMap<>();

    @Override
    public String model() {
      return "near";
    }

    @Override
    public List<float[]> vectors(List<String> texts) {
      return readings(texts).stream().map(Reading::vector).toList();
    }

    @Override
    public List<Reading> readings(List<String> texts) {
      return texts.stream().map(this::reading).toList();
    }

    private Reading reading(String text) {
      String without = text.replaceAll("[0-9]+", "0");
      Reading reading =
          known.computeIfAbsent(without, one -> own.readings(List.of(one)).getFirst());
      if (without.equals(text)) {
        return reading;
      }
      var random = new Random(text.hashCode());
      List<Reading.Piece> pieces =
          reading.pieces().stream()
              .map(piece -> new Reading.Piece(moved(piece.vector(), random), piece.weight()))
              .toList();
      return new Reading(moved(reading.vector(), random), pieces);
    }

    private static float[] moved(float[] from, Random random) {
      float[] vector = from.clone();
      for (int i = 0; i < vector.length; i++) {
        vector[i] += (float) (MOVED * random.nextGaussian());
      }
      return Vectors.unit(vector);
    }

    @Override
    public void close() {
      own.close();
    }
  }

  private static List<Entry> entries(int count) {
    var entries = new ArrayList<Entry>(count);
    for (int i = 0; i < count; i++) {
      String does = DOES.get(i % DOES.size());
      String what = WHAT.get(i / DOES.size() % WHAT.size());
      String whom = FOR.get(i / (DOES.size() * WHAT.size()) % FOR.size());
      String text = "This agent " + does + " " + what + " for " + whom + ", since " + i + ".";
      String name = does + "-" + i;
      entries.add(new Entry("a" + i, name, List.of(), text, List.of(), List.of(), Map.of()));
    }
    return entries;
  }

  private static List<String> requests() {
    return Stream.iterate(0, i -> i + 1)
        .limit(REQUESTS)
        .map(i ->
            "Who "
                + DOES.get(i * 7 % DOES.size())
                + " "
                + WHAT.get(i * 11 % WHAT.size())
                + " for "
                + FOR.get(i % FOR.size())
                + " by "
                + List.of("tomorrow", "Friday", "next week", "noon").get(i % 4)
                + "?")
        .distinct()
        .toList();
  }

  @Test
  void findsTheNearestOfVeryMany() throws IOException {
    List<Entry> entries = entries(Integer.getInteger("discovery.scale"));
    var shelf = new Shelf();
    entries.forEach(shelf::put);
    try (var near = new Near();
        var meaning = new Meaning(data, new Model("near", () -> near), System::nanoTime)) {
      long began = System.nanoTime();
      long heap = heap();
      MeaningIndex index = meaning.index("many", shelf);
      do {
        meaning.followOnce();
        meaning.addVectorsOnce();
      } while (index.version() < shelf.version() || !index.isWhole());
      print("built in s", (System.nanoTime() - began) / 1e9);
      print("heap MiB", (heap() - heap) / 1048576.0);
      print("files MiB", size() / 1048576.0);
      List<String> requests = requests();
      requests.forEach(text -> search(index, text, Question.By.ALL));
      tellTimes(index, requests);
      double recall = recall(index, entries, requests, new Places(near));
      print("recall@10", recall);
      assertThat(recall).isGreaterThanOrEqualTo(0.95);
    }
  }

  private static void tellTimes(MeaningIndex index, List<String> requests) {
    double[] millis = new double[PASSES * requests.size()];
    for (int i = 0; i < millis.length; i++) {
      long start = System.nanoTime();
      search(index, requests.get(i % requests.size()), Question.By.ALL);
      millis[i] = (System.nanoTime() - start) / 1e6;
    }
    Arrays.sort(millis);
    print("search p50 ms", millis[millis.length / 2]);
    print("search p99 ms", millis[millis.length * 99 / 100]);
  }

  private static List<String> search(MeaningIndex index, String text, Question.By by) {
    Found found = index.search(new Question(text, List.of(), _ -> true, by, RANKED));
    assertThat(found.isByMeaning()).isTrue();
    return found.hits().stream().map(Found.Hit::key).toList();
  }

  private static double recall(
      MeaningIndex index, List<Entry> entries, List<String> requests, Places places) {
    record Close(String key, double nearness) {}

    List<Place> all = entries.stream().map(one -> places.of(List.of(one)).getFirst()).toList();
    int found = 0;
    for (String request : requests) {
      Sought wanted = places.of(request);
      var nearest = new PriorityQueue<Close>(Comparator.comparingDouble(Close::nearness));
      for (int i = 0; i < all.size(); i++) {
        nearest.add(new Close(entries.get(i).key(), nearness(all.get(i), wanted)));
        if (nearest.size() > RANKED) {
          nearest.poll();
        }
      }
      Set<String> exact = new HashSet<>();
      nearest.forEach(one -> exact.add(one.key()));
      found +=
          (int)
              search(index, request, Question.By.MEANING).stream().filter(exact::contains).count();
    }
    return found / (double) (RANKED * requests.size());
  }

  private static double nearness(Place place, Sought wanted) {
    double whole = Vectors.cosine(place.whole(), wanted.whole());
    return whole + Ranking.PIECES * place.own() * (wanted.nearness(place.pieces()) - whole);
  }

  private static long heap() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  private long size() throws IOException {
    try (Stream<Path> files = Files.walk(data)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }

  private static void print(String what, double value) {
    System.out.printf(Locale.ROOT, "%-16s %.3f%n", what, value);
  }
}
