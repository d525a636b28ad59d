package dev.meshkore.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

final class AggregateTest {
  @Test
  void takesTheMiddleOfTheRuns() {
    assertThat(new Metric("a", List.of(9.0, 1.0, 5.0)).median()).isEqualTo(5);
    assertThat(new Metric("a", List.of(4.0, 1.0, 2.0, 100.0)).median()).isEqualTo(3);
    assertThat(Metric.once("a", 7).median()).isEqualTo(7);
    assertThatThrownBy(() -> new Metric("a", List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void readsPercentilesInMilliseconds() {
    Histogram histogram = new Histogram(600_000_000_000L, 3);
    for (int i = 1; i <= 1_000; i++) {
      histogram.recordValue(i * 1_000_000L);
    }
    List<Metric> metrics = new Aggregate().latencies("", histogram).metrics();
    assertThat(metrics)
        .extracting(Metric::name)
        .containsExactly("p50 ms", "p99 ms", "p99.9 ms", "max ms");
    assertThat(metrics.get(0).median()).isEqualTo(500, within(1.0));
    assertThat(metrics.get(1).median()).isEqualTo(990, within(1.0));
    assertThat(metrics.get(2).median()).isEqualTo(999, within(1.0));
    assertThat(metrics.get(3).median()).isEqualTo(1_000, within(1.0));
  }

  @Test
  void gathersRunsByNameInTheirOrder() {
    Aggregate aggregate = new Aggregate();
    aggregate.rate(50, 1_000_000_000L).add("cores", 0.5);
    aggregate.rate(300, 2_000_000_000L).add("cores", 0.7);
    assertThat(aggregate.metrics())
        .containsExactly(
            new Metric("messages/s", List.of(50.0, 150.0)), new Metric("cores", List.of(0.5, 0.7)));
  }

  @Test
  void readsWhatTheKernelSaysOfAProcess() {
    String stat = "42 (java (x) y) S 1 42 42 0 -1 4194560 9 0 0 0 250 50 0 0 20 0 30 0 99 1 2";
    Usage usage = Usage.parse(stat, "Name:\tjava\nVmRSS:\t   2048 kB\nThreads:\t30\n");
    assertThat(usage).isEqualTo(new Usage(3_000_000_000L, 2_097_152));
    assertThat(usage.coresSince(new Usage(1_000_000_000L, 0), 4_000_000_000L)).isEqualTo(0.5);
  }
}
