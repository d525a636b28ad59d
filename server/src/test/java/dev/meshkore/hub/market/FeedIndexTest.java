package dev.meshkore.hub.market;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.testing.Seeds;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// The index finds what looking at every feed would find, and no more.
final class FeedIndexTest {
  private static final List<String> WORDS =
      List.of("legal", "translate", "maps", "code", "review", "tide", "music", "tax");
  private static final List<String> CATEGORIES = List.of("a", "a/b", "a/b/c", "d", "ab");
  private static final List<String> KINDS = List.of("catalog", "spot", "live");

  @Test
  void findsTheSameAsLookingAtAll() {
    Seeds.forAll(
        200,
        random -> {
          var index = new FeedIndex();
          Map<Long, Feed> all = new HashMap<>();
          for (int step = 0; step < 120; step++) {
            long number = 1L + random.nextInt(40);
            if (random.nextInt(4) == 0) {
              index.remove(number);
              all.remove(number);
            } else {
              Feed feed = feed(random, number);
              index.put(feed);
              all.put(number, feed);
            }
            Novelty.Traits traits = traits(random);
            assertThat(index.fitting(traits))
                .isEqualTo(
                    all.values().stream()
                        .filter(feed -> feed.wish().fits(traits))
                        .sorted(Comparator.comparingLong(Feed::number))
                        .toList());
            assertThat(index.oldest())
                .isEqualTo(all.values().stream().mapToLong(Feed::since).min());
          }
        });
  }

  @Test
  void aWordIsFoundInEveryFormAndAWholeCategoryInItsParts() {
    FeedWish wish = wish("{\"query\":\"Translations of contracts\",\"category\":\"a\"}");
    assertThat(wish.fits(traits("we translate a Contract, sworn", "a/b"))).isTrue();
    assertThat(wish.fits(traits("we translate a Contract, sworn", "ab"))).isFalse();
    assertThat(wish.fits(traits("we translate", "a"))).isFalse();
  }

  private static Novelty.Traits traits(String text, String category) {
    return Novelty.Traits.of(
        WantTerms.read(
            Fields.read(
                ("{\"title\":\"" + text + "\",\"category\":\"" + category + "\"}")
                    .getBytes(StandardCharsets.UTF_8))),
        "bob");
  }

  private static FeedWish wish(String json) {
    return FeedWish.read(Fields.read(json.getBytes(StandardCharsets.UTF_8)));
  }

  private static Feed feed(SplittableRandom random, long number) {
    var members = new ArrayList<String>();
    boolean isOfServices = random.nextBoolean();
    if (isOfServices) {
      members.add("\"of\":[\"services\"]");
    }
    if (random.nextInt(3) > 0) {
      members.add("\"query\":\"" + String.join(" ", some(random, 2)) + "\"");
    }
    if (random.nextInt(3) == 0) {
      members.add("\"category\":\"" + one(random, CATEGORIES) + "\"");
    }
    if (isOfServices && random.nextInt(3) == 0) {
      members.add("\"kind\":\"" + one(random, KINDS) + "\"");
    }
    if (isOfServices && random.nextInt(4) == 0) {
      members.add("\"seller\":\"seller-" + random.nextInt(3) + "\"");
    }
    if (isOfServices && random.nextInt(3) == 0) {
      members.add("\"asset\":\"EUR\",\"max_price\":\"" + random.nextInt(4) + "\"");
    }
    FeedWish wish = wish("{" + String.join(",", members) + "}");
    return new Feed(number, "feed_" + number, 1, wish, random.nextInt(9), 1, 0, 0, 0, 0, 0);
  }

  private static Novelty.Traits traits(SplittableRandom random) {
    boolean isService = random.nextBoolean();
    return new Novelty.Traits(
        isService ? FeedWish.What.SERVICES : FeedWish.What.REQUESTS,
        "seller-" + random.nextInt(3),
        new Novelty.Said("", List.of(), ""),
        dev.meshkore.hub.meaning.Stems.ofText(String.join(" ", some(random, 4))),
        one(random, CATEGORIES),
        isService ? one(random, KINDS) : "",
        random.nextBoolean() ? "EUR" : "USD",
        100L * random.nextInt(5));
  }

  private static Set<String> some(SplittableRandom random, int most) {
    var some = new TreeSet<String>();
    int count = 1 + random.nextInt(most);
    for (int i = 0; i < count; i++) {
      some.add(one(random, WORDS));
    }
    return some;
  }

  private static String one(SplittableRandom random, List<String> texts) {
    return texts.get(random.nextInt(texts.size()));
  }
}
