package dev.meshkore.hub.discovery;

import static dev.meshkore.hub.discovery.Village.wanted;
import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.identity.Profile;
import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.TestDatabase;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DirectoryTest {
  private static final String RIGHT_TO_LEFT = "\u05de\u05ea\u05e8\u05d2\u05dd";

  @TempDir private Path folder;
  private Village village;

  @BeforeEach
  void open() {
    village = new Village(folder);
  }

  @AfterEach
  void close() {
    village.close();
  }

  private void addSome() {
    village.add("lingua", "Offers translation between English and Thai.", "languages");
    village.add("bookkeeper", "Prepares invoices and pays bills.", "invoicing", "tax");
    village.add("reviewer", "Reads pull requests of Java projects.", "codeReview", "java");
    village.add("weather-now", "Says whether it will rain tomorrow.", "forecast");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "translation",
        "translating",
        "translator",
        "translates",
        "TRANSLATE",
        "tranlsate",
        "tranlsation",
        "translatoin",
        "tranzlation",
        "could you translate this for me?"
      })
  void findsEveryFormOfAWordAndItsTypos(String words) {
    addSome();
    assertThat(village.find(words)).startsWith("lingua");
  }

  @ParameterizedTest
  @ValueSource(strings = {"code review", "code-review", "codereview", "CodeReview", "code_review"})
  void aCapabilityIsFoundHoweverItsWordsAreJoined(String words) {
    addSome();
    assertThat(village.find(words)).startsWith("reviewer");
  }

  @ParameterizedTest
  @ValueSource(strings = {"weather-now", "WEATHER-NOW", "weather", "wether", "weath", "weathernow"})
  void anIdIsFoundWholeByPartsAndMisspelt(String words) {
    addSome();
    assertThat(village.find(words)).startsWith("weather-now");
  }

  @Test
  void anotherNumberIsAnotherThing() {
    village.add("bot-4711", "Runs build4711 of sql2go.");
    village.add("bot-4712", "Runs build4712.");
    assertThat(village.find("build4711")).containsExactly("bot-4711");
    assertThat(village.find("4711")).containsExactly("bot-4711");
    assertThat(village.find("sql")).containsExactly("bot-4711");
  }

  @Test
  void accentsMakeNoDifference() {
    village.add("bistro", "Réserve une table au café.");
    assertThat(village.find("cafe reserve")).containsExactly("bistro");
    village.add("kiosk", "Sells coffee at the cafe.");
    assertThat(village.find("café")).containsExactlyInAnyOrder("bistro", "kiosk");
  }

  @Test
  void whatMatchesMoreAndMoreExactlyRanksHigher() {
    village.add("three", "Translates legal contracts.");
    village.add("two", "Reads contracts of any legal kind.");
    village.add("one", "Knows contracts.");
    village.add("near", "Knows contacts.");
    village.add("none", "Paints houses.");
    assertThat(village.find("translate legal contracts"))
        .containsExactly("three", "two", "one", "near");
  }

  @Test
  void aWordInACapabilityWeighsMoreThanOneInADescription() {
    village.add("talker", "Likes painting and houses and gardens.");
    village.add("painter", "Likes houses and gardens.", "painting");
    assertThat(village.find("painting")).containsExactly("painter", "talker");
  }

  @Test
  void anAgentIsFoundByItsIdBeforeThoseThatMentionIt() {
    village.add("fan", "Bob bob bob bob.", "bob");
    village.add("bob", "Sells shoes.");
    village.add("bobby", "Sells hats.");
    assertThat(village.find("bob")).startsWith("bob").contains("fan", "bobby");
  }

  @Test
  void aChangeIsSeenByTheNextSearch() {
    addSome();
    assertThat(village.find("plumbing")).isEmpty();
    village.describe("bookkeeper", "Does plumbing now.");
    assertThat(village.find("plumbs")).containsExactly("bookkeeper");
    assertThat(village.find("bills")).isEmpty();
    village.add("newcomer", "Plumbs too.");
    assertThat(village.find("plumbing")).contains("newcomer", "bookkeeper");
  }

  @Test
  void narrowsBySayingStandingAndCapability() {
    long busy = village.add("busy", "Paints.", "Art");
    long away = village.add("away", "Paints.", "art");
    long here = village.add("here", "Paints.", "art", "Music: C++/a.b");
    village.add("gone", "Paints.", "artist");
    village.status("busy", "busy");
    village.status("away", "away");
    village.online.addAll(List.of(busy, away, here));
    for (String words : List.of("", "painting")) {
      assertThat(ids(words, "", Standing.ONLINE)).containsExactlyInAnyOrder("busy", "away", "here");
      assertThat(ids(words, "", Standing.OFFLINE)).containsExactly("gone");
      assertThat(ids(words, "", Standing.ALL)).hasSize(4);
      assertThat(ids(words, "", Standing.AVAILABLE)).containsExactly("here");
      assertThat(ids(words, "", Standing.BUSY)).containsExactly("busy");
      assertThat(ids(words, "", Standing.AWAY)).containsExactly("away");
      assertThat(ids(words, "ART", Standing.ALL)).containsExactlyInAnyOrder("busy", "away", "here");
      assertThat(ids(words, "art", Standing.BUSY)).containsExactly("busy");
      assertThat(ids(words, "ar", Standing.ALL)).isEmpty();
      assertThat(ids(words, "music: c++/a.b", Standing.ONLINE)).containsExactly("here");
    }
    village.online.clear();
    assertThat(ids("painting", "", Standing.ONLINE)).isEmpty();
    assertThat(ids("painting", "", Standing.OFFLINE)).hasSize(4);
  }

  static List<String> hostileTexts() {
    return List.of(
        "*:*",
        "*",
        "?",
        "\"",
        "(((((",
        "/.*/",
        "[a TO z]",
        "id:lingua OR *:*",
        "lingua~2 AND NOT x^9999",
        "\\",
        "\u0000",
        "\ud800",
        "\u202elingua",
        "%",
        "' OR 1=1 --",
        "{\"$ne\":null}",
        "the of and",
        "a".repeat(65_536),
        "a ".repeat(32_768),
        "translation ".repeat(5_000),
        "(a|b)*c".repeat(9_000),
        "\u0301".repeat(65_536),
        "-_-".repeat(20_000));
  }

  @ParameterizedTest
  @MethodSource("hostileTexts")
  void whatIsTypedIsOnlyEverWords(String words) {
    addSome();
    List<String> found = village.find(words);
    boolean namesOne = words.contains("lingua") || words.contains("translation");
    assertThat(found).hasSizeLessThanOrEqualTo(namesOne ? 1 : 0);
  }

  @Test
  void theCountOfClausesIsBounded() {
    var random = new SplittableRandom(7);
    var words = new StringBuilder();
    for (int i = 0; i < 60; i++) {
      String word = word(random);
      village.add("agent-" + i, word + " " + word(random) + " " + word + "s");
      words.append(word).append(' ');
    }
    assertThat(village.find(words.toString())).isNotEmpty();
  }

  @Test
  void wordsOfOtherScriptsAreFound() {
    village.add("metargem", RIGHT_TO_LEFT + " \u7ffb\u8bd1");
    assertThat(village.find(RIGHT_TO_LEFT)).containsExactly("metargem");
    assertThat(village.find("\u7ffb\u8bd1")).containsExactly("metargem");
  }

  @Test
  void amongTwentyThousandEachIsFoundAndEachPageComesOnce() {
    var random = new SplittableRandom(20_000);
    Map<String, Profile> profiles = new HashMap<>();
    for (int i = 0; i < 20_000; i++) {
      String description = "Profile of " + word(random) + " " + word(random) + " agent" + i + "x";
      String capability = i % 100 == 0 ? "rare" : "common";
      profiles.put("agent-" + i, Profile.of(description, List.of(capability)));
    }
    village.addAll(profiles);
    for (int i = 1; i < 20_000; i += 3_333) {
      assertThat(village.find("agent" + i + "x")).startsWith("agent-" + i);
    }
    var expected = new TreeSet<String>();
    for (int i = 0; i < 20_000; i += 100) {
      expected.add("agent-" + i);
    }
    assertThat(village.allPages(wanted("rare", "", Standing.ALL, 33)))
        .doesNotHaveDuplicates()
        .containsExactlyInAnyOrderElementsOf(expected);
    assertThat(village.allPages(wanted("", "RARE", Standing.ALL, 33)))
        .containsExactlyElementsOf(expected);
    expected.forEach(id -> village.online.add(village.agents.numberOf(id).orElseThrow()));
    assertThat(village.allPages(wanted("", "", Standing.ONLINE, 33)))
        .containsExactlyElementsOf(expected);
    assertThat(village.allPages(wanted("profile", "rare", Standing.ONLINE, 33)))
        .doesNotHaveDuplicates()
        .containsExactlyInAnyOrderElementsOf(expected);
    assertThat(village.allPages(wanted("", "common", Standing.OFFLINE, 200)))
        .doesNotHaveDuplicates()
        .hasSize(19_800);
    assertThat(village.allPages(wanted("", "", Standing.OFFLINE, 200)))
        .doesNotHaveDuplicates()
        .hasSize(19_800);
  }

  @Test
  void pagesByRelevanceKeepTheirOrder() {
    for (int i = 0; i < 60; i++) {
      village.add("agent-" + i, "paint ".repeat(i % 7) + "wall ".repeat(i % 5) + "and more");
    }
    List<String> whole = village.find("paint a wall");
    assertThat(whole).hasSizeGreaterThan(50).doesNotHaveDuplicates();
    for (int limit : new int[] {1, 7, 50}) {
      assertThat(village.allPages(wanted("paint a wall", "", Standing.ALL, limit)))
          .containsExactlyElementsOf(whole);
    }
  }

  private List<String> ids(String words, String capability, Standing standing) {
    return village.ids(wanted(words, capability, standing, 200));
  }

  private static String word(SplittableRandom random) {
    return random
        .ints(4 + random.nextInt(7), 'a', 'z' + 1)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  @Test
  void aPageLooksAtSoManyAndSaysWhereToGoOn() {
    for (DatabaseUrl url : TestDatabase.each(folder).toList()) {
      try (var many = new Village(url)) {
        looksAtSoMany(many);
      }
    }
  }

  private static void looksAtSoMany(Village many) {
    var profiles = new HashMap<String, Profile>();
    for (int i = 0; i < 10_500; i++) {
      profiles.put("agent-%05d".formatted(i), Profile.of("Weather", List.of()));
    }
    many.addAll(profiles);
    long last = many.agents.numberOf("agent-10499").orElseThrow();
    for (Optional<String> words : List.of(Optional.<String>empty(), Optional.of("weather"))) {
      var wanted =
          new Wanted(
              words,
              Optional.empty(),
              Standing.ALL,
              Optional.of(number -> number == last),
              Optional.empty(),
              10);
      Directory.Page first = many.directory.find(wanted);
      assertThat(first.agents()).isEmpty();
      assertThat(first.next()).isPresent();
      assertThat(many.allPages(wanted)).containsExactly("agent-10499");
    }
  }
}
