package dev.meshkore.hub.meaning;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MeaningIndexTest {
  private static final int ROUNDS_MAX = 100;
  private static final int MIDDLES = 96;
  private static final int MANY = 40;

  @TempDir private Path data;
  private final Shelf shelf = new Shelf();

  /// Time that runs fast, so that nothing is left alone for long.
  private final AtomicLong nanos = new AtomicLong();

  private Meaning meaning(Model model) {
    return new Meaning(data, model, () -> nanos.addAndGet(1_000_000_000));
  }

  private static Model model(WordEmbedder embedder) {
    return new Model(embedder.model(), () -> embedder);
  }

  /// Does what two threads do in a hub, until all is taken up.
  private void settle(Meaning meaning, MeaningIndex index) {
    int rounds = 0;
    do {
      assertThat(rounds++).isLessThan(ROUNDS_MAX);
      meaning.followOnce();
      meaning.addVectorsOnce();
    } while (index.version() < shelf.version() || !index.isWhole());
  }

  private static List<String> keys(Found found) {
    return found.hits().stream().map(Found.Hit::key).toList();
  }

  private static Found find(MeaningIndex index, String text, Need... needs) {
    return index.search(Question.of(text, List.of(needs), 10));
  }

  @Test
  void findsByWordsUntilThereAreVectors() {
    var mayLoad = new AtomicBoolean();
    var embedder = new WordEmbedder("words");
    var late =
        new Model(
            "words",
            () -> {
              if (!mayLoad.get()) {
                throw new Embedder.NoVectors("not yet");
              }
              return embedder;
            });
    shelf.put("chef", "cooks dinner for two");
    shelf.put("driver", "drives a van");
    try (var meaning = meaning(late)) {
      MeaningIndex index = meaning.index("things", shelf);
      meaning.followOnce();
      meaning.addVectorsOnce();
      Found early = find(index, "dinner");
      assertThat(keys(early)).containsExactly("chef");
      assertThat(early.isByMeaning()).isFalse();
      assertThat(early.isComplete()).isFalse();
      mayLoad.set(true);
      settle(meaning, index);
      Found whole = find(index, "dinner");
      assertThat(keys(whole).getFirst()).isEqualTo("chef");
      assertThat(whole.isByMeaning()).isTrue();
    }
  }

  @Test
  void oneThatTheModelDoesNotTakeStopsNoOther() {
    var embedder = new WordEmbedder("words");
    embedder.refused.add("quarrel");
    for (int i = 0; i < MANY; i++) {
      shelf.put("driver-" + i, i == 7 || i == 23 ? "quarrel " + i : "drives a van " + i);
    }
    try (var meaning = meaning(model(embedder))) {
      MeaningIndex index = meaning.index("things", shelf);
      settle(meaning, index);
      Found found = find(index, "drives a van 5");
      assertThat(found.isByMeaning()).isTrue();
      assertThat(found.isComplete()).isTrue();
      assertThat(found.hits()).extracting(Found.Hit::key).startsWith("driver-5");
      assertThat(keys(find(index, "quarrel 23"))).startsWith("driver-23");
      assertThat(find(index, "quarrel 23").isByMeaning()).as("words decide of it").isFalse();
      embedder.refused.clear();
      assertThat(find(index, "quarrel 23").isByMeaning()).isTrue();
      shelf.put("driver-7", "makes peace");
      settle(meaning, index);
      assertThat(keys(find(index, "makes peace"))).startsWith("driver-7");
    }
  }

  @Test
  void keepsVectorsOverARestartAndOverChangesOfOtherThings() {
    shelf.put("chef", "cooks dinner", "what do we eat tonight");
    shelf.put("driver", "drives a van");
    var first = new WordEmbedder("words");
    try (var meaning = meaning(model(first))) {
      MeaningIndex index = meaning.index("things", shelf);
      settle(meaning, index);
    }
    assertThat(first.texts.get()).isEqualTo(MIDDLES + 5);
    var second = new WordEmbedder("words");
    try (var meaning = meaning(model(second))) {
      MeaningIndex index = meaning.index("things", shelf);
      settle(meaning, index);
      shelf.put(
          new Entry(
              "chef",
              "chef",
              List.of(),
              "cooks dinner",
              List.of("what do we eat tonight"),
              List.of("status:busy"),
              Map.of()));
      settle(meaning, index);
      assertThat(second.texts.get()).isZero();
      assertThat(find(index, "dinner").isByMeaning()).isFalse();
      meaning.addVectorsOnce();
      Found.Hit hit = find(index, "what do we eat tonight").hits().getFirst();
      assertThat(hit.key()).isEqualTo("chef");
      assertThat(hit.examples()).isGreaterThan(0.95);
    }
    assertThat(second.texts.get()).isEqualTo(MIDDLES + 1);
  }

  @Test
  void isMadeAnewWhereItsFolderIsGone() throws IOException {
    shelf.put("chef", "cooks dinner");
    for (int i = 0; i < 2; i++) {
      try (var meaning = meaning(model(new WordEmbedder("words")))) {
        MeaningIndex index = meaning.index("things", shelf);
        settle(meaning, index);
        assertThat(keys(find(index, "dinner"))).contains("chef");
      }
      try (var files = Files.walk(data.resolve("meaning"))) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  @Test
  void isMadeAnewWhereItsFilesAreBroken() throws IOException {
    shelf.put("chef", "cooks dinner");
    for (int i = 0; i < 2; i++) {
      try (var meaning = meaning(model(new WordEmbedder("words")))) {
        MeaningIndex index = meaning.index("things", shelf);
        settle(meaning, index);
        assertThat(keys(find(index, "dinner"))).contains("chef");
      }
      try (var files = Files.walk(data.resolve("meaning"))) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          if (file.getFileName().toString().startsWith("segments")) {
            Files.write(file, new byte[] {1, 2, 3});
          }
        }
      }
    }
  }

  @Test
  void forgetsWhatIsGoneAndFindsWhatChanged() {
    shelf.put("chef", "cooks dinner");
    shelf.put("driver", "drives a van");
    try (var meaning = meaning(model(new WordEmbedder("words")))) {
      MeaningIndex index = meaning.index("things", shelf);
      settle(meaning, index);
      shelf.remove("chef");
      shelf.put("driver", "cooks lunch");
      settle(meaning, index);
      assertThat(keys(find(index, "cooks"))).containsExactly("driver");
      assertThat(keys(find(index, "van dinner"))).doesNotContain("chef");
    }
  }

  @Test
  void servesTheOldModelUntilTheNewOneIsWhole() throws IOException {
    shelf.put("chef", "cooks dinner for guests");
    shelf.put("driver", "drives a van through the night");
    try (var meaning = meaning(Model.OWN)) {
      MeaningIndex index = meaning.index("things", shelf);
      settle(meaning, index);
    }
    var mayLoad = new AtomicBoolean();
    var embedder = new WordEmbedder("other");
    var other =
        new Model(
            "other",
            () -> {
              if (!mayLoad.get()) {
                throw new Embedder.NoVectors("not yet");
              }
              return embedder;
            });
    try (var meaning = meaning(other)) {
      MeaningIndex index = meaning.index("things", shelf);
      meaning.followOnce();
      meaning.addVectorsOnce();
      assertThat(index.isWhole()).isFalse();
      assertThat(keys(find(index, "somebody to make our supper")).getFirst()).isEqualTo("chef");
      shelf.put("nurse", "looks after the sick");
      meaning.followOnce();
      assertThat(keys(find(index, "nurse"))).contains("nurse");
      mayLoad.set(true);
      settle(meaning, index);
      find(index, "a van at night");
      assertThat(keys(find(index, "a van at night")).getFirst()).isEqualTo("driver");
      assertThat(embedder.texts.get()).isGreaterThan(MIDDLES);
    }
    try (var folders = Files.list(data.resolve("meaning/things"))) {
      assertThat(folders).hasSize(1);
    }
  }

  @Test
  void asksForWhatIsNeeded() {
    shelf.put(priced("cheap", 100, "kind:a"));
    shelf.put(priced("dear", 9_000, "kind:b"));
    shelf.put("free", "sells bread");
    try (var meaning = meaning(model(new WordEmbedder("words")))) {
      MeaningIndex index = meaning.index("things", shelf);
      settle(meaning, index);
      find(index, "bread");
      var below = new Need.Between("price", 0, 500);
      assertThat(keys(find(index, "bread", below))).containsExactly("cheap");
      var b = new Need.AnyOf(List.of("kind:b", "kind:c"));
      assertThat(keys(find(index, "bread", b))).containsExactly("dear");
      assertThat(keys(find(index, "bread", below, b))).isEmpty();
      var notA = new Need.NoneOf(List.of("kind:a"));
      assertThat(keys(find(index, "bread", notA))).containsExactlyInAnyOrder("dear", "free");
      var among = new Need.Among(Set.of("free", "dear"));
      assertThat(keys(find(index, "bread", among))).containsExactlyInAnyOrder("dear", "free");
      var few = new Question("bread", List.of(), "free"::equals, Question.By.ALL, 5);
      assertThat(keys(index.search(few))).containsExactly("free");
      assertThat(keys(find(index, "", below))).containsExactly("cheap");
    }
  }

  @Test
  void knowsADetailByItsPiecesOverARestartToo() {
    shelf.put("driver", "drives a van and a lorry through the night");
    shelf.put("chef", "bakes bread", "what do we eat tonight", "a cake for two");
    shelf.put("clerk", "files papers", "where is the letter", "sort my invoices");
    for (int i = 0; i < 2; i++) {
      var embedder = new BlurredEmbedder();
      try (var meaning = meaning(new Model("blurred", () -> embedder))) {
        MeaningIndex index = meaning.index("things", shelf);
        settle(meaning, index);
        find(index, "load the model");
        meaning.addVectorsOnce();
        assertThat(nearest(index, "lorry")).isEqualTo("driver");
        assertThat(nearest(index, "bread")).isEqualTo("chef");
        assertThat(nearest(index, "papers")).isEqualTo("clerk");
        assertThat(nearest(index, "my invoices please")).isEqualTo("clerk");
        assertThat(nearest(index, "cake")).isEqualTo("chef");
      }
    }
  }

  @Test
  void readsAMisspeltWordAsOneOfTheIndexUnlessTheModelKnowsIt() {
    shelf.put("driver", "drives a lorry");
    shelf.put("nurse", "cures people");
    shelf.put("printer", "prints cards");
    try (var meaning = meaning(new Model("blurred", BlurredEmbedder::new))) {
      MeaningIndex index = meaning.index("things", shelf);
      settle(meaning, index);
      find(index, "load the model");
      meaning.addVectorsOnce();
      double right = meaningOf(index, "a lorry", "driver");
      assertThat(meaningOf(index, "a lorrry", "driver")).isEqualTo(right);
      assertThat(meaningOf(index, "a lrory", "driver")).isEqualTo(right);
      assertThat(meaningOf(index, "a warry", "driver")).isNotEqualTo(right);
      double cards = meaningOf(index, "cards", "printer");
      assertThat(meaningOf(index, "cardz", "printer")).isEqualTo(cards);
      assertThat(meaningOf(index, "cared", "printer")).isNotEqualTo(cards);
    }
  }

  @Test
  void whoSaysAsMuchIsNotBehindWhoGaveExamples() {
    shelf.put("baker", "bakes bread");
    shelf.put("grocer", "sells bread", "bread today", "white bread", "dark bread", "old bread");
    shelf.put("driver", "drives a van", "take the letter", "bring my parcel");
    try (var meaning = meaning(model(new WordEmbedder("words")))) {
      MeaningIndex index = meaning.index("things", shelf);
      settle(meaning, index);
      find(index, "load the model");
      meaning.addVectorsOnce();
      assertThat(nearest(index, "who bakes white bread today")).isEqualTo("baker");
      assertThat(nearest(index, "old white bread")).isEqualTo("grocer");
      assertThat(nearest(index, "my letter")).isEqualTo("driver");
    }
  }

  private static double meaningOf(MeaningIndex index, String text, String key) {
    var question = new Question(text, List.of(), _ -> true, Question.By.MEANING, 10);
    return index.search(question).hits().stream()
        .filter(hit -> hit.key().equals(key))
        .mapToDouble(Found.Hit::meaning)
        .findFirst()
        .orElse(-2);
  }

  private static String nearest(MeaningIndex index, String text) {
    var question = new Question(text, List.of(), _ -> true, Question.By.MEANING, 10);
    return index.search(question).hits().getFirst().key();
  }

  private static Entry priced(String key, long price, String term) {
    return new Entry(
        key, key, List.of(), "sells bread", List.of(), List.of(term), Map.of("price", price));
  }
}
