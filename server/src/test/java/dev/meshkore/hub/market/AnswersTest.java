package dev.meshkore.hub.market;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.market.SqlMeasured.End;
import dev.meshkore.hub.market.SqlMeasured.Seen;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What is reckoned of calls.
final class AnswersTest {
  private static final long NOW = 1_000_000;

  private static Seen answered(long buyer, long waitedMs) {
    return new Seen(buyer, End.ANSWERED, waitedMs, 0, NOW + 1);
  }

  @Test
  void aBuyerAloneMakesNobodyFast() {
    var seen = new ArrayList<Seen>();
    for (int i = 0; i < 400; i++) {
      seen.add(answered(1, 1));
    }
    for (int i = 2; i < 32; i++) {
      seen.add(answered(i, 5_000));
    }
    Answers answers = Answers.of(seen, 4_999, NOW);
    assertThat(answers.count()).isEqualTo(40);
    assertThat(answers.middleMs()).isEqualTo(5_000);
    assertThat(answers.inTime()).isEqualTo(10);
  }

  @Test
  void theLastHundredCount() {
    var seen = new ArrayList<Seen>();
    for (int i = 1; i <= 100; i++) {
      seen.add(answered(i, i));
    }
    for (int i = 101; i <= 400; i++) {
      seen.add(answered(i, 9_000));
    }
    assertThat(Answers.of(seen, 50, NOW)).isEqualTo(new Answers(100, 100, 0, 50, 50, 95));
  }

  @Test
  void whatHasNoAnswerInItsTimeCountsAndWhatStillWaitsDoesNot() {
    var seen =
        List.of(
            new Seen(1, End.WAITING, 0, 0, NOW + 1),
            new Seen(2, End.WAITING, 0, 0, NOW),
            new Seen(3, End.DECLINED, 7, 0, NOW),
            answered(4, 70));
    assertThat(Answers.of(seen, 0, NOW)).isEqualTo(new Answers(3, 1, 1, 0, 70, 70));
    assertThat(Answers.of(List.of(), 0, NOW)).isEqualTo(new Answers(0, 0, 0, 0, 0, 0));
  }
}
