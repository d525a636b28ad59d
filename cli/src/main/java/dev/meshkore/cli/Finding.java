package dev.meshkore.cli;

import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/// What the doctor found about one subject.
///
/// @param toDo what to do about it; empty where nothing has to be done
record Finding(Level level, String subject, String detail, String toDo) {
  enum Level {
    OK,
    WARNING,
    PROBLEM;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static Finding ok(String subject, String detail) {
    return new Finding(Level.OK, subject, detail, "");
  }

  static Finding warning(String subject, String detail, String toDo) {
    return new Finding(Level.WARNING, subject, detail, toDo);
  }

  static Finding problem(String subject, String detail, String toDo) {
    return new Finding(Level.PROBLEM, subject, detail, toDo);
  }

  JsonNode json() {
    return Json.object()
        .put("level", level.word())
        .put("subject", subject)
        .put("detail", detail)
        .put("to_do", toDo);
  }

  List<String> lines(Surroundings here) {
    var word = "%-8s".formatted(level.word());
    var coloured =
        switch (level) {
          case OK -> here.green(word);
          case WARNING -> here.yellow(word);
          case PROBLEM -> here.red(word);
        };
    var line = coloured + " " + here.bold("%-12s".formatted(subject)) + " " + detail;
    return toDo.isEmpty() ? List.of(line) : List.of(line, " ".repeat(22) + "→ " + toDo);
  }
}
