package dev.meshkore.bench;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one scenario found out about one server.
///
/// @param scenario `ws`, `rest`, …
/// @param target the server's name
/// @param shape which variant of the scenario
/// @param conditions durability, measured fsync, load before: what the figures depend on
/// @param metrics the figures, in the order in which they are shown
/// @param notes what a reader has to know besides, for example refusals
record Result(
    String scenario,
    String target,
    String shape,
    Conditions conditions,
    List<Metric> metrics,
    List<String> notes) {
  Result {
    metrics = List.copyOf(metrics);
    notes = List.copyOf(notes);
  }

  @Nullable Metric metric(String name) {
    return metrics.stream().filter(metric -> metric.name().equals(name)).findFirst().orElse(null);
  }

  /// What the figures depend on.
  ///
  /// @param durability what an acknowledgement of the server promises
  /// @param fsyncMicros the middle of 400 small writes with fsync in the data folder
  /// @param fsyncMicrosP99 the same, 99 of 100 took no longer
  /// @param loadBefore the load average of the last minute before the scenario began
  record Conditions(
      String durability, double fsyncMicros, double fsyncMicrosP99, double loadBefore) {}
}
