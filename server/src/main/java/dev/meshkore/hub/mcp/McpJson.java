package dev.meshkore.hub.mcp;

import dev.meshkore.hub.http.Json;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// JSON as this door reads and writes it: numbers keep their digits, and there is room around the
/// deepest payload.
public final class McpJson {
  private static final int LEVELS_AROUND_A_PAYLOAD = 8;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(Json.PAYLOAD_DEPTH_MAX + LEVELS_AROUND_A_PAYLOAD)
                          .maxNumberLength(1_000)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  /// Writes every character outside ASCII by its number, halves of surrogate pairs too.
  private static final JsonMapper ASCII =
      MAPPER.rebuild().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private McpJson() {}

  /// An empty object to fill.
  public static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  /// An object that a source file holds as text.
  public static ObjectNode object(String json) {
    return (ObjectNode) MAPPER.readTree(json);
  }

  /// A tree; duplicate members and trailing text are errors.
  ///
  /// @throws JacksonException when it is no JSON, or nested too deep
  static JsonNode tree(byte[] json) {
    return MAPPER.readTree(json);
  }

  /// The bytes of a tree, whatever its texts hold.
  static byte[] bytes(JsonNode node) {
    try {
      return MAPPER.writeValueAsBytes(node);
    } catch (JacksonException _) {
      return ASCII.writeValueAsBytes(node);
    }
  }
}
