package dev.meshkore.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Arrays;
import java.util.List;

/// One measured figure: its name with its unit, and its value in each run.
record Metric(String name, List<Double> runs) {
  Metric {
    runs = List.copyOf(runs);
    if (runs.isEmpty()) {
      throw new IllegalArgumentException(name + " was never measured");
    }
  }

  static Metric once(String name, double value) {
    return new Metric(name, List.of(value));
  }

  /// The middle of the runs; of an even number, the mean of the two in the middle.
  @JsonProperty(value = "median", access = JsonProperty.Access.READ_ONLY)
  double median() {
    double[] sorted = runs.stream().mapToDouble(Double::doubleValue).toArray();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
