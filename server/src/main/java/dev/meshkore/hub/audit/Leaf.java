package dev.meshkore.hub.audit;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Something that was done, as the log keeps it: who did what to what. Ids only: no message, no
/// profile text, nothing that somebody may want erased. What must be provable later and may be
/// erased goes into `content`, of which the log holds a salted digest.
///
/// @param kind what was done, such as `channel.created`
/// @param actor the agent that did it, `admin` or `hub`
/// @param object what it was done to
/// @param detail more facts: texts, numbers and truth values
/// @param content what the leaf's digest covers, or null
public record Leaf(
    String kind,
    String actor,
    String object,
    Map<String, Object> detail,
    byte @Nullable [] content) {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  /// Takes its own copy of what it is given.
  public Leaf {
    detail = Map.copyOf(detail);
  }

  /// A leaf that says no more.
  public static Leaf of(String kind, String actor, String object) {
    return new Leaf(kind, actor, object, Map.of(), null);
  }

  /// The same with one more fact: a text, a whole number or a truth value.
  public Leaf with(String name, Object value) {
    var more = new TreeMap<>(detail);
    more.put(name, value);
    return new Leaf(kind, actor, object, more, content);
  }

  /// The same with a digest of something that the leaf itself does not say.
  public Leaf about(byte[] something) {
    return new Leaf(kind, actor, object, detail, something);
  }

  /// Its bytes in the log: JSON in the canonical form of RFC 8785.
  byte[] record(Instant at, @Nullable String digest) {
    var all = new TreeMap<String, Object>();
    all.put("actor", actor);
    all.put("at", TIME.format(at));
    all.put("kind", kind);
    all.put("object", object);
    all.put("v", 1L);
    if (!detail.isEmpty()) {
      all.put("detail", new TreeMap<>(detail));
    }
    if (digest != null) {
      all.put("digest", digest);
    }
    var out = new StringBuilder(160);
    write(out, all);
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  /// Whether a record is of this kind: no text in it has a quotation mark that is not escaped.
  static boolean isOfKind(byte[] record, String kind) {
    return new String(record, StandardCharsets.UTF_8).contains("\"kind\":\"" + kind + "\"");
  }

  private static void write(StringBuilder out, Object value) {
    switch (value) {
      case Map<?, ?> members -> {
        char before = '{';
        for (Map.Entry<?, ?> member : members.entrySet()) {
          out.append(before);
          quote(out, String.valueOf(member.getKey()));
          out.append(':');
          write(out, member.getValue());
          before = ',';
        }
        out.append('}');
      }
      case Long number -> out.append(number.longValue());
      case Integer number -> out.append(number.intValue());
      case Boolean truth -> out.append(truth.booleanValue());
      case String text -> quote(out, text);
      default -> throw new IllegalArgumentException("No leaf says a " + value.getClass());
    }
  }

  private static void quote(StringBuilder out, String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> out.append('\\').append(c);
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < ' ') {
            out.append("\\u00").append(Character.forDigit(c >> 4, 16));
            out.append(Character.forDigit(c & 15, 16));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
