package dev.meshkore.hub.owner;

import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.http.Json;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// An SD-JWT with key binding (RFC 9901), as it is presented: what an issuer signed, what of it is
/// disclosed, and what its holder signed over both. Nothing is believed yet but that every
/// disclosure belongs to what was signed, once.
///
/// @param issued what the issuer signed
/// @param presented all but the key binding, of which that holds the hash
/// @param binding what the holder signed
/// @param claims what was signed, with what is disclosed in its place
record SdJwt(CompactJws issued, String presented, CompactJws binding, ObjectNode claims) {
  private static final int CHARACTERS_MAX = 64 << 10;
  private static final int DISCLOSURES_MAX = 200;
  private static final int DEPTH_MAX = 32;
  private static final String DIGESTS = "_sd";
  private static final String ELEMENT = "...";
  private static final String ALLOWED = "/constraints/allowed";

  /// Reads a presentation.
  ///
  /// @throws dev.meshkore.hub.problem.Refused when it is none, or a disclosure is not of it
  static SdJwt read(String text) {
    if (text.length() > CHARACTERS_MAX) {
      throw MandateToken.invalid("It is longer than " + CHARACTERS_MAX + " characters");
    }
    List<String> parts = Arrays.asList(text.split("~", -1));
    if (parts.size() < 2 || parts.getLast().isEmpty()) {
      throw MandateToken.invalid("It has no key binding after its last ~");
    }
    if (parts.size() - 2 > DISCLOSURES_MAX) {
      throw MandateToken.invalid("It has more than " + DISCLOSURES_MAX + " disclosures");
    }
    CompactJws issued = CompactJws.read(parts.getFirst());
    CompactJws binding = CompactJws.read(parts.getLast());
    var disclosing = new Disclosing();
    parts.subList(1, parts.size() - 1).forEach(disclosing::add);
    JsonNode signed = tree(issued.payload());
    if (!(signed instanceof ObjectNode object)) {
      throw MandateToken.invalid("What the issuer signed is no JSON object");
    }
    JsonNode algorithm = object.remove("_sd_alg");
    if (algorithm != null && !algorithm.asString("").equals("sha-256")) {
      throw MandateToken.invalid("Its _sd_alg must be sha-256");
    }
    ObjectNode claims = disclosing.object(object, "", 0);
    disclosing.end();
    String presented = text.substring(0, text.lastIndexOf('~') + 1);
    return new SdJwt(issued, presented, binding, claims);
  }

  /// The claims, to be read by name.
  Fields fields() {
    return Fields.read(Json.bytes(claims));
  }

  /// What the holder must have signed as `sd_hash`.
  String hash() {
    return Secrets.base64Url(Secrets.hash(presented));
  }

  private static JsonNode tree(byte[] json) {
    try {
      return Json.tree(json);
    } catch (JacksonException _) {
      throw MandateToken.invalid("A part of it is no JSON");
    }
  }

  /// Puts what is disclosed in its place. What is not disclosed is not understood either, so it is
  /// refused: it might be a limit. Only from a list of those allowed something may be missing.
  private static final class Disclosing {
    private final Map<String, ArrayNode> byDigest = new HashMap<>();
    private final Set<String> digests = new HashSet<>();

    void add(String disclosure) {
      JsonNode node = tree(CompactJws.bytes(disclosure));
      if (!(node instanceof ArrayNode array) || !array.path(0).isString()) {
        throw MandateToken.invalid("A disclosure is no JSON array with a salt");
      }
      if (byDigest.put(Secrets.base64Url(Secrets.hash(disclosure)), array) != null) {
        throw MandateToken.invalid("It has a disclosure twice");
      }
    }

    void end() {
      if (!digests.containsAll(byDigest.keySet())) {
        throw MandateToken.invalid("A disclosure is not of what the issuer signed");
      }
    }

    ObjectNode object(ObjectNode from, String path, int depth) {
      if (depth > DEPTH_MAX) {
        throw MandateToken.invalid("It nests too deep");
      }
      ObjectNode to = Json.object();
      for (Map.Entry<String, JsonNode> entry : from.properties()) {
        if (entry.getKey().equals(ELEMENT)) {
          throw MandateToken.invalid("A claim cannot be called ...");
        }
        if (!entry.getKey().equals(DIGESTS)) {
          String place = path + "/" + entry.getKey();
          to.set(entry.getKey(), value(entry.getValue(), place, depth));
        }
      }
      JsonNode hidden = from.get(DIGESTS);
      if (hidden != null && !hidden.isArray()) {
        throw MandateToken.invalid("_sd must be a list of digests");
      }
      for (JsonNode digest : hidden == null ? Json.object() : hidden) {
        ArrayNode disclosure = disclosure(digest, 3);
        if (disclosure == null) {
          throw MandateToken.invalid("Something is not disclosed in " + place(path));
        }
        String name = disclosure.get(1).asString("");
        boolean isNew = disclosure.get(1).isString() && !to.has(name);
        if (!isNew || name.equals(DIGESTS) || name.equals(ELEMENT)) {
          throw MandateToken.invalid("A disclosure has a name that cannot be, or is there already");
        }
        to.set(name, value(disclosure.get(2), path + "/" + name, depth));
      }
      return to;
    }

    private JsonNode value(JsonNode from, String path, int depth) {
      return switch (from) {
        case ObjectNode object -> object(object, path, depth + 1);
        case ArrayNode array -> array(array, path, depth + 1);
        default -> from;
      };
    }

    private ArrayNode array(ArrayNode from, String path, int depth) {
      if (depth > DEPTH_MAX) {
        throw MandateToken.invalid("It nests too deep");
      }
      ArrayNode to = Json.object().putArray("list");
      for (JsonNode element : from) {
        if (!element.isObject() || !element.has(ELEMENT)) {
          to.add(value(element, path, depth));
          continue;
        }
        if (element.size() != 1) {
          throw MandateToken.invalid("A digest in a list stands with something else");
        }
        ArrayNode disclosure = disclosure(element.get(ELEMENT), 2);
        if (disclosure != null) {
          to.add(value(disclosure.get(1), path, depth));
        } else if (!path.equals(ALLOWED)) {
          throw MandateToken.invalid("Something is not disclosed in " + place(path));
        }
      }
      return to;
    }

    /// The disclosure of a digest, which stands in one place only; null where there is none.
    private @Nullable ArrayNode disclosure(JsonNode digest, int size) {
      if (!digest.isString() || !digests.add(digest.stringValue())) {
        throw MandateToken.invalid("A digest is no text, or stands there twice");
      }
      ArrayNode disclosure = byDigest.get(digest.stringValue());
      if (disclosure != null && disclosure.size() != size) {
        throw MandateToken.invalid("A disclosure is not of the form that its place asks for");
      }
      return disclosure;
    }

    private static String place(String path) {
      return path.isEmpty() ? "the mandate" : path.substring(1);
    }
  }

  /// A compact JWS as it came.
  ///
  /// @param text the whole of it
  record CompactJws(String text) {
    private static final Pattern FORM =
        Pattern.compile("[A-Za-z0-9_-]{2,}\\.[A-Za-z0-9_-]{2,}\\.[A-Za-z0-9_-]{86}");

    static CompactJws read(String text) {
      if (!FORM.matcher(text).matches()) {
        throw MandateToken.invalid("A part of it is no compact JWS with a signature of 64 bytes");
      }
      return new CompactJws(text);
    }

    /// The header, to be read by name.
    Fields header() {
      return Fields.read(Json.bytes(tree(bytes(text.substring(0, text.indexOf('.'))))));
    }

    byte[] payload() {
      return bytes(text.substring(text.indexOf('.') + 1, text.lastIndexOf('.')));
    }

    /// What was signed: header and payload. Of some algorithms who knows a signature can make
    /// another one, so only this names what was signed.
    String signed() {
      return text.substring(0, text.lastIndexOf('.'));
    }

    boolean isSignedBy(PublicJwk key) {
      byte[] signature = bytes(text.substring(text.lastIndexOf('.') + 1));
      return key.verifies(signed().getBytes(StandardCharsets.US_ASCII), signature);
    }

    static byte[] bytes(String base64Url) {
      return Secrets.bytes(base64Url)
          .orElseThrow(() -> MandateToken.invalid("A part of it is no base64url"));
    }
  }
}
