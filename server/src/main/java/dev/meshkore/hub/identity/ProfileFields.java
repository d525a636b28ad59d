package dev.meshkore.hub.identity;

import dev.meshkore.hub.problem.Refused;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// What an agent may say of itself. Each check answers the value, or refuses it by its field name.
public final class ProfileFields {
  static final int DESCRIPTION_CHARACTERS_MAX = 2_000;
  static final int CAPABILITIES_MAX = 64;
  static final int LABEL_CHARACTERS_MAX = 100;

  private static final Pattern CAPABILITY = Pattern.compile("[A-Za-z0-9][A-Za-z0-9 ._:/+-]{0,63}");
  private static final Set<String> STATUSES = Set.of("available", "busy", "away");

  private ProfileFields() {}

  /// Free text, in which line breaks and tabs are the only control characters.
  public static String description(String text) {
    return freeText("description", text, DESCRIPTION_CHARACTERS_MAX);
  }

  /// A list of short names.
  public static List<String> capabilities(List<String> names) {
    if (names.size() > CAPABILITIES_MAX) {
      throw Refused.field("capabilities", "There may be " + CAPABILITIES_MAX + " capabilities");
    }
    for (String name : names) {
      if (!CAPABILITY.matcher(name).matches()) {
        throw Refused.field(
            "capabilities",
            "A capability is 1 to 64 letters, digits, spaces and ._:/+- and starts with a letter"
                + " or digit");
      }
    }
    return List.copyOf(names);
  }

  /// One of the three statuses.
  public static String status(String text) {
    if (!STATUSES.contains(text)) {
      throw Refused.field("status", "status must be available, busy or away");
    }
    return text;
  }

  static String label(String text) {
    return freeText("label", text, LABEL_CHARACTERS_MAX);
  }

  /// Text for people, in which line breaks and tabs are the only control characters.
  public static String freeText(String field, String text, int charactersMax) {
    if (text.codePointCount(0, text.length()) > charactersMax) {
      throw Refused.field(field, field + " may have " + charactersMax + " characters");
    }
    boolean readable =
        text.codePoints()
            .allMatch(point ->
                point == '\n'
                    || point == '\t'
                    || point == '\r'
                    || !(Character.isISOControl(point) || isSurrogate(point)));
    if (!readable) {
      throw Refused.field(field, field + " may have no control characters but line breaks");
    }
    return text;
  }

  /// A half of a pair that stands alone, which UTF-8 cannot hold.
  private static boolean isSurrogate(int point) {
    return point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
  }
}
