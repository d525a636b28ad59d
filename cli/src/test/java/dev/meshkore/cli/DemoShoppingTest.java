package dev.meshkore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The demo of a deal, as people and as programs see it.
@Timeout(120)
final class DemoShoppingTest {
  @TempDir Path home;

  @Test
  void aDealIsShownStepByStepAndTheBooksAreEven() {
    var ended = new Shell(home).run("demo", "shopping");

    assertThat(ended.code()).as(ended.err()).isZero();
    assertThat(ended.out())
        .containsSubsequence(
            "alice  looks for",
            "alice  finds bob",
            "alice  proposes 30",
            "bob    wants 36",
            "alice  accepts",
            "alice  opens the job",
            "bob    reads of it in its inbox",
            "alice  pays into escrow: 36.000000 CREDIT",
            "bob    sees that the money waits",
            "alice  confirms",
            "bob    receives 34.740000 CREDIT",
            "signs a receipt of 5 steps",
            "The books are even");
    assertThat(ended.out())
        .containsPattern("alice +50.000000 +14.000000")
        .containsPattern("bob +0.000000 +34.740000")
        .containsPattern("fees +0.000000 +1.260000")
        .containsPattern("all +50.000000 +50.000000");
  }

  @Test
  void aProgramGetsItInJson() throws Json.Unreadable {
    var ended = new Shell(home).run("demo", "shopping", "--json");

    assertThat(ended.code()).as(ended.err()).isZero();
    var summary = ended.json();
    assertThat(Json.text(summary, "state")).isEqualTo("completed");
    assertThat(Json.text(summary, "received")).isEqualTo("34.740000");
    assertThat(summary.path("even").asBoolean()).isTrue();
    assertThat(ended.err()).contains("finds bob");
  }
}
