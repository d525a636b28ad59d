package dev.meshkore.hub.keys;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A signed event of Nostr (NIP-01).
///
/// @param id in hexadecimal; what it must be is checked by [#isGenuine]
/// @param key the x coordinate of its author's key, in hexadecimal
/// @param createdAt in seconds since 1970
/// @param kind what sort of event
/// @param tags lists of texts, of which the first is a name
/// @param content its text
/// @param signature in hexadecimal
public record NostrEvent(
    String id,
    String key,
    long createdAt,
    int kind,
    List<List<String>> tags,
    String content,
    String signature) {
  private static final Pattern HEX32 = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern HEX64 = Pattern.compile("[0-9a-f]{128}");
  private static final int TAGS_MAX = 100;
  private static final int DEPTH_MAX = 4;
  private static final int KIND_MAX = 65_535;
  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(DEPTH_MAX).build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /// Copies the tags.
  public NostrEvent {
    tags = tags.stream().map(List::copyOf).toList();
  }

  /// Reads an event.
  ///
  /// @throws BadSignature when the JSON is none
  public static NostrEvent read(byte[] json) {
    JsonNode node;
    try {
      node = MAPPER.readTree(json);
    } catch (JacksonException _) {
      throw new BadSignature("The event is no JSON of an event");
    }
    JsonNode created = node.path("created_at");
    JsonNode kind = node.path("kind");
    boolean isEvent =
        isHex(node.path("id"), HEX32)
            && isHex(node.path("pubkey"), HEX32)
            && isHex(node.path("sig"), HEX64)
            && created.isIntegralNumber()
            && created.canConvertToLong()
            && created.longValue() >= 0
            && kind.isIntegralNumber()
            && kind.canConvertToInt()
            && kind.intValue() >= 0
            && kind.intValue() <= KIND_MAX
            && node.path("content").isString();
    if (!isEvent) {
      throw new BadSignature("The event is no JSON of an event");
    }
    return new NostrEvent(
        node.path("id").stringValue(),
        node.path("pubkey").stringValue(),
        created.longValue(),
        kind.intValue(),
        tags(node.path("tags")),
        node.path("content").stringValue(),
        node.path("sig").stringValue());
  }

  private static List<List<String>> tags(JsonNode list) {
    var tags = new ArrayList<List<String>>();
    if (!list.isArray() || list.size() > TAGS_MAX) {
      throw new BadSignature("The event's tags are no list of lists, or too many");
    }
    for (JsonNode tag : list) {
      var values = new ArrayList<String>();
      for (JsonNode value : tag) {
        if (!tag.isArray() || !value.isString()) {
          throw new BadSignature("A tag of the event is no list of texts");
        }
        values.add(value.stringValue());
      }
      tags.add(values);
    }
    return tags;
  }

  private static boolean isHex(JsonNode node, Pattern form) {
    return node.isString() && form.matcher(node.stringValue()).matches();
  }

  /// The value of the one tag with this name; empty where there is none.
  ///
  /// @throws BadSignature when there are several
  public Optional<String> tag(String name) {
    List<List<String>> named =
        tags.stream().filter(tag -> tag.size() >= 2 && tag.getFirst().equals(name)).toList();
    if (named.size() > 1) {
      throw new BadSignature("The event has more than one tag " + name);
    }
    return named.stream().findFirst().map(tag -> tag.get(1));
  }

  /// The hash of what it says, in hexadecimal: what its id must be.
  public String hash() {
    return HexFormat.of().formatHex(Digests.sha256(serialized().getBytes(StandardCharsets.UTF_8)));
  }

  /// Whether its id is the hash of what it says, and its signature its author's.
  public boolean isGenuine() {
    byte[] hash = Digests.sha256(serialized().getBytes(StandardCharsets.UTF_8));
    byte[] said = HexFormat.of().parseHex(id);
    return MessageDigest.isEqual(hash, said)
        && Schnorr.verifies(HexFormat.of().parseHex(key), hash, HexFormat.of().parseHex(signature));
  }

  /// The text of which the id is the hash (NIP-01).
  private String serialized() {
    var text = new StringBuilder("[0,\"").append(key).append("\",").append(createdAt);
    text.append(',').append(kind).append(",[");
    for (int i = 0; i < tags.size(); i++) {
      text.append(i == 0 ? "[" : ",[");
      for (int j = 0; j < tags.get(i).size(); j++) {
        text.append(j == 0 ? "" : ",");
        quote(text, tags.get(i).get(j));
      }
      text.append(']');
    }
    text.append("],");
    quote(text, content);
    return text.append(']').toString();
  }

  private static void quote(StringBuilder text, String value) {
    text.append('"');
    for (int i = 0; i < value.length(); i++) {
      char one = value.charAt(i);
      switch (one) {
        case '\n' -> text.append("\\n");
        case '"' -> text.append("\\\"");
        case '\\' -> text.append("\\\\");
        case '\r' -> text.append("\\r");
        case '\t' -> text.append("\\t");
        case '\b' -> text.append("\\b");
        case '\f' -> text.append("\\f");
        default -> text.append(one);
      }
    }
    text.append('"');
  }
}
