package dev.meshkore.hub.market;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.meaning.Embedder;
import dev.meshkore.hub.meaning.Meaning;
import dev.meshkore.hub.meaning.Model;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.DatabaseUrl;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Which wishes are read, and when.
final class FeedReadingTest {
  private static final int SIZE = 64;
  private static final long ENOUGH = 1 << 20;

  @TempDir private Path folder;
  private final AtomicLong nanos = new AtomicLong();
  private final AtomicLong millis = new AtomicLong(1_000);
  private final Played played = new Played();

  /// Does not take some texts, and fails on others.
  private static final class Played implements Embedder {
    private final Set<String> refused = new HashSet<>();
    private final Set<String> failing = new HashSet<>();
    private final List<String> asked = new ArrayList<>();

    @Override
    public String model() {
      return "played";
    }

    @Override
    public List<float[]> vectors(List<String> texts) {
      asked.addAll(texts);
      if (!Collections.disjoint(texts, refused)) {
        throw new NotTaken("It is not taken");
      }
      if (!Collections.disjoint(texts, failing)) {
        throw new NoVectors("It fails");
      }
      return texts.stream().map(Played::vector).toList();
    }

    private static float[] vector(String text) {
      var random = new SplittableRandom(text.hashCode());
      float[] vector = new float[SIZE];
      for (int i = 0; i < SIZE; i++) {
        vector[i] = (float) random.nextGaussian() / 8;
      }
      return vector;
    }

    long asked(String text) {
      return Collections.frequency(asked, text);
    }

    @Override
    public void close() {
      // It holds nothing.
    }
  }

  private static Feed feed(long number, String query) {
    String json = "{\"by\":\"meaning\",\"of\":[\"services\"],\"query\":\"" + query + "\"}";
    FeedWish wish = FeedWish.read(Fields.read(json.getBytes(StandardCharsets.UTF_8)));
    return new Feed(number, "feed_" + number, 7, wish, number, number, 0, 0, 0, 0, 0);
  }

  private void play(long bytesMax, Consumer<FeedReading> test) {
    var url = new DatabaseUrl.SqliteFile(folder.resolve("hub.db"));
    try (Database database = Database.open(url, () -> 0, () -> {});
        var meaning = new Meaning(folder, new Model("played", () -> played), nanos::get)) {
      var meanings = new FeedMeanings(meaning.directions());
      test.accept(
          new FeedReading(database, () -> Instant.ofEpochMilli(millis.get()), meanings, bytesMax));
    }
  }

  private static boolean goesByWords(FeedReading reading, long number) {
    return reading.known(number, number).filter(one -> one.meaning() == null).isPresent();
  }

  @Test
  void aWishThatTheModelDoesNotTakeHoldsUpNoOtherAndIsTriedAgain() {
    play(
        ENOUGH,
        reading -> {
          played.refused.add("refused");
          reading.put(feed(1, "refused"), null);
          reading.put(feed(2, "taken"), null);
          assertThat(reading.known(1, 1)).as("to be read first").isEmpty();
          assertThat(reading.readSome()).isTrue();
          assertThat(reading.of(2)).isNotNull();
          assertThat(goesByWords(reading, 1)).isTrue();
          assertThat(goesByWords(reading, 2)).isFalse();
          assertThat(reading.known(2, 1)).as("as it was before").isEmpty();
          assertThat(reading.readSome()).isTrue();
          assertThat(played.asked("refused")).isEqualTo(1);
          played.refused.clear();
          millis.addAndGet(FeedReading.REFUSED_MS);
          assertThat(reading.readSome()).isTrue();
          assertThat(reading.of(1)).isNotNull();
        });
  }

  @Test
  void aWishOnWhichTheModelFailsIsTriedAfterTheOthers() {
    play(
        ENOUGH,
        reading -> {
          played.failing.add("failing");
          reading.put(feed(1, "failing"), null);
          reading.put(feed(2, "good"), null);
          assertThat(reading.readSome()).as("nobody waits for a model that is away").isTrue();
          assertThat(goesByWords(reading, 2)).isTrue();
          nanos.addAndGet(Duration.ofSeconds(6).toNanos());
          assertThat(reading.known(2, 2)).as("it is back, and reads this first").isEmpty();
          assertThat(reading.readSome()).isTrue();
          assertThat(reading.of(2)).isNotNull();
          assertThat(goesByWords(reading, 1)).isTrue();
          assertThat(played.asked("failing")).isEqualTo(1);
          played.failing.clear();
          millis.addAndGet(FeedReading.FAILED_MS);
          assertThat(reading.readSome()).isTrue();
          assertThat(reading.of(1)).isNotNull();
        });
  }

  @Test
  void keepsAsManyAsThereIsRoomFor() {
    long one = (long) SIZE * Float.BYTES;
    play(
        2 * one,
        reading -> {
          assertThat(reading.feedsMax()).as("of whatever size they may be").isZero();
          for (int number = 1; number <= 3; number++) {
            reading.put(feed(number, "wish " + number), null);
          }
          assertThat(reading.readSome()).isTrue();
          assertThat(reading.feedsMax()).as("of both sides").isEqualTo(1);
          assertThat(reading.of(1)).isNotNull();
          assertThat(reading.of(2)).isNotNull();
          assertThat(goesByWords(reading, 3)).isTrue();
          assertThat(played.asked("wish 3")).isZero();
          reading.put(feed(4, "known"), reading.of(1));
          assertThat(goesByWords(reading, 4)).isTrue();
          reading.remove(1);
          assertThat(reading.readSome()).isTrue();
          assertThat(reading.of(3)).as("not yet").isNull();
          millis.addAndGet(FeedReading.REFUSED_MS);
          assertThat(reading.readSome()).isTrue();
          assertThat(reading.of(3)).isNotNull();
          assertThat(goesByWords(reading, 4)).isTrue();
        });
  }
}
