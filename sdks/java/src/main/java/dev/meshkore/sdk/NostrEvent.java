package dev.meshkore.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;

import fr.acinq.secp256k1.Secp256k1;
import fr.acinq.secp256k1.Secp256k1Exception;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// An event of Nostr (NIP-01).
///
/// @param key who made it: the x coordinate of a secp256k1 key, in hexadecimal
/// @param createdAt seconds since 1970
/// @param signature 64 bytes in hexadecimal; null while it is not signed
record NostrEvent(
    String key,
    long createdAt,
    int kind,
    List<List<String>> tags,
    String content,
    @Nullable String signature) {
  private static final HexFormat HEX = HexFormat.of();
  // The last second of the year 9999: what is later is no time that anybody wrote at.
  private static final long LATEST = 253_402_300_799L;

  NostrEvent {
    tags = tags.stream().map(List::copyOf).toList();
  }

  /// The same event with the signature of a key, which must be the event's.
  NostrEvent signed(byte[] secret, SecureRandom random) {
    byte[] aside = new byte[32];
    random.nextBytes(aside);
    byte[] made = Secp256k1.get().signSchnorr(id(), secret, aside);
    return new NostrEvent(key, createdAt, kind, tags, content, HEX.formatHex(made));
  }

  /// Whether the event's own key signed it.
  boolean isGenuine() {
    if (signature == null) {
      return false;
    }
    try {
      return Secp256k1.get().verifySchnorr(HEX.parseHex(signature), id(), HEX.parseHex(key));
    } catch (Secp256k1Exception | IllegalArgumentException e) {
      // A key that is none of the curve, or text that is not hexadecimal.
      return false;
    }
  }

  /// The hash that names the event and is signed.
  byte[] id() {
    var text = new StringBuilder(content.length() + 256);
    text.append("[0,\"").append(key).append("\",").append(createdAt).append(',').append(kind);
    text.append(",[");
    for (int i = 0; i < tags.size(); i++) {
      text.append(i > 0 ? "," : "").append('[');
      List<String> tag = tags.get(i);
      for (int j = 0; j < tag.size(); j++) {
        text.append(j > 0 ? "," : "");
        quote(text, tag.get(j));
      }
      text.append(']');
    }
    text.append("],");
    quote(text, content);
    text.append(']');
    return Hashes.sha256(text.toString().getBytes(UTF_8));
  }

  ObjectNode json() {
    ObjectNode event = Json.object();
    event.put("id", HEX.formatHex(id()));
    event.put("pubkey", key);
    event.put("created_at", createdAt);
    event.put("kind", kind);
    event.set("tags", Json.of(tags));
    event.put("content", content);
    if (signature != null) {
      event.put("sig", signature);
    }
    return event;
  }

  /// Reads an event; empty where something is missing, of another type, or the id is another.
  static Optional<NostrEvent> read(@Nullable JsonNode json) {
    if (json == null
        || !json.path("pubkey").isString()
        || !json.path("pubkey").asString().matches("[0-9a-f]{64}")
        || !json.path("created_at").isIntegralNumber()
        || json.path("created_at").asLong(-1) < 0
        || json.path("created_at").asLong(-1) > LATEST
        || !json.path("kind").canConvertToInt()
        || !json.path("kind").isIntegralNumber()
        || !json.path("content").isString()) {
      return Optional.empty();
    }
    var tags = new ArrayList<List<String>>();
    for (JsonNode tag : json.path("tags")) {
      var values = new ArrayList<String>();
      for (JsonNode value : tag) {
        if (!value.isString()) {
          return Optional.empty();
        }
        values.add(value.asString());
      }
      tags.add(values);
    }
    JsonNode signature = json.path("sig");
    var event =
        new NostrEvent(
            json.path("pubkey").asString(),
            json.path("created_at").asLong(),
            json.path("kind").asInt(),
            tags,
            json.path("content").asString(),
            signature.isString() ? signature.asString() : null);
    String id = json.path("id").asString("");
    return id.equals(HEX.formatHex(event.id())) ? Optional.of(event) : Optional.empty();
  }

  /// NIP-01 has seven escapes, and leaves the rest as it is.
  private static void quote(StringBuilder out, String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char one = text.charAt(i);
      switch (one) {
        case '\n' -> out.append("\\n");
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        default -> {
          if (one < 0x20) {
            out.append("\\u00").append(HEX.toHexDigits((byte) one));
          } else {
            out.append(one);
          }
        }
      }
    }
    out.append('"');
  }
}
