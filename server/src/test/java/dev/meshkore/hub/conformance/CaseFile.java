package dev.meshkore.hub.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/// One file of cases.
///
/// @param name without its ending
record CaseFile(String name, List<Case> cases) {
  static final JsonMapper MAPPER = JsonMapper.shared();
  private static final Path FOLDER = Path.of("..", "protocol", "conformance");

  /// Every file, by name.
  static List<CaseFile> all() {
    try (var paths = Files.list(FOLDER)) {
      return paths
          .filter(path -> path.toString().endsWith(".json"))
          .sorted()
          .map(CaseFile::read)
          .toList();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static CaseFile read(Path path) {
    var cases = new ArrayList<Case>();
    for (JsonNode one : MAPPER.readTree(path.toFile())) {
      if (one.has("each")) {
        for (JsonNode entry : one.get("each")) {
          cases.add(Case.of(one, entry));
        }
      } else {
        cases.add(Case.of(one, JsonNodeFactory.instance.objectNode()));
      }
    }
    String file = path.getFileName().toString();
    return new CaseFile(file.substring(0, file.length() - ".json".length()), cases);
  }
}
