package dev.meshkore.cli;

import java.util.ArrayList;
import java.util.List;

/// Rows of text in columns as wide as they need to be.
final class Table {
  private static final int CELL_MAX = 48;

  private final List<List<String>> rows = new ArrayList<>();

  Table(String... titles) {
    rows.add(List.of(titles));
  }

  void add(String... cells) {
    var row = new ArrayList<String>();
    for (var cell : cells) {
      var line = MessageText.clean(cell).replace('\n', ' ').replace('\t', ' ');
      row.add(line.length() > CELL_MAX ? line.substring(0, CELL_MAX - 1) + "…" : line);
    }
    rows.add(List.copyOf(row));
  }

  List<String> lines(Surroundings here) {
    var widths = new int[rows.getFirst().size()];
    for (var row : rows) {
      for (var column = 0; column < widths.length; column++) {
        widths[column] = Math.max(widths[column], row.get(column).length());
      }
    }
    var lines = new ArrayList<String>();
    for (var row : rows) {
      var line = new StringBuilder();
      for (var column = 0; column < widths.length; column++) {
        line.append(row.get(column)).repeat(' ', widths[column] - row.get(column).length() + 2);
      }
      var text = line.toString().stripTrailing();
      lines.add(lines.isEmpty() ? here.bold(text) : text);
    }
    return lines;
  }
}
