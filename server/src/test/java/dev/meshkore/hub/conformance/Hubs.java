package dev.meshkore.hub.conformance;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.meshkore.hub.testing.TestHub;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/// The hubs of a test run: one for each set of settings, started when first needed, and a stranger.
final class Hubs implements AutoCloseable {
  private static final Set<String> SETTINGS =
      Set.of(
          "open",
          "payload_bytes_max",
          "rate_per_minute",
          "unread_max",
          "channel_members_max",
          "open_max",
          "breaker_repeats");

  private final Map<Map<String, String>, TestHub> hubs = new HashMap<>();
  private final AtomicInteger runs = new AtomicInteger();

  /// The hub with these settings.
  synchronized TestHub shared(Map<String, String> settings) {
    return hubs.computeIfAbsent(settings, this::startAlone);
  }

  /// A hub that knows none of the agents of the others.
  synchronized TestHub elsewhere() {
    return hubs.computeIfAbsent(Map.of("elsewhere", ""), _ -> startAlone(Map.of()));
  }

  /// A hub that the caller closes.
  TestHub startAlone(Map<String, String> settings) {
    var translated = new TreeMap<String, String>();
    settings.forEach((name, value) -> {
      assumeTrue(SETTINGS.contains(name), "This hub has no setting " + name);
      translated.put(name.replace('_', '-'), value);
    });
    return TestHub.start(translated);
  }

  /// A suffix that no other run of a case has: 8 of `[a-z0-9]`.
  String nextRun() {
    return "r%07d".formatted(runs.incrementAndGet());
  }

  @Override
  public synchronized void close() {
    hubs.values().forEach(TestHub::close);
  }
}
