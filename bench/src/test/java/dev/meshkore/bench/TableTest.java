package dev.meshkore.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class TableTest {
  private static final Result.Conditions CONDITIONS =
      new Result.Conditions("after fsync", 30, 90, 0.1);
  private static final Result HUB = result("MeshKore", 20_000, 2);
  private static final Result PEER = result("Other", 5_000, 8);

  @Test
  void alignsColumnsForATerminal() {
    assertThat(Table.of(List.of(HUB, PEER)).text())
        .isEqualTo(
            """
            server    shape  messages/s  p50 ms  p99 ms
            MeshKore  64×1       20,000    2.00    20.0
            Other     64×1        5,000    8.00    80.0
            """);
  }

  @Test
  void writesMarkdown() {
    assertThat(Table.of(List.of(HUB)).markdown())
        .isEqualTo(
            """
            | server | shape | messages/s | p50 ms | p99 ms |
            |---|---|---:|---:|---:|
            | MeshKore | 64×1 | 20,000 | 2.00 | 20.0 |
            """);
  }

  @Test
  void leavesACellEmptyWhereNothingWasMeasured() {
    Result other =
        new Result("ws", "Other", "64×1", CONDITIONS, List.of(Metric.once("p50 ms", 1)), List.of());
    assertThat(Table.of(List.of(HUB, other)).rows().getLast())
        .containsExactly("Other", "64×1", "", "1.00", "");
  }

  @Test
  void saysHowManyTimesBetterTheFirstServerIs() {
    Table ratios = Table.ratios(List.of(HUB, PEER));
    assertThat(ratios.rows())
        .containsExactly(List.of("MeshKore to Other", "64×1", "4.00×", "4.00×", "4.00×"));
    assertThat(Table.ratios(List.of(HUB)).rows()).isEmpty();
  }

  @Test
  void saysWhatHasNotBeenMeasured() {
    String empty = BenchmarksPage.of(List.of());
    assertThat(empty).contains("Nothing has been measured yet.").contains("## Agent to agent");
    Machine machine = new Machine(2, "cpu", "Linux 6", "24 GB", "JDK 25", "abc");
    Report report = new Report("2026-11-21T14:30:00Z", machine, List.of(HUB, PEER));
    String page = BenchmarksPage.of(List.of(report));
    assertThat(page)
        .contains("Commit abc on 2 cores (cpu), Linux 6, 24 GB memory, JDK 25; the runs of\n")
        .contains("| MeshKore | 64×1 | 20,000 |")
        .contains("| MeshKore to Other | 64×1 | 4.00× |")
        .contains("- MeshKore: after fsync.")
        .contains("- Other 64×1: fsync 30 µs (p99 90), load average before 0.10.")
        .contains("Not among these runs; the notes may have figures of others.");
    Report later = new Report("2026-11-21T15:30:00Z", machine, List.of(HUB));
    assertThat(BenchmarksPage.of(List.of(report, later)))
        .containsOnlyOnce("2 cores (cpu)")
        .contains("the runs of\n2026-11-21T14:30:00Z,\n2026-11-21T15:30:00Z.\n");
  }

  @Test
  void readsBackWhatItWrote() {
    Machine machine = new Machine(2, "cpu", "Linux 6", "24 GB", "JDK 25", "abc");
    Report report = new Report("2026-11-21T14:30:00Z", machine, List.of(HUB, PEER));
    String json = ReportJson.write(report);
    assertThat(json).contains("\"fsync_micros\" : 30.0").contains("\"median\" : 20000.0");
    assertThat(ReportJson.read(json)).isEqualTo(report);
  }

  private static Result result(String target, double rate, double p50) {
    List<Metric> metrics =
        List.of(
            Metric.once(Aggregate.MESSAGES_PER_SECOND, rate),
            Metric.once(Aggregate.P50, p50),
            Metric.once(Aggregate.P99, p50 * 10));
    return new Result("ws", target, "64×1", CONDITIONS, metrics, List.of());
  }
}
