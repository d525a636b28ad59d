package dev.meshkore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

final class DemoResultsTest {
  private final DemoDocument document = DemoDocument.split("# A\na\n# B\nb\n");
  private final DemoResults results = new DemoResults(document);

  @Test
  void isCompleteWhenEveryPartCameBackOnce() {
    results.add(1, "anna", described(7), 10);
    assertThat(results.areExactlyOnce()).isFalse();

    results.add(2, "ben", described(5), 10);

    assertThat(results.areExactlyOnce()).isTrue();
    assertThat(results.report("a.md")).contains("2 parts, 12 words", "## 1. A", "By anna");
  }

  @Test
  void aSecondResultForAPartIsNoticed() {
    results.add(1, "anna", described(7), 10);
    results.add(2, "ben", described(5), 10);
    results.add(2, "ben", described(5), 11);

    assertThat(results.areComplete()).isTrue();
    assertThat(results.areExactlyOnce()).isFalse();
    assertThat(results.summary().path("parts").path(1).path("times").asInt()).isEqualTo(2);
  }

  @Test
  void aMissingPartIsSaidInTheReport() {
    results.add(1, "anna", described(7), 10);

    assertThat(results.report("a.md")).contains("Nothing came back for this part");
    assertThat(results.summary().path("exactly_once").asBoolean()).isFalse();
  }

  private static JsonNode described(int words) {
    var result = Json.object().put("words", words).put("reading_seconds", 2).put("links", 0);
    result.putArray("terms");
    result.putArray("broken");
    result.putArray("headings");
    return result;
  }
}
