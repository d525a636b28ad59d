package dev.meshkore.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/// Gathers figures run by run, in the order in which they were first named.
final class Aggregate {
  static final String MESSAGES_PER_SECOND = "messages/s";
  static final String P50 = "p50 ms";
  static final String P99 = "p99 ms";
  static final String P999 = "p99.9 ms";
  static final String MAX = "max ms";
  private static final double NANOS_PER_MILLISECOND = 1e6;

  private final Map<String, List<Double>> figures = new LinkedHashMap<>();

  Aggregate add(String name, double value) {
    figures.computeIfAbsent(name, _ -> new ArrayList<>()).add(value);
    return this;
  }

  /// Adds what another run gathered.
  Aggregate addAll(List<Metric> metrics) {
    metrics.forEach(metric -> metric.runs().forEach(value -> add(metric.name(), value)));
    return this;
  }

  Aggregate rate(long count, long nanos) {
    return add(MESSAGES_PER_SECOND, nanos == 0 ? 0 : count * 1e9 / nanos);
  }

  /// Adds the four places of a distribution; `prefix` tells apart several in one scenario.
  Aggregate latencies(String prefix, Histogram histogram) {
    add(prefix + P50, milliseconds(histogram, 50));
    add(prefix + P99, milliseconds(histogram, 99));
    add(prefix + P999, milliseconds(histogram, 99.9));
    return add(prefix + MAX, histogram.getMaxValue() / NANOS_PER_MILLISECOND);
  }

  List<Metric> metrics() {
    List<Metric> metrics = new ArrayList<>();
    figures.forEach((name, runs) -> metrics.add(new Metric(name, runs)));
    return metrics;
  }

  private static double milliseconds(Histogram histogram, double percentile) {
    return histogram.getValueAtPercentile(percentile) / NANOS_PER_MILLISECOND;
  }
}
