package dev.meshkore.hub.intent;

import dev.meshkore.hub.http.Json;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Takes what a language model says it understood. Nothing of it is believed: each field is of the
/// kind, the size and the values that it may have, and words are those of the request; else the
/// whole answer counts for nothing.
final class ModelAnswer {
  private static final Set<String> FIELDS =
      Set.of("wanted", "must", "nice", "not", "deadline", "budget", "now", "latency_ms_max");
  private static final Set<String> LISTS =
      Set.of("words", "pairs", "languages", "places", "certifications");
  private static final Set<String> LANGUAGES = Set.copyOf(Lexicon.LANGUAGES);
  private static final Set<String> COUNTRIES = Set.of(Locale.getISOCountries());
  private static final Set<String> UNITS =
      Set.of(
          "", "page", "word", "hour", "minute", "day", "night", "week", "month", "year", "call",
          "token", "item", "person");
  private static final Pattern AMOUNT = Pattern.compile("[0-9]{1,15}(\\.[0-9]{1,18})?");
  private static final Pattern CERTIFICATION = Pattern.compile("[a-z0-9][a-z0-9-]{1,39}");
  private static final Pattern LOCAL_TIME =
      Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?");
  private static final int LIST_MAX = 12;
  private static final int PHRASE_CHARACTERS_MAX = 120;
  private static final int YEARS_MAX = 10;
  private static final int LATENCY_MS_MAX = 3_600_000;

  private final Asked asked;
  private final Set<String> said = new HashSet<>();
  private final List<String> notes = new ArrayList<>();

  ModelAnswer(Asked asked) {
    this.asked = asked;
    Token.of(asked.text()).forEach(token -> said.add(token.word()));
  }

  /// Takes the text of the answer.
  ///
  /// @throws Unusable when any of it is not as it must be
  Understood read(String content) throws Unusable {
    ObjectNode answer = object(content);
    fields(answer, FIELDS, "fields");
    Deadline deadline = deadline(answer.path("deadline"));
    return new Understood(
        words(answer.path("wanted"), asked.text().length(), "wanted"),
        requirements(answer.path("must"), "must"),
        requirements(answer.path("nice"), "nice"),
        requirements(answer.path("not"), "not"),
        deadline,
        budget(answer.path("budget")),
        flag(answer.path("now")),
        latency(answer.path("latency_ms_max")),
        ModelInterpreter.NAME,
        notes);
  }

  private static ObjectNode object(String content) throws Unusable {
    try {
      if (Json.tree(content.getBytes(StandardCharsets.UTF_8)) instanceof ObjectNode object) {
        return object;
      }
    } catch (JacksonException _) {
      // Told below, like JSON of another kind.
    }
    throw new Unusable("it is no JSON object");
  }

  /// Exactly these fields are there.
  private static void fields(JsonNode object, Set<String> names, String what) throws Unusable {
    boolean isExact =
        object.isObject() && object.size() == names.size() && names.stream().allMatch(object::has);
    require(isExact, what);
  }

  private static void require(boolean isRight, String what) throws Unusable {
    if (!isRight) {
      throw new Unusable("its " + what + " cannot be used");
    }
  }

  private Requirements requirements(JsonNode lists, String what) throws Unusable {
    fields(lists, LISTS, what);
    for (JsonNode list : lists) {
      require(list.isArray() && list.size() <= LIST_MAX, what);
    }
    var words = new ArrayList<String>();
    for (JsonNode phrase : lists.path("words")) {
      words.add(words(phrase, PHRASE_CHARACTERS_MAX, what));
    }
    var pairs = new ArrayList<LanguagePair>();
    for (JsonNode pair : lists.path("pairs")) {
      fields(pair, Set.of("from", "to"), what);
      var languages = new LanguagePair(language(pair.path("from")), language(pair.path("to")));
      require(!languages.from().equals(languages.to()), what);
      pairs.add(languages);
    }
    var languages = new ArrayList<String>();
    for (JsonNode language : lists.path("languages")) {
      languages.add(language(language));
    }
    var places = new ArrayList<Place>();
    for (JsonNode place : lists.path("places")) {
      places.add(place(place));
    }
    var certifications = new ArrayList<String>();
    for (JsonNode certification : lists.path("certifications")) {
      certifications.add(certification(certification));
    }
    return new Requirements(
        unique(words), unique(pairs), unique(languages), unique(places), unique(certifications));
  }

  private static <T> List<T> unique(List<T> list) {
    return list.stream().distinct().toList();
  }

  /// Words that are all in the request, so that none of the model's own reaches anybody.
  private String words(JsonNode node, int charactersMax, String what) throws Unusable {
    String words = String.join(" ", text(node, what).strip().split("\\s+"));
    boolean isShown = words.codePoints().allMatch(ModelAnswer::isShown);
    require(isShown && words.length() <= charactersMax, what);
    for (Token token : Token.of(words)) {
      boolean isSaid = token.isSign() || said.contains(token.word());
      require(isSaid, what);
    }
    return words;
  }

  /// What is not seen, or turns the direction of writing, has no place among words.
  private static boolean isShown(int codePoint) {
    int type = Character.getType(codePoint);
    return type != Character.CONTROL && type != Character.FORMAT && type != Character.SURROGATE;
  }

  private static String text(JsonNode node, String what) throws Unusable {
    require(node.isString(), what);
    return node.stringValue();
  }

  private static String language(JsonNode node) throws Unusable {
    String code = text(node, "languages");
    require(LANGUAGES.contains(code), "languages");
    return code;
  }

  private String certification(JsonNode node) throws Unusable {
    String name = text(node, "certifications");
    boolean isSaid =
        Token.of(name).stream().allMatch(token -> token.isSign() || said.contains(token.word()));
    boolean isKnown = Lexicon.get().isValue(Meaning.CERT, name);
    require(CERTIFICATION.matcher(name).matches() && (isKnown || isSaid), "certifications");
    return name;
  }

  private Place place(JsonNode node) throws Unusable {
    String what = "places";
    fields(node, Set.of("kind", "code", "name"), what);
    String code = text(node.path("code"), what);
    String name = text(node.path("name"), what);
    return switch (text(node.path("kind"), what)) {
      case "country" -> {
        require(COUNTRIES.contains(code), what);
        yield PlaceReader.country(code);
      }
      case "region" -> {
        String known =
            Lexicon.get().region(code).orElseThrow(() -> new Unusable("its places cannot be used"));
        yield new Place(Place.Kind.REGION, code, known);
      }
      case "city" -> {
        require(COUNTRIES.contains(code) && !name.isBlank(), what);
        boolean isKnown = Lexicon.get().isCity(code, name);
        yield new Place(Place.Kind.CITY, code, isKnown ? name : words(node.path("name"), 60, what));
      }
      default -> throw new Unusable("its places cannot be used");
    };
  }

  private @Nullable Deadline deadline(JsonNode node) throws Unusable {
    String what = "deadline";
    if (node.isNull()) {
      return null;
    }
    fields(node, Set.of("local", "zone", "said"), what);
    String local = text(node.path("local"), what);
    require(LOCAL_TIME.matcher(local).matches(), what);
    String said = words(node.path("said"), PHRASE_CHARACTERS_MAX, what);
    require(!said.isBlank(), what);
    try {
      ZoneId zone = ZoneId.of(text(node.path("zone"), what));
      var at = LocalDateTime.parse(local).atZone(zone).toInstant();
      var latest = asked.at().plus(Duration.ofDays(366L * YEARS_MAX));
      require(at.isAfter(asked.at()) && at.isBefore(latest), what);
      notes.add("read \"" + said + "\" as " + local.replace('T', ' ') + " " + zone.getId());
      return new Deadline(at, zone, said);
    } catch (DateTimeException _) {
      throw new Unusable("its deadline cannot be used");
    }
  }

  private static @Nullable Budget budget(JsonNode node) throws Unusable {
    String what = "budget";
    if (node.isNull()) {
      return null;
    }
    fields(node, Set.of("amount", "asset", "per"), what);
    String amount = text(node.path("amount"), what);
    String asset = text(node.path("asset"), what);
    String per = text(node.path("per"), what);
    require(AMOUNT.matcher(amount).matches() && UNITS.contains(per), what);
    var exact = new BigDecimal(amount);
    if (exact.signum() == 0) {
      return new Budget(BigInteger.ZERO, 0, "", "");
    }
    int own = AmountReader.decimals(asset);
    require(own >= 0, what);
    int decimals = Math.max(own, exact.scale());
    return new Budget(exact.setScale(decimals).unscaledValue(), decimals, asset, per);
  }

  private static boolean flag(JsonNode node) throws Unusable {
    require(node.isBoolean(), "now");
    return node.booleanValue();
  }

  private static @Nullable Duration latency(JsonNode node) throws Unusable {
    if (node.isNull()) {
      return null;
    }
    boolean isRight = node.isInt() && node.intValue() >= 1 && node.intValue() <= LATENCY_MS_MAX;
    require(isRight, "latency_ms_max");
    return Duration.ofMillis(node.intValue());
  }
}
