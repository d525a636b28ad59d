package dev.meshkore.hub.relay;

import dev.meshkore.hub.guard.RateLimiter;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// How much each member sends to channels that have a limit of it. Thread-safe.
final class MemberRates {
  private record Limited(int perMinute, RateLimiter rates) {}

  private final LongSupplier nanoTime;
  private final Map<Long, Limited> limited = new ConcurrentHashMap<>();

  MemberRates(InstantSource clock) {
    this.nanoTime = () -> TimeUnit.MILLISECONDS.toNanos(clock.millis());
  }

  /// Takes a token of a member's rate; a rate that was changed begins anew.
  ///
  /// @throws Refused when there is none
  void take(Channel channel, long member, int perMinute) {
    if (perMinute == 0) {
      return;
    }
    Limited current =
        limited.compute(
            channel.number(),
            (_, known) ->
                known != null && known.perMinute() == perMinute
                    ? known
                    : new Limited(perMinute, new RateLimiter(perMinute, nanoTime)));
    RateLimiter.Decision decision = current.rates().take(member);
    if (!decision.allowed()) {
      throw Refused.later(
          ProblemType.RATE_LIMITED,
          channel.id() + " takes " + perMinute + " messages a minute of each member",
          decision.resetSeconds());
    }
  }
}
