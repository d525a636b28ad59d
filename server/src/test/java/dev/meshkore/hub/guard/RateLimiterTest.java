package dev.meshkore.hub.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.testing.Seeds;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class RateLimiterTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private long now = -SECOND;

  private static RateLimiter.Decision decision(boolean allowed, long remaining, long seconds) {
    return new RateLimiter.Decision(allowed, 60, remaining, seconds);
  }

  @Test
  void aBurstThenATokenASecond() {
    var limiter = new RateLimiter(60, () -> now);
    for (int i = 1; i <= 60; i++) {
      assertThat(limiter.take(1)).isEqualTo(decision(true, 60 - i, i));
    }
    assertThat(limiter.take(1)).isEqualTo(decision(false, 0, 1));
    now += SECOND - 1;
    assertThat(limiter.take(1).allowed()).isFalse();
    now += 1;
    assertThat(limiter.take(1)).isEqualTo(decision(true, 0, 60));
    assertThat(limiter.take(1).allowed()).isFalse();
    now += 3_600 * SECOND;
    assertThat(limiter.take(1)).isEqualTo(decision(true, 59, 1));
  }

  @Test
  void oneKeyCostsTheOthersNothing() {
    var limiter = new RateLimiter(2, () -> now);
    while (limiter.take(1).allowed()) {
      assertThat(limiter.take(1).limit()).isEqualTo(2);
    }
    assertThat(limiter.take(2).remaining()).isEqualTo(1);
    assertThat(limiter.take(2).remaining()).isZero();
  }

  @Test
  void whoRestsIsForgottenOnceASecondAtMost() {
    long restedAfter = TimeUnit.MILLISECONDS.toNanos(2);
    var limiter = new RateLimiter(60_000, () -> now);
    takeOfVeryMany(limiter);
    now += restedAfter;
    limiter.take(-1);
    assertThat(limiter.size()).isEqualTo(1);
    takeOfVeryMany(limiter);
    now += restedAfter;
    limiter.take(-1);
    assertThat(limiter.size()).isGreaterThan(100_000);
    now += SECOND;
    limiter.take(-1);
    assertThat(limiter.size()).isEqualTo(1);
  }

  private static void takeOfVeryMany(RateLimiter limiter) {
    for (long key = 0; key <= 100_000; key++) {
      assertThat(limiter.take(key).allowed()).isTrue();
    }
  }

  @Test
  void zeroIsNoLimit() {
    var limiter = new RateLimiter(0, () -> now);
    for (int i = 0; i < 10_000; i++) {
      assertThat(limiter.take(1).allowed()).isTrue();
      assertThat(limiter.take(1).limit()).isZero();
    }
  }

  @Test
  void aRefusalSaysWhenToComeAgain() {
    var limiter = new RateLimiter(1, () -> now);
    assertThat(limiter.take(1).allowed()).isTrue();
    Refused refused = limiter.take(1).refusal();
    assertThat(refused.type()).isEqualTo(ProblemType.RATE_LIMITED);
    assertThat(refused.members()).isEqualTo(Map.of("retry_after", 60L));
  }

  @Test
  void countsAsAPlainBucketDoes() {
    Seeds.forAll(
        200,
        random -> {
          long perMinute = random.nextLong(1, 200);
          long nanosPerToken = 60 * SECOND / perMinute;
          var limiter = new RateLimiter(perMinute, () -> now);
          var filled = new HashMap<Long, Long>();
          for (int i = 0; i < 500; i++) {
            now += random.nextInt(3) == 0 ? random.nextLong(2 * nanosPerToken) : 0;
            long key = random.nextLong(3);
            // A bucket in nanoseconds of refill: full at once, and emptied by a token's worth.
            long full = perMinute * nanosPerToken;
            long at = now;
            long level = Math.min(full, at - filled.getOrDefault(key, at - full));
            RateLimiter.Decision decision = limiter.take(key);
            boolean hasToken = level >= nanosPerToken;
            assertThat(decision.allowed()).isEqualTo(hasToken);
            long left = hasToken ? level - nanosPerToken : level;
            assertThat(decision.remaining()).isEqualTo(hasToken ? left / nanosPerToken : 0);
            long missing = hasToken ? full - left : nanosPerToken - left;
            assertThat(decision.resetSeconds())
                .isEqualTo(Math.max(1, Math.ceilDiv(missing, SECOND)));
            filled.put(key, at - left);
          }
        });
  }
}
