package dev.meshkore.hub.intent;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Which language model reads requests, if any does.
///
/// @param url the API; without a path, `/v1` is meant; null where requests are read by rules alone
/// @param model its name there
/// @param key that opens it; empty where none is needed
/// @param time the longest that one reading may take
public record IntentSettings(@Nullable URI url, String model, String key, Duration time) {
  /// Rules alone.
  public static final IntentSettings NONE = new IntentSettings(null, "", "", Duration.ofSeconds(2));

  private static final int TIME_MS_LEAST = 50;
  private static final int TIME_MS_MAX = 60_000;
  private static final int KEY_CHARACTERS_MAX = 4_096;

  /// Reads the settings `interpreter-…`, by name. What is wrong is told to `mistakes`, without what
  /// may be secret.
  public static IntentSettings read(UnaryOperator<String> value, Consumer<String> mistakes) {
    String text = value.apply("interpreter-url");
    Duration time = time(value.apply("interpreter-ms"), mistakes);
    String key = key(value, mistakes);
    String model = value.apply("interpreter-model");
    URI url = text.isEmpty() ? null : url(text);
    if (url == null) {
      if (!text.isEmpty()) {
        mistakes.accept("interpreter-url=" + text + ": must be an http or https address");
      }
      return new IntentSettings(null, "", "", time);
    }
    if (model.isEmpty()) {
      mistakes.accept("interpreter-model=: must name a model where interpreter-url is given");
    }
    return new IntentSettings(url, model, key, time);
  }

  /// The key is not shown.
  @Override
  public String toString() {
    return "IntentSettings[url=" + url + ", model=" + model + ", time=" + time + "]";
  }

  private static Duration time(String text, Consumer<String> mistakes) {
    try {
      int ms = Integer.parseInt(text);
      if (ms >= TIME_MS_LEAST && ms <= TIME_MS_MAX) {
        return Duration.ofMillis(ms);
      }
    } catch (NumberFormatException _) {
      // Told below, like a number out of bounds.
    }
    mistakes.accept(
        "interpreter-ms="
            + text
            + ": must be a whole number from "
            + TIME_MS_LEAST
            + " to "
            + TIME_MS_MAX);
    return NONE.time;
  }

  private static String key(UnaryOperator<String> value, Consumer<String> mistakes) {
    String file = value.apply("interpreter-key-file");
    String key = value.apply("interpreter-key");
    if (!file.isEmpty()) {
      try {
        key = Files.readString(Path.of(file)).strip();
      } catch (IOException | IllegalArgumentException _) {
        mistakes.accept("interpreter-key-file=" + file + ": the file cannot be read");
        return "";
      }
    }
    boolean isPlain = key.chars().allMatch(c -> c > ' ' && c < 127);
    if (!isPlain || key.length() > KEY_CHARACTERS_MAX) {
      mistakes.accept("interpreter-key: must be printable ASCII without spaces");
      return "";
    }
    return key;
  }

  private static @Nullable URI url(String text) {
    try {
      URI url = URI.create(text.replaceFirst("/+$", ""));
      boolean isHttp = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
      boolean isBare = url.getQuery() == null && url.getUserInfo() == null;
      return isHttp && isBare && url.getHost() != null ? url : null;
    } catch (IllegalArgumentException _) {
      return null;
    }
  }
}
