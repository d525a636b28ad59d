package dev.meshkore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class DemoDocumentTest {
  private static final String MANUAL =
      """
      # Manual
      Read this first.
      ## Install
      ```
      # not a heading
      ```
      ## Use
      See [the notes](notes.md).
      ### Fast
      Very.
      ## Leave
      Bye.
      """;

  @Test
  void splitsAtTheHighestHeadingsThatGiveEnoughParts() {
    var titles = DemoDocument.split(MANUAL).parts().stream().map(DemoDocument.Part::title);

    assertThat(titles).containsExactly("Manual", "Install", "Use", "Leave");
  }

  @Test
  void everyLineIsInExactlyOnePart() {
    assertThat(whole(DemoDocument.split(MANUAL))).isEqualTo(MANUAL);
  }

  @Test
  void aTextWithoutHeadingsIsSplitBetweenParagraphs() {
    var text = "One.\n\nTwo.\n\nThree.\n\nFour.\n";

    var split = DemoDocument.split(text);

    assertThat(split.parts()).hasSizeGreaterThan(1);
    assertThat(whole(split)).isEqualTo(text);
  }

  @Test
  void aVeryLongDocumentStillHasFewPartsThatFitAMessage() {
    var text = "## Heading\ntext\n".repeat(500) + "x\n".repeat(60_000);

    var split = DemoDocument.split(text);

    assertThat(split.parts()).hasSizeLessThanOrEqualTo(20);
    assertThat(whole(split)).isEqualTo(text);
    assertThat(split.parts()).allSatisfy(part -> assertThat(part.text()).hasSizeLessThan(200_000));
  }

  @Test
  void anEmptyDocumentHasNoParts() {
    assertThat(DemoDocument.split("\n \n").parts()).isEmpty();
  }

  private static String whole(DemoDocument document) {
    return document.parts().stream().map(DemoDocument.Part::text).collect(Collectors.joining());
  }
}
