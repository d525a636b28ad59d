package dev.meshkore.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The entry of the load generator.
public final class BenchCommand {
  /// Begins what `--markdown` leaves as it is.
  private static final String NOTES = "## Notes";

  private static final int OK = 0;
  private static final int FAILED = 1;
  private static final int USAGE = 2;
  private static final int UNREACHABLE = 3;

  private BenchCommand() {}

  /// Runs the generator alone.
  public static void main(String[] args) {
    System.exit(run(args));
  }

  /// Measures as the arguments say; the answer is the exit status: 0, 1 when a measurement failed,
  /// 2 when the arguments cannot be read, 3 when nobody listens where a hub was named.
  public static int run(String[] args) {
    return run(args, InstantSource.system(), System.out, System.err);
  }

  static int run(String[] args, InstantSource clock, PrintStream out, PrintStream err) {
    if (Arguments.asksForHelp(args)) {
      out.print(Arguments.HELP);
      return OK;
    }
    try {
      return measure(Arguments.parse(args), clock, out, err) ? OK : FAILED;
    } catch (UsageFailure e) {
      err.println("bench: " + e.getMessage());
      return USAGE;
    } catch (Unreachable e) {
      err.println("bench: " + e.getMessage());
      return UNREACHABLE;
    } catch (BenchFailure e) {
      err.println("bench: " + e.getMessage());
      return FAILED;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      err.println("bench: interrupted");
      return FAILED;
    }
  }

  private static boolean measure(
      BenchOptions options, InstantSource clock, PrintStream out, PrintStream err)
      throws InterruptedException {
    String url = options.url();
    if (url != null && !options.scenarios().isEmpty()) {
      Unreachable.check(url);
    }
    List<Report> earlier = options.from().stream().map(ReportJson::read).toList();
    Progress progress = new Progress(err);
    String at = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
    Machine machine = Machine.here();
    List<Result> results = new ArrayList<>();
    Scenarios scenarios =
        new Scenarios(
            options,
            progress,
            result -> {
              results.add(result);
              save(options.json(), ReportJson.write(new Report(at, machine, results)));
            });
    boolean whole = true;
    for (String scenario : options.scenarios()) {
      progress.say(scenario + ": load average " + Machine.load());
      whole &= scenarios.run(scenario);
    }
    Report report = new Report(at, machine, results);
    show(report, out);
    Stream<Report> own = results.isEmpty() ? Stream.of() : Stream.of(report);
    String page = BenchmarksPage.of(Stream.concat(earlier.stream(), own).toList());
    save(options.markdown(), page + notesIn(options.markdown()));
    return whole;
  }

  /// What people wrote at the end of the page that is there; it stays.
  private static String notesIn(@Nullable Path file) {
    if (file == null || !Files.exists(file)) {
      return "";
    }
    try {
      String text = Files.readString(file);
      int start = text.indexOf(NOTES);
      return start < 0 ? "" : "\n" + text.substring(start);
    } catch (IOException e) {
      throw new BenchFailure("cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  private static void save(@Nullable Path file, String text) {
    if (file == null) {
      return;
    }
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new BenchFailure("cannot write " + file + ": " + e.getMessage(), e);
    }
  }

  private static void show(Report report, PrintStream out) {
    if (report.results().isEmpty()) {
      return;
    }
    Machine machine = report.machine();
    out.printf(
        "%s  commit %s  %d cores  %s  %s  %s%n",
        report.at(),
        machine.commit(),
        machine.cores(),
        machine.kernel(),
        machine.memory(),
        machine.jdk());
    Map<String, List<Result>> byScenario = new LinkedHashMap<>();
    for (Result result : report.results()) {
      byScenario.computeIfAbsent(result.scenario(), _ -> new ArrayList<>()).add(result);
    }
    byScenario.forEach((scenario, results) -> {
      out.println("\n" + scenario);
      out.print(Table.of(results).text());
      Table ratios = Table.ratios(results);
      if (!ratios.rows().isEmpty() && scenario.equals("ws")) {
        out.print("\n" + ratios.text());
      }
      BenchmarksPage.remarks(results).forEach(line -> out.println("  " + line));
    });
  }
}
