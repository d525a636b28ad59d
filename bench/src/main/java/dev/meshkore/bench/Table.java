package dev.meshkore.bench;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Results of one scenario as rows and columns, for a terminal and for a Markdown page.
///
/// @param head the names of the columns
/// @param rows one row for each server and shape
record Table(List<String> head, List<List<String>> rows) {
  Table {
    head = List.copyOf(head);
    rows = rows.stream().map(List::copyOf).toList();
  }

  /// A column for each figure that any of the results has; the values are medians.
  static Table of(List<Result> results) {
    Set<String> names = new LinkedHashSet<>();
    results.forEach(result -> result.metrics().forEach(metric -> names.add(metric.name())));
    List<String> head = new ArrayList<>(List.of("server", "shape"));
    head.addAll(names);
    List<List<String>> rows = new ArrayList<>();
    for (Result result : results) {
      List<String> row = new ArrayList<>(List.of(result.target(), result.shape()));
      for (String name : names) {
        Metric metric = result.metric(name);
        row.add(metric == null ? "" : number(metric.median()));
      }
      rows.add(row);
    }
    return new Table(head, rows);
  }

  /// How many times the first server's figure each other server's is, shape by shape: above 1 the
  /// first server is better.
  static Table ratios(List<Result> results) {
    List<List<String>> rows = new ArrayList<>();
    for (Result result : results) {
      Result first = firstOf(results, result.shape());
      if (first == null || first.target().equals(result.target())) {
        continue;
      }
      rows.add(
          List.of(
              first.target() + " to " + result.target(),
              result.shape(),
              ratio(first, result, Aggregate.MESSAGES_PER_SECOND),
              ratio(result, first, Aggregate.P50),
              ratio(result, first, Aggregate.P99)));
    }
    return new Table(List.of("ratio", "shape", "messages/s", "p50 shorter", "p99 shorter"), rows);
  }

  private static @Nullable Result firstOf(List<Result> results, String shape) {
    return results.stream().filter(result -> result.shape().equals(shape)).findFirst().orElse(null);
  }

  private static String ratio(Result over, Result under, String name) {
    Metric above = over.metric(name);
    Metric below = under.metric(name);
    if (above == null || below == null || below.median() == 0) {
      return "";
    }
    return String.format(Locale.ROOT, "%.2f×", above.median() / below.median());
  }

  /// Three figures that count, as a person reads them.
  static String number(double value) {
    double size = Math.abs(value);
    if (size >= 100) {
      return String.format(Locale.ROOT, "%,.0f", value);
    }
    return String.format(Locale.ROOT, size >= 10 ? "%.1f" : "%.2f", value);
  }

  String text() {
    int[] widths = new int[head.size()];
    for (int i = 0; i < widths.length; i++) {
      widths[i] = head.get(i).length();
      for (List<String> row : rows) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    StringBuilder text = new StringBuilder();
    line(text, head, widths);
    rows.forEach(row -> line(text, row, widths));
    return text.toString();
  }

  private static void line(StringBuilder text, List<String> cells, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String cell = cells.get(i);
      String gap = " ".repeat(widths[i] - cell.length());
      line.append(i == 0 ? "" : "  ").append(i < 2 ? cell + gap : gap + cell);
    }
    text.append(line.toString().stripTrailing()).append('\n');
  }

  String markdown() {
    StringBuilder text = new StringBuilder();
    text.append("| ").append(String.join(" | ", head)).append(" |\n|---|---|");
    text.append("---:|".repeat(head.size() - 2)).append('\n');
    for (List<String> row : rows) {
      text.append("| ").append(String.join(" | ", row)).append(" |\n");
    }
    return text.toString();
  }
}
