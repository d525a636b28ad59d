package dev.meshkore.hub.market;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.market.SqlMeasured.End;
import dev.meshkore.hub.market.SqlMeasured.Seen;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What is reckoned of calls.
final class CallAnswersTest {
  private static final long NOW = 1_000_000;

  private static Seen answered(long buyer, long waitedMs) {
    return new Seen("owner:" + buyer, End.ANSWERED, waitedMs, 0, NOW + 1);
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
    CallAnswers answers = CallAnswers.of(seen, 4_999, NOW);
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
    assertThat(CallAnswers.of(seen, 50, NOW))
        .isEqualTo(new CallAnswers(100, 100, 0, 50, 50, 95, 50));
  }

  @Test
  void whatHasNoAnswerInItsTimeCountsAndWhatStillWaitsDoesNot() {
    var seen =
        List.of(
            new Seen("1", End.WAITING, 0, 0, NOW + 1),
            new Seen("2", End.WAITING, 0, 0, NOW),
            new Seen("3", End.DECLINED, 7, 0, NOW),
            new Seen("4", End.UNMEASURED, -7, 0, NOW),
            answered(5, 70),
            answered(6, 80));
    assertThat(CallAnswers.of(seen, 0, NOW)).isEqualTo(new CallAnswers(4, 2, 1, 0, 70, 80, 80));
    assertThat(CallAnswers.of(List.of(), 0, NOW)).isEqualTo(new CallAnswers(0, 0, 0, 0, 0, 0, 0));
  }

  @Test
  void whoAnswersHalfOfItsCallsIsNotFast() {
    var seen = new ArrayList<Seen>();
    for (int i = 0; i < 9; i++) {
      seen.add(answered(i, 50));
      seen.add(new Seen("owner:" + i, End.WAITING, 0, 0, NOW));
    }
    assertThat(CallAnswers.of(seen, 0, NOW).typicalMs()).isEqualTo(50);
    seen.add(new Seen("late", End.WAITING, 0, 0, NOW));
    CallAnswers answers = CallAnswers.of(seen, 0, NOW);
    assertThat(answers.middleMs()).isEqualTo(50);
    assertThat(answers.typicalMs()).isGreaterThan(60_000);
  }
}
