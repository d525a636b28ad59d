package dev.meshkore.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/// Sends volleys of several ways in turns, so that all have the same minutes: first until the hub
/// is warm, and then as often as is asked for.
///
/// @param <W> what is compared
final class Turns<W> {
  static final String REQUESTS_PER_SECOND = "requests/s";

  private final String name;
  private final BenchOptions options;
  private final HubTarget hub;
  private final Progress progress;

  Turns(String name, BenchOptions options, HubTarget hub, Progress progress) {
    this.name = name;
    this.options = options;
    this.hub = hub;
    this.progress = progress;
  }

  /// Answers what was measured of each way, in their order.
  ///
  /// @param ways what is compared
  /// @param label what a way is called
  /// @param prepared makes the requests of a way, for each agent as many
  Map<W, Aggregate> measured(
      List<W> ways,
      Volley volley,
      Function<W, String> label,
      Function<W, List<List<byte[]>>> prepared)
      throws InterruptedException {
    Map<W, Aggregate> figures = new LinkedHashMap<>();
    long begun = System.nanoTime();
    int run = 0;
    while (run <= options.runs()) {
      for (W way : ways) {
        List<List<byte[]>> requests = prepared.apply(way);
        Usage before = hub.usage();
        long started = System.nanoTime();
        volley.send(requests);
        long nanos = System.nanoTime() - started;
        double rate = (double) requests.size() * requests.getFirst().size() * 1e9 / nanos;
        if (run > 0) {
          figures
              .computeIfAbsent(way, _ -> new Aggregate())
              .add(REQUESTS_PER_SECOND, rate)
              .add(Aggregate.P50, volley.millisAt(50))
              .add(Aggregate.P99, volley.millisAt(99))
              .add("server cores", hub.usage().coresSince(before, nanos));
        }
        String which = run == 0 ? "warm-up" : "run " + run;
        progress.say(
            String.format(Locale.ROOT, "%s: %s, %s, %,.0f/s", name, label.apply(way), which, rate));
      }
      boolean isWarm = System.nanoTime() - begun >= options.warmUp().toNanos();
      run += run > 0 || isWarm ? 1 : 0;
    }
    return figures;
  }
}
