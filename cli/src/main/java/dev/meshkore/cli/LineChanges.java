package dev.meshkore.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// Which lines differ between two texts: the fewest, so that what stays is not shown beside what
/// changes. A comma at a line's end makes no difference.
final class LineChanges {
  /// The most pairs of lines that are compared; of longer texts only the new lines are told.
  private static final long PAIRS_MAX = 4_000_000;

  /// A line that is only in one of the texts.
  record Line(boolean isAdded, String text) {}

  private LineChanges() {}

  /// What has to go and to come, from top to bottom.
  static List<Line> between(List<String> before, List<String> after) {
    if ((long) before.size() * after.size() > PAIRS_MAX) {
      var known = before.stream().map(LineChanges::core).collect(Collectors.toSet());
      return after.stream()
          .filter(line -> !known.contains(core(line)))
          .map(line -> new Line(true, line))
          .toList();
    }
    var old = before.stream().map(LineChanges::core).toList();
    var fresh = after.stream().map(LineChanges::core).toList();
    var common = common(old, fresh);
    var changes = new ArrayList<Line>();
    var i = 0;
    var j = 0;
    while (i < old.size() || j < fresh.size()) {
      if (i < old.size() && j < fresh.size() && old.get(i).equals(fresh.get(j))) {
        i++;
        j++;
      } else if (j == fresh.size() || (i < old.size() && common[i + 1][j] >= common[i][j + 1])) {
        changes.add(new Line(false, before.get(i++)));
      } else {
        changes.add(new Line(true, after.get(j++)));
      }
    }
    return changes;
  }

  /// How many lines the rests of both texts have in common, from each pair of places on.
  private static int[][] common(List<String> old, List<String> fresh) {
    var common = new int[old.size() + 1][fresh.size() + 1];
    for (var i = old.size() - 1; i >= 0; i--) {
      for (var j = fresh.size() - 1; j >= 0; j--) {
        common[i][j] =
            old.get(i).equals(fresh.get(j))
                ? common[i + 1][j + 1] + 1
                : Math.max(common[i + 1][j], common[i][j + 1]);
      }
    }
    return common;
  }

  private static String core(String line) {
    return line.endsWith(",") ? line.substring(0, line.length() - 1) : line;
  }
}
