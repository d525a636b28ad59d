package dev.meshkore.hub.market;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.TestHub;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// What many feeds cost: `-Dfeeds.scale=10000 -DexcludedGroups= -Dtest=FeedScaleTest`.
@Tag("faults")
@EnabledIfSystemProperty(named = "feeds.scale", matches = "[0-9]+")
final class FeedScaleTest {
  private static final int COUNT = Integer.getInteger("feeds.scale", 10_000);

  /// As many as tell their agents within a minute.
  private static final int TOLD = Math.min(COUNT, 2_000);

  private static final int VOCABULARY = 3_000;
  private static final int TEXT_WORDS = 120;
  private static final int TEXTS = 2_000;

  /// Words are as unlike in how often they are said as those of a language.
  private static String word(SplittableRandom random) {
    double rank = Math.pow(VOCABULARY, random.nextDouble());
    return "w" + Integer.toString(7 * (int) rank + 11, 26).replaceAll("[0-9]", "q$0z");
  }

  private static String words(SplittableRandom random, int count) {
    var words = new ArrayList<String>();
    for (int i = 0; i < count; i++) {
      words.add(word(random));
    }
    return String.join(" ", words);
  }

  @Test
  void matchingInMemory() {
    var random = new SplittableRandom(8);
    var index = new FeedIndex();
    var feeds = new ArrayList<Feed>();
    for (int i = 1; i <= COUNT; i++) {
      String json = "{\"query\":\"" + words(random, 1 + random.nextInt(3)) + "\"}";
      FeedWish wish = FeedWish.read(Fields.read(json.getBytes(StandardCharsets.UTF_8)));
      var feed = new Feed(i, "feed_" + i, i, wish, 0, i, 0, 0, 0, 0, 0);
      index.put(feed);
      feeds.add(feed);
    }
    var traits = new ArrayList<Novelty.Traits>();
    long begin = System.nanoTime();
    for (int i = 0; i < TEXTS; i++) {
      String json = "{\"title\":\"t\",\"description\":\"" + words(random, TEXT_WORDS) + "\"}";
      Fields fields = Fields.read(json.getBytes(StandardCharsets.UTF_8));
      traits.add(Novelty.Traits.of(WantTerms.read(fields), "bob"));
    }
    say("reading a text of %d words: %.1f us".formatted(TEXT_WORDS, micros(begin, TEXTS)));
    for (int pass = 0; pass < 3; pass++) {
      long found = 0;
      var times = new long[TEXTS];
      for (int i = 0; i < TEXTS; i++) {
        long before = System.nanoTime();
        found += index.fitting(traits.get(i)).size();
        times[i] = System.nanoTime() - before;
      }
      Arrays.sort(times);
      say(
          "%d feeds, %.1f fit: %.1f us in the middle, %.1f us of 99 of 100"
              .formatted(
                  COUNT,
                  (double) found / TEXTS,
                  times[TEXTS / 2] / 1e3,
                  times[TEXTS * 99 / 100] / 1e3));
    }
    begin = System.nanoTime();
    long all = 0;
    for (int i = 0; i < 100; i++) {
      Novelty.Traits one = traits.get(i);
      all += feeds.stream().filter(feed -> feed.wish().fits(one)).count();
    }
    say("the same by looking at every feed: %.1f us".formatted(micros(begin, 100)));
    assertThat(all).isPositive();
  }

  private static double micros(long beginNanos, int count) {
    return (System.nanoTime() - beginNanos) / 1e3 / count;
  }

  @Test
  void aServiceThatFitsEveryFeed() {
    try (TestHub hub = TestHub.start(Map.of())) {
      var readers = new ArrayList<Caller>();
      for (int i = 0; i < TOLD / 50; i++) {
        Caller reader = Caller.join(hub, "reader-" + i);
        for (int feed = 0; feed < 50; feed++) {
          reader.post(201, "/feeds", "{\"query\":\"legal\",\"name\":\"" + feed + "\"}");
        }
        readers.add(reader);
      }
      Caller seller = Caller.join(hub, "seller");
      long begin = System.nanoTime();
      Stall.publish(seller, "Fits all", "");
      say("listing it: %.1f ms".formatted(micros(begin, 1) / 1e3));
      var sends = new ArrayList<Long>();
      long told = 0;
      while (told < TOLD) {
        long before = System.nanoTime();
        seller.send("seller", "how long does this wait?");
        sends.add(System.nanoTime() - before);
        told = readers.stream().parallel().mapToLong(FeedScaleTest::told).sum();
      }
      sends.sort(null);
      say(
          "%d messages in all inboxes after %.1f s; meanwhile a send took %.1f ms, at most %.1f ms"
              .formatted(
                  TOLD,
                  micros(begin, 1) / 1e6,
                  sends.get(sends.size() / 2) / 1e6,
                  sends.getLast() / 1e6));
    }
  }

  private static long told(Caller reader) {
    return reader.get(200, "/messages?after=0&limit=1000").get("messages").size();
  }

  private static void say(String line) {
    System.err.println("feeds: " + line);
  }
}
