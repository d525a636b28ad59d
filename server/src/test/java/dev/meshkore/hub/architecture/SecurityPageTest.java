package dev.meshkore.hub.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Every test that docs/security.md names is there: a class and its method, a bare method of the
/// class before it, or a Python file and its functions.
final class SecurityPageTest {
  private static final Path ROOT = Path.of("..");
  private static final List<String> TESTS =
      List.of(
          "server/src/test/java", "cli/src/test/java", "sdks/java/src/test", "sdks/python/tests");
  private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");

  @Test
  void everyTestThatIsNamedIsThere() throws IOException {
    Map<String, String> sources = sources();
    var missing = new ArrayList<String>();
    int rows = 0;
    for (String line : Files.readAllLines(ROOT.resolve("docs/security.md"))) {
      String[] cells = line.split(" \\| ");
      boolean isHead = line.startsWith("| threat") || line.startsWith("| race");
      if (!line.startsWith("| ") || isHead) {
        continue;
      }
      rows++;
      assertThat(cells).as(line).hasSize(3);
      check(cells[2], sources, missing);
    }
    assertThat(missing).isEmpty();
    assertThat(rows).isGreaterThan(50);
  }

  private static void check(String cell, Map<String, String> sources, List<String> missing) {
    String file = "";
    Matcher quoted = QUOTED.matcher(cell);
    int named = 0;
    while (quoted.find()) {
      named++;
      String name = quoted.group(1);
      String method = name;
      if (name.endsWith(".py")) {
        file = name;
        method = "";
      } else if (Character.isUpperCase(name.charAt(0))) {
        int dot = name.indexOf('.');
        file = (dot < 0 ? name : name.substring(0, dot)) + ".java";
        method = dot < 0 ? "" : name.substring(dot + 1);
      }
      String source = sources.getOrDefault(file, "");
      if (source.isEmpty() || !(method.isEmpty() || source.contains(" " + method + "("))) {
        missing.add(file + " " + method);
      }
    }
    if (named == 0) {
      missing.add("no test in: " + cell);
    }
  }

  private static Map<String, String> sources() throws IOException {
    var sources = new HashMap<String, String>();
    for (String root : TESTS) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(root))) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          String name = file.getFileName().toString();
          if (name.endsWith("Test.java") || name.endsWith(".py")) {
            sources.put(name, Files.readString(file));
          }
        }
      }
    }
    return sources;
  }
}
