package dev.meshkore.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// Reports as JSON files.
final class ReportJson {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .build();

  private ReportJson() {}

  static String write(Report report) {
    return JSON.writeValueAsString(report) + "\n";
  }

  static Report read(String text) {
    return JSON.readValue(text, Report.class);
  }

  static Report read(Path file) {
    try {
      return read(Files.readString(file));
    } catch (IOException | JacksonException e) {
      throw new BenchFailure("cannot read results from " + file + ": " + e.getMessage(), e);
    }
  }
}
