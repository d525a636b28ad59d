package dev.meshkore.hub.guard;

import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Transaction;
import java.util.function.LongSupplier;

/// How much one agent may write to another, or in one channel, whatever it writes elsewhere.
final class PairRates implements SendRule {
  private static final int AGENT_BITS = 31;
  private static final long CHANNEL = 1L << 62;

  private final RateLimiter rates;
  private final boolean isOn;

  PairRates(int perMinute, LongSupplier nanoTime) {
    this.rates = new RateLimiter(perMinute, nanoTime);
    this.isOn = perMinute > 0;
  }

  @Override
  public boolean concerns(long sender, long recipient, long channel) {
    return isOn;
  }

  @Override
  public void check(Transaction transaction, Letter letter, Relations relations) {
    long place = letter.channel() == 0 ? letter.recipient() : CHANNEL | letter.channel();
    RateLimiter.Decision decision = rates.take(place ^ letter.sender() << AGENT_BITS);
    if (!decision.allowed()) {
      throw Refused.later(
          ProblemType.RATE_LIMITED,
          "The limit is " + decision.limit() + " messages a minute to the same place",
          decision.resetSeconds());
    }
  }
}
