package dev.meshkore.hub.http;

import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The one JSON reader and writer, with the limits that hold for everything a stranger sends.
public final class Json {
  /// The deepest a payload may nest.
  public static final int PAYLOAD_DEPTH_MAX = 32;

  private static final int LEVELS_AROUND_A_PAYLOAD = 8;

  /// Reads streams within the limits.
  public static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(PAYLOAD_DEPTH_MAX + 1)
                  .maxNumberLength(1_000_000)
                  .maxNameLength(1_000_000)
                  .build())
          .build();

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(PAYLOAD_DEPTH_MAX + 1)
                          .maxNumberLength(1_000)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /// Reads what [#FACTORY] took, with room around the deepest payload; numbers keep their digits.
  private static final JsonMapper OWN =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(PAYLOAD_DEPTH_MAX + LEVELS_AROUND_A_PAYLOAD)
                          .maxNumberLength(1_000_000)
                          .maxNameLength(1_000_000)
                          .build())
                  .build())
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  /// For numbers that no `BigDecimal` can hold.
  private static final JsonMapper OWN_ROUNDED =
      OWN.rebuild().disable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  private Json() {}

  /// An empty object to fill.
  public static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  /// The bytes of a tree.
  public static byte[] bytes(JsonNode node) {
    return MAPPER.writeValueAsBytes(node);
  }

  /// Text as a JSON string, quotes included.
  public static String quote(String text) {
    return MAPPER.writeValueAsString(text);
  }

  /// A tree; duplicate members and trailing text are errors.
  ///
  /// @throws tools.jackson.core.JacksonException when it is no JSON, or nested too deep
  public static JsonNode tree(byte[] json) {
    return MAPPER.readTree(json);
  }

  /// A tree of what the hub itself answers. It may hold any payload that was ever taken, so nothing
  /// is refused in it that was not refused when it was sent; of duplicate members the last counts.
  public static JsonNode own(byte[] json) {
    try {
      return OWN.readTree(json);
    } catch (JacksonException | NumberFormatException _) {
      return OWN_ROUNDED.readTree(json);
    }
  }
}
