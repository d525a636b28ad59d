package dev.meshkore.hub.identity;

import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.problem.Refused;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// What an agent says of how it works, so that it is found for what it can do. All of it is a
/// claim.
///
/// @param examples requests that it is for
/// @param languages as `es`, or a translation as `es>en`
/// @param regions where it works, or whose law it knows: countries as `ES`, parts of them as
///   `US-CA`, or regions as `EU`
/// @param certifications as `certified`, `sworn` or `iso-27001`
/// @param hours when it works each day, or null where that is not said
/// @param isLearning whether requests that it has done count as its examples
/// @param cardMarks what a scan found in its card, where it is an agent outside: that is no claim
public record Practice(
    List<String> examples,
    List<String> languages,
    List<String> regions,
    List<String> certifications,
    @Nullable Hours hours,
    boolean isLearning,
    List<String> cardMarks) {
  /// Says nothing.
  public static final Practice NONE =
      new Practice(List.of(), List.of(), List.of(), List.of(), null, false, List.of());

  private static final String CARD_MARKS = "card_marks";

  static final int EXAMPLES_MAX = 20;
  static final int EXAMPLE_CHARACTERS_MAX = 300;
  private static final int WORDS_MAX = 40;
  private static final Pattern LANGUAGE = Pattern.compile("[a-z]{2,3}(>[a-z]{2,3})?");
  private static final Pattern REGION = Pattern.compile("[A-Z]{2,8}|[A-Z]{2}-[A-Z0-9]{1,3}");
  private static final Pattern CERTIFICATION = Pattern.compile("[a-z0-9][a-z0-9-]{0,39}");

  /// Daily hours in a time zone; where `from` is not before `to` they go over midnight.
  ///
  /// @param zone the zone in which they are meant
  /// @param from when work begins
  /// @param to when it ends
  public record Hours(ZoneId zone, LocalTime from, LocalTime to) {}

  /// Copies the lists.
  public Practice {
    examples = List.copyOf(examples);
    languages = List.copyOf(languages);
    regions = List.copyOf(regions);
    certifications = List.copyOf(certifications);
    cardMarks = List.copyOf(cardMarks);
  }

  /// What an agent outside says.
  static Practice ofCard(List<String> examples, List<String> marks) {
    return new Practice(examples, List.of(), List.of(), List.of(), null, false, marks);
  }

  /// What is given of it in a request; the rest stays.
  ///
  /// @throws Refused when a value is not accepted
  public Practice with(Fields fields) {
    return new Practice(
        examples(fields).orElse(examples),
        words(fields, "languages", LANGUAGE, "codes as es, or translations as es>en")
            .orElse(languages),
        words(fields, "regions", REGION, "codes in capitals, as ES, US-CA or EU").orElse(regions),
        words(fields, "certifications", CERTIFICATION, "words of a-z, 0-9 and hyphens")
            .orElse(certifications),
        fields.object("hours").map(Practice::hours).orElse(hours),
        fields.flag("learns", isLearning),
        cardMarks);
  }

  private static Optional<List<String>> examples(Fields fields) {
    Optional<List<String>> given = fields.texts("examples");
    given.ifPresent(texts -> {
      if (texts.size() > EXAMPLES_MAX) {
        throw Refused.field("examples", "There may be " + EXAMPLES_MAX + " examples");
      }
      for (String text : texts) {
        if (ProfileFields.freeText("examples", text, EXAMPLE_CHARACTERS_MAX).isBlank()) {
          throw Refused.field("examples", "An example must not be empty");
        }
      }
    });
    return given.map(texts -> texts.stream().distinct().toList());
  }

  private static Optional<List<String>> words(
      Fields fields, String name, Pattern form, String what) {
    Optional<List<String>> given = fields.texts(name);
    given.ifPresent(texts -> {
      boolean isRight =
          texts.size() <= WORDS_MAX && texts.stream().allMatch(one -> form.matcher(one).matches());
      if (!isRight) {
        throw Refused.field(name, name + " must be at most " + WORDS_MAX + " " + what);
      }
    });
    return given.map(texts -> texts.stream().distinct().toList());
  }

  private static Hours hours(Fields given) {
    String zone = given.text("zone");
    String from = given.text("from");
    String to = given.text("to");
    given.end();
    try {
      return new Hours(ZoneId.of(zone), LocalTime.parse(from), LocalTime.parse(to));
    } catch (DateTimeException _) {
      throw Refused.field(
          "hours", "hours must be zone, from and to, as Europe/Madrid, 09:00 and 17:30");
    }
  }

  /// Adds what is said to an agent's object.
  public void addTo(ObjectNode json) {
    add(json, "examples", examples);
    add(json, "languages", languages);
    add(json, "regions", regions);
    add(json, "certifications", certifications);
    if (hours != null) {
      json.putObject("hours")
          .put("zone", hours.zone().getId())
          .put("from", hours.from().toString())
          .put("to", hours.to().toString());
    }
    if (isLearning) {
      json.put("learns", true);
    }
  }

  /// As it is stored; empty where nothing is said.
  String stored() {
    ObjectNode json = Json.object();
    addTo(json);
    add(json, CARD_MARKS, cardMarks);
    return json.isEmpty() ? "" : json.toString();
  }

  /// Reads what was stored.
  static Practice read(String stored) {
    if (stored.isEmpty()) {
      return NONE;
    }
    Fields fields = Fields.read(stored.getBytes(StandardCharsets.UTF_8));
    List<String> marks = fields.texts(CARD_MARKS).orElse(List.of());
    return (marks.isEmpty() ? NONE : ofCard(List.of(), marks)).with(fields);
  }

  private static void add(ObjectNode json, String name, List<String> texts) {
    if (!texts.isEmpty()) {
      var list = json.putArray(name);
      texts.forEach(list::add);
    }
  }
}
