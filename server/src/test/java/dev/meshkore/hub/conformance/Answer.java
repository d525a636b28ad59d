package dev.meshkore.hub.conformance;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/// What the hub answered.
///
/// @param headers by lower-case name, the first value of each
record Answer(int status, Map<String, String> headers, byte[] body) {

  Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name.toLowerCase(java.util.Locale.ROOT)));
  }

  String text() {
    return new String(body, StandardCharsets.UTF_8);
  }

  /// The body as JSON; missing when it is none.
  JsonNode json() {
    try {
      return CaseFile.MAPPER.readTree(body);
    } catch (JacksonException _) {
      return MissingNode.getInstance();
    }
  }

  /// For a failed test: not the whole of it when it is long.
  @Override
  public String toString() {
    String text = text();
    String shown = text.length() > 1_000 ? text.substring(0, 1_000) + "…" : text;
    return status + " " + headers + "\n" + shown;
  }
}
