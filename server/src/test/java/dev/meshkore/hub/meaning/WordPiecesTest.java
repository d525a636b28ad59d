package dev.meshkore.hub.meaning;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is expected was made by the tokenizer of Hugging Face.
final class WordPiecesTest {
  private WordPieces pieces;

  @BeforeEach
  void read() throws IOException {
    try (InputStream in =
        WordPieces.class.getResourceAsStream("/bge-small-en-v1.5-q-tokenizer.json")) {
      pieces = WordPieces.read(Objects.requireNonNull(in).readAllBytes());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Translate this agreement.|101 17637 2023 3820 1012 102",
        "Necesito un traductor|101 26785 2229 9956 4895 19817 4215 14194 4263 102",
        "größer & schöner|101 24665 2080 17499 2099 1004 8040 27406 2099 102",
        "我需要翻译|101 1855 100 100 100 100 102",
        "café — €5 ½|101 7668 1517 1574 2629 1092 102",
        "a_b-c.d/e|101 1037 1035 1038 1011 1039 1012 1040 1013 1041 102",
        "supercalifragilistic|101 3565 9289 10128 29181 24411 4588 102",
        "emoji 😀 ok|101 7861 29147 2072 100 7929 102"
      })
  void splitsAsTheModelWasTrained(String text, String numbers) {
    assertThat(pieces.of(text, 256)).containsExactly(numbers(numbers));
  }

  private static long[] numbers(String text) {
    return Arrays.stream(text.split(" ")).mapToLong(Long::parseLong).toArray();
  }

  @Test
  void readsNoMoreOfALongTextThanIsWanted() {
    long[] some = pieces.of("word ".repeat(1_000_000), 16);
    assertThat(some).hasSize(16);
    assertThat(some[15]).isEqualTo(102);
    assertThat(pieces.of("x".repeat(1_000_000), 16)).containsExactly(101, 100, 102);
  }

  @Test
  void weighsPiecesByHowRareTheyAre() {
    float the = weight("the");
    float work = weight("work");
    float translate = weight("translate");
    assertThat(weight("!")).isLessThan(0.25f);
    assertThat(the).isLessThan(0.25f);
    assertThat(work).isBetween(the, translate);
    assertThat(translate).isBetween(0.5f, 1f);
  }

  private float weight(String word) {
    return pieces.weight(pieces.of(word, 3)[1]);
  }
}
