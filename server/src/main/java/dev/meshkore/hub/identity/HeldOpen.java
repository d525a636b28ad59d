package dev.meshkore.hub.identity;

import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/// What each agent holds open at this hub: polls and calls that wait, live sessions, streams. All
/// of them cost memory while nothing happens, so an agent may have so many at once, whichever doors
/// it opened them by. Thread-safe.
public final class HeldOpen {
  private static final long RETRY_SECONDS = 5;

  private final Map<Long, Integer> counts = new ConcurrentHashMap<>();
  private final AtomicInteger total = new AtomicInteger();
  private final int most;

  /// Lets an agent hold so many open at once; 0 for no limit.
  public HeldOpen(int most) {
    this.most = most;
  }

  /// One thing that is held open. Closing it again changes nothing.
  @FunctionalInterface
  public interface Hold extends AutoCloseable {
    /// Nothing is held.
    Hold NONE = () -> {};

    @Override
    void close();
  }

  /// Counts one more until it is closed.
  ///
  /// @throws Refused when the agent has as many as it may
  public Hold take(Caller.OfAgent caller) {
    long agent = caller.number();
    counts.compute(
        agent,
        (_, count) -> {
          int before = count == null ? 0 : count;
          if (most > 0 && before >= most) {
            throw refused();
          }
          return before + 1;
        });
    total.incrementAndGet();
    var isHeld = new AtomicBoolean(true);
    return () -> {
      if (isHeld.getAndSet(false)) {
        counts.computeIfPresent(agent, (_, count) -> count == 1 ? null : count - 1);
        total.decrementAndGet();
      }
    };
  }

  /// How much all agents hold open.
  public int total() {
    return total.get();
  }

  private Refused refused() {
    return new Refused(
        ProblemType.TOO_MANY_OPEN,
        "The agent holds " + most + " polls, sessions and streams open; close one first",
        Map.of("limit", most, "retry_after", RETRY_SECONDS));
  }
}
