package dev.meshkore.hub.scan;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// All that a JSON document says: its texts, and the names of its members, which are whatever its
/// author likes. Each has the JSON pointer (RFC 6901) by which its author finds it; a `name` and a
/// `description` of the document itself are called so.
public final class DocumentTexts {
  /// How many texts of a document are read, the names of members included.
  public static final int TEXTS_MAX = 4_000;

  /// How many characters they may have together.
  public static final int CHARACTERS_MAX = 65_536;

  /// Texts as short as tags are read together as well, as whoever sees the list does.
  private static final int SHORT = 32;

  /// Stands for a document as a whole, of which nothing can be named.
  private static final String WHOLE = "document";

  private static final Set<String> OWN = Set.of("name", "description");
  private static final Set<String> NAMES = Set.of("name", "title", "displayname", "organization");

  /// Members below which a document says what whoever uses a server or an agent has to set.
  private static final Set<String> SETTINGS =
      Set.of(
          "environmentvariables",
          "env",
          "headers",
          "variables",
          "packagearguments",
          "runtimearguments",
          "securityschemes",
          "authentication");

  private static final Pattern LINK =
      Pattern.compile("(?i).*(?:ur[il]s?|href|homepage)|src|links?");

  /// What of the name of a member is repeated to whoever is told where something is.
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9$@_.:/~-]{1,64}");

  private static final Pattern BETWEEN_WORDS =
      Pattern.compile("[_/]+|(?<=[a-z])(?=[A-Z])|(?<=[a-z])\\.(?=[A-Za-z])");

  private final List<Said> texts = new ArrayList<>();
  private final Set<String> seen = new HashSet<>();
  private int count;
  private int characters;
  private @Nullable String beyond;

  private DocumentTexts() {}

  /// The texts of a document, as far as they are read.
  static DocumentTexts of(JsonNode document) {
    var texts = new DocumentTexts();
    texts.read("", document, Said.Kind.TEXT, Said.Kind.TEXT);
    return texts;
  }

  List<Said> all() {
    return texts;
  }

  /// Where what is not read any more begins, if there is so much.
  Optional<Finding> beyond() {
    String detail =
        "begins where more is said than is read: "
            + CHARACTERS_MAX
            + " characters in "
            + TEXTS_MAX
            + " texts";
    return Optional.ofNullable(beyond)
        .map(place -> repeatable(new Finding(Reason.TOO_MUCH_TEXT, place, detail)));
  }

  /// The same finding, with as much of its pointer as says nothing to its reader.
  static Finding repeatable(Finding finding) {
    String place = finding.field();
    while (!isQuiet(place)) {
      place = place.substring(0, Math.max(place.lastIndexOf('/'), 0));
    }
    return new Finding(finding.reason(), place.isEmpty() ? WHOLE : place, finding.detail());
  }

  private static boolean isQuiet(String place) {
    Said said = Said.text("", words(place));
    return KeyLikeness.in(place).isEmpty() && Instructions.in(said).weights().isEmpty();
  }

  /// @param within what all of it is for
  /// @param kind what its texts are for, also those of a list
  private void read(String place, JsonNode node, Said.Kind within, Said.Kind kind) {
    if (beyond != null) {
      return;
    }
    if (node.isString()) {
      take(place, node.stringValue(), kind);
    } else if (node.isArray()) {
      readList(place, node, within, kind);
    } else {
      for (Map.Entry<String, JsonNode> member : node.properties()) {
        String name = member.getKey();
        String below = below(place, name, member.getValue());
        take(below, name, Said.Kind.TEXT);
        say(below, words(name), Said.Kind.TEXT);
        Said.Kind inner = within(place, name, within);
        read(below, member.getValue(), inner, kind(name, inner));
      }
    }
  }

  private void readList(String place, JsonNode list, Said.Kind within, Said.Kind kind) {
    var run = new ArrayList<String>();
    int at = 0;
    for (JsonNode one : list) {
      read(place + "/" + at++, one, within, kind);
      if (one.isString() && one.stringValue().length() <= SHORT) {
        run.add(one.stringValue());
      } else {
        sayRun(place, run, within);
      }
    }
    sayRun(place, run, within);
  }

  private void sayRun(String place, List<String> run, Said.Kind kind) {
    if (run.size() > 1) {
      say(place, String.join("\n", run), kind);
    }
    run.clear();
  }

  private void take(String place, String text, Said.Kind kind) {
    count++;
    characters += text.length();
    if (beyond == null && (count > TEXTS_MAX || characters > CHARACTERS_MAX)) {
      beyond = place;
    }
    if (beyond == null) {
      say(place, text, kind);
    }
  }

  /// What is said twice is read once.
  private void say(String place, String text, Said.Kind kind) {
    if (!text.isBlank() && seen.add(kind + text)) {
      texts.add(new Said(place, text, kind));
    }
  }

  private static String below(String place, String name, JsonNode value) {
    if (place.isEmpty() && value.isString() && OWN.contains(name)) {
      return name;
    }
    boolean isShown = PLAIN.matcher(name).matches();
    return isShown ? place + "/" + name.replace("~", "~0").replace("/", "~1") : place;
  }

  private static Said.Kind within(String place, String name, Said.Kind within) {
    if (within != Said.Kind.TEXT) {
      return within;
    }
    if (place.isEmpty() && name.equals("signatures")) {
      return Said.Kind.CODE;
    }
    String plain = name.replace("_", "").toLowerCase(Locale.ROOT);
    return SETTINGS.contains(plain) ? Said.Kind.SETTING : Said.Kind.TEXT;
  }

  private static Said.Kind kind(String name, Said.Kind within) {
    if (within == Said.Kind.CODE) {
      return within;
    }
    if (LINK.matcher(name).matches()) {
      return Said.Kind.LINK;
    }
    boolean isName = within == Said.Kind.TEXT && NAMES.contains(name.toLowerCase(Locale.ROOT));
    return isName ? Said.Kind.NAME : within;
  }

  /// The words that a name is made of.
  private static String words(String name) {
    return BETWEEN_WORDS.matcher(name).replaceAll(" ");
  }
}
