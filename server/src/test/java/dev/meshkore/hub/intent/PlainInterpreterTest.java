package dev.meshkore.hub.intent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Seeds;
import java.math.BigInteger;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The plain interpreter does bounded work on whatever it is given, and says what it read.
final class PlainInterpreterTest {
  private static final Instant AT = Instant.parse("2026-11-24T10:00:00Z");
  private static final ZoneId MADRID = ZoneId.of("Europe/Madrid");
  private static final int BYTES = 1 << 16;
  private static final int STEPS_A_TOKEN_MAX = 400;
  private static final int JSON_CHARACTERS_MAX = 16_000;

  private static final List<String> PIECES =
      List.of(
          "by ",
          "no ",
          "before 6 pm ",
          "$1,000,",
          "1.",
          "in ",
          "español a inglés ",
          "es-",
          "must ",
          "ideally ",
          "a ",
          "the end of the ",
          "or ",
          ", ",
          "不要",
          "十二",
          "within 2 ",
          "spanish ",
          "to ",
          "and ",
          "2026-11-",
          "12:",
          "->",
          "\u0301",
          "ﷺ",
          "9",
          "from the ",
          "US ",
          "max ",
          "under ",
          "based in ",
          "iso 27001 ",
          "latency ",
          "hand in ",
          "between ",
          "America/",
          ". ",
          "if possible ",
          "required ",
          "\uD83D\uDE00",
          "\uD800",
          "\u0000",
          "\u202e",
          "99999999999 ");

  private static Understood read(String text) {
    return new PlainInterpreter().read(new Asked(text, MADRID, AT));
  }

  private static Sentence worked(String text) {
    var asked = new Asked(text, MADRID, AT);
    Sentence sentence = PlainInterpreter.sentence(asked);
    Understood understood = PlainInterpreter.read(asked, sentence);
    assertThat(understood.json().toString()).hasSizeLessThan(JSON_CHARACTERS_MAX);
    return sentence;
  }

  @Test
  void workGrowsWithTheLengthAndNoFaster() {
    for (String piece : PIECES) {
      Sentence sentence = worked(piece.repeat(BYTES / piece.length()));
      assertThat(sentence.steps())
          .as(piece)
          .isLessThanOrEqualTo((long) STEPS_A_TOKEN_MAX * (sentence.size() + 1));
    }
  }

  @Test
  void workIsBoundedForMixturesToo() {
    Seeds.forAll(
        60,
        random -> {
          Sentence sentence = worked(mixture(random, random.nextInt(1, 4_000)));
          assertThat(sentence.steps())
              .isLessThanOrEqualTo((long) STEPS_A_TOKEN_MAX * (sentence.size() + 1));
        });
  }

  @Test
  void theSameIsReadTheSameWay() {
    Seeds.forAll(
        60,
        random -> {
          String text = mixture(random, 60);
          assertThat(read(text)).isEqualTo(read(text));
        });
  }

  private static String mixture(SplittableRandom random, int count) {
    var text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(PIECES.get(random.nextInt(PIECES.size())));
    }
    return text.toString();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\n\t", "?", "\u200b", "by", "$", "6", "→", "\uD800"})
  void nothingIsReadFromNothing(String text) {
    Understood understood = read(text);

    assertThat(understood.wanted()).isEqualTo(text.strip());
    assertThat(Told.of(understood).isEmpty()).isTrue();
  }

  @Test
  void whatFollowsALongBeginningAreWordsOnly() {
    String text = "flyer ".repeat(PlainInterpreter.CHARACTERS_MAX) + "by 6 PM";
    Understood understood = read(text);

    assertThat(understood.deadline()).isNull();
    assertThat(understood.wanted()).endsWith("by 6 PM");
    assertThat(understood.notes()).anyMatch(note -> note.contains("characters"));
  }

  @Test
  void saysHowATimeWasRead() {
    assertThat(read("flyers before 6 PM").notes())
        .containsExactly("read \"before 6 PM\" as 18:00 Europe/Madrid today");
    assertThat(read("flyers before 9 AM").notes())
        .containsExactly("read \"before 9 AM\" as 09:00 Europe/Madrid tomorrow");
    assertThat(new PlainInterpreter().read(new Asked("flyers by noon", null, AT)).notes())
        .contains("no time zone was said, so times are read in UTC");
    assertThat(read("finish this by 2020-01-01").notes())
        .containsExactly("\"by 2020-01-01\" is over, so it is no deadline");
    assertThat(read("by 6 PM, or by 8 PM").notes())
        .contains("more than one time was said; \"by 6 PM\" is the deadline");
  }

  @Test
  void theDeadlineOfTheExampleIsTheCallersEvening() {
    String text = "I need a certified legal translator, ES→EN, before 6 PM";
    Instant due =
        Objects.requireNonNull(
                new PlainInterpreter()
                    .read(new Asked(text, ZoneId.of("Asia/Tokyo"), AT))
                    .deadline())
            .at();

    assertThat(due).isEqualTo(Instant.parse("2026-11-25T09:00:00Z"));
  }

  @Test
  void aBudgetComparesExactly() {
    var budget = new Budget(BigInteger.valueOf(5), 4, "USD", "call");

    assertThat(budget.allows(BigInteger.ZERO, 2, "EUR")).isTrue();
    assertThat(budget.allows(BigInteger.ONE, 2, "USD")).isFalse();
    assertThat(budget.allows(BigInteger.valueOf(5), 4, "USD")).isTrue();
    assertThat(budget.allows(BigInteger.valueOf(501), 6, "USD")).isFalse();
    assertThat(budget.allows(BigInteger.valueOf(500), 6, "USD")).isTrue();
    assertThat(budget.allows(BigInteger.ONE, 4, "USDC")).isFalse();
    var sats = new Budget(BigInteger.valueOf(1_000), 8, "BTC", "");
    assertThat(sats.allows(BigInteger.valueOf(1_000), 0, "SAT")).isTrue();
    assertThat(sats.allows(BigInteger.valueOf(1_000_001), 0, "MSAT")).isFalse();
  }
}
