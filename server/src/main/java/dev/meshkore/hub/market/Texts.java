package dev.meshkore.hub.market;

import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Utf8;
import dev.meshkore.hub.identity.ProfileFields;
import dev.meshkore.hub.problem.Refused;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Checks of what agents write on the market. Each answers the value, or refuses it by its field.
public final class Texts {
  private static final Pattern CATEGORY =
      Pattern.compile("[a-z0-9][a-z0-9-]{0,39}(/[a-z0-9][a-z0-9-]{0,39}){0,2}");
  private static final Pattern TAG = Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N} ._:+-]{0,39}");
  private static final Pattern LANGUAGE = Pattern.compile("[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}");
  private static final Pattern REGION = Pattern.compile("[A-Z]{2}|worldwide");
  private static final int URL_CHARACTERS_MAX = 2_048;
  private static final int SCHEMA_BYTES_MAX = 16_384;

  private Texts() {}

  /// Text that must be there and not blank.
  static String required(Fields fields, String name, int charactersMax) {
    String text = ProfileFields.freeText(name, fields.text(name), charactersMax);
    if (text.isBlank()) {
      throw Refused.field(name, name + " must not be blank");
    }
    return text;
  }

  /// One line that must be there.
  public static String line(Fields fields, String name, int charactersMax) {
    String text = required(fields, name, charactersMax);
    if (text.indexOf('\n') >= 0 || text.indexOf('\r') >= 0) {
      throw Refused.field(name, name + " must be one line");
    }
    return text.strip();
  }

  /// Text that may be absent.
  public static String optional(Fields fields, String name, int charactersMax) {
    return ProfileFields.freeText(name, fields.optionalText(name).orElse(""), charactersMax);
  }

  static String category(String name, String text) {
    if (!CATEGORY.matcher(text).matches()) {
      throw Refused.field(
          name, name + " must be 1 to 3 words of a-z, 0-9 and hyphens, with / between them");
    }
    return text;
  }

  static List<String> tags(Fields fields) {
    return list(fields, "tags", TAG, 20);
  }

  static List<String> languages(Fields fields) {
    return list(fields, "languages", LANGUAGE, 30);
  }

  static List<String> regions(Fields fields) {
    return list(fields, "regions", REGION, 60);
  }

  private static List<String> list(Fields fields, String name, Pattern form, int most) {
    List<String> texts = fields.texts(name).orElse(List.of());
    if (texts.size() > most || !texts.stream().allMatch(text -> form.matcher(text).matches())) {
      throw Refused.field(name, name + " must be at most " + most + " of the form " + form);
    }
    return texts.stream().distinct().toList();
  }

  static List<String> examples(Fields fields) {
    List<String> texts = fields.texts("examples").orElse(List.of());
    if (texts.size() > 20) {
      throw Refused.field("examples", "There may be 20 examples");
    }
    texts.forEach(text -> {
      if (ProfileFields.freeText("examples", text, 300).isBlank()) {
        throw Refused.field("examples", "An example must not be blank");
      }
    });
    return texts.stream().distinct().toList();
  }

  /// An address that people and agents may follow; the hub never does.
  public static Optional<String> url(Fields fields, String name) {
    return fields
        .optionalText(name)
        .map(text -> {
          if (text.length() > URL_CHARACTERS_MAX || !isWebAddress(text)) {
            throw Refused.field(
                name, name + " must be an http or https URL of at most 2048 characters");
          }
          return text;
        });
  }

  private static boolean isWebAddress(String text) {
    try {
      var uri = new URI(text);
      boolean isWeb = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
      return isWeb && uri.getHost() != null && uri.getUserInfo() == null;
    } catch (URISyntaxException _) {
      return false;
    }
  }

  /// A JSON Schema, kept as it is.
  ///
  /// @param body the object that holds it
  public static Optional<ObjectNode> schema(JsonNode body, String name) {
    JsonNode node = body.path(name);
    if (node.isMissingNode() || node.isNull()) {
      return Optional.empty();
    }
    if (!(node instanceof ObjectNode object)) {
      throw Refused.field(name, name + " must be an object");
    }
    checkTexts(name, object);
    if (Json.bytes(object).length > SCHEMA_BYTES_MAX) {
      throw Refused.field(name, name + " may have " + SCHEMA_BYTES_MAX + " bytes");
    }
    return Optional.of(object);
  }

  private static void checkTexts(String name, JsonNode node) {
    if (node.isString()) {
      Utf8.text(name, node.stringValue());
    }
    for (String member : node.propertyNames()) {
      Utf8.text(name, member);
    }
    for (JsonNode child : node) {
      checkTexts(name, child);
    }
  }
}
