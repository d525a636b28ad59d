package dev.meshkore.hub.payments;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/// Writes rows by RFC 4180. A text that a spreadsheet would take for a formula has a quotation mark
/// put before it, since what stands in a cell may be another agent's word.
final class Csv {
  private static final Pattern FORMULA = Pattern.compile("(?s)\\s*[=+@-].*");
  private static final Pattern QUOTED = Pattern.compile("(?s).*[\",\r\n].*");

  private final StringBuilder text = new StringBuilder();

  void row(String... cells) {
    for (int i = 0; i < cells.length; i++) {
      text.append(i == 0 ? "" : ",").append(cell(cells[i]));
    }
    text.append("\r\n");
  }

  private static String cell(String cell) {
    String harmless = FORMULA.matcher(cell).matches() ? "'" + cell : cell;
    return QUOTED.matcher(harmless).matches()
        ? '"' + harmless.replace("\"", "\"\"") + '"'
        : harmless;
  }

  byte[] bytes() {
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }
}
