package dev.meshkore.hub.discovery;

import dev.meshkore.hub.identity.Agent;
import java.util.LinkedHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What is made of an agent and holds until its version changes. Of more agents than are kept,
/// those that were asked for last stay. Thread-safe.
final class OfAgents<T> {
  /// What was made of one version of an agent.
  private record Made<T>(long version, T value) {}

  private final Function<Agent, T> make;
  private final int most;
  private final ReentrantLock using = new ReentrantLock();
  private final LinkedHashMap<Long, Made<T>> kept = new LinkedHashMap<>(16, 0.75f, true);

  /// Keeps what `make` makes of as many agents.
  OfAgents(int most, Function<Agent, T> make) {
    this.make = make;
    this.most = most;
  }

  /// What is made of this agent, as it is.
  T of(Agent agent) {
    Made<T> before = kept(agent.number());
    if (before != null && before.version() == agent.version()) {
      return before.value();
    }
    T value = make.apply(agent);
    using.lock();
    try {
      kept.put(agent.number(), new Made<>(agent.version(), value));
      if (kept.size() > most) {
        kept.pollFirstEntry();
      }
    } finally {
      using.unlock();
    }
    return value;
  }

  private @Nullable Made<T> kept(long number) {
    using.lock();
    try {
      return kept.get(number);
    } finally {
      using.unlock();
    }
  }
}
