package dev.meshkore.hub.discovery;

import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.identity.ProfileFields;
import dev.meshkore.hub.meaning.Need;
import dev.meshkore.hub.meaning.Question;
import dev.meshkore.hub.problem.Refused;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// What somebody asks to find, in plain words and in filters.
///
/// @param query the request; empty where filters alone decide
/// @param zone the caller's time zone, if it is known
/// @param standing that the agents must have
/// @param trust the least trust level, if one is asked for
/// @param reputation the least reputation, in thousandths, if one is asked for
/// @param needs what else they must have
/// @param by which signals rank
/// @param limit the most agents to answer
/// @param isExplained whether each result says why
record Wish(
    String query,
    Optional<ZoneId> zone,
    Standing standing,
    Optional<String> trust,
    Optional<Long> reputation,
    List<Need> needs,
    Question.By by,
    int limit,
    boolean isExplained) {
  static final int QUERY_CHARACTERS_MAX = 20_000;
  static final int LIMIT_MAX = 50;
  private static final int LIMIT = 10;
  private static final Pattern PAIR = Pattern.compile("([a-z]{2,3})(?:>|-|→)([a-z]{2,3})");
  private static final Pattern LANGUAGE = Pattern.compile("[a-z]{2,3}");
  private static final Pattern REGION = Pattern.compile("[A-Z]{2,8}|[A-Z]{2}-[A-Z0-9]{1,3}");
  private static final Pattern ASSET = Pattern.compile("[A-Za-z0-9:._/-]{1,100}");
  private static final Pattern WORD = Pattern.compile("[a-z0-9][a-z0-9-]{0,39}");

  /// Reads the body of `POST /discover`.
  static Wish read(Fields fields) {
    Optional<String> query = fields.optionalText("query");
    Optional<ZoneId> zone = fields.optionalText("zone").map(Wish::zone);
    int limit = (int) fields.number("limit", LIMIT, 1, LIMIT_MAX);
    boolean isExplained = fields.flag("explain", true);
    Question.By by = fields.optionalText("by").map(Wish::by).orElse(Question.By.ALL);
    Optional<Fields> filters = fields.object("filters");
    fields.end();
    var needs = new ArrayList<Need>();
    Optional<String> status = Optional.empty();
    Optional<String> trust = Optional.empty();
    Optional<Long> reputation = Optional.empty();
    if (filters.isPresent()) {
      Fields given = filters.get();
      status = given.optionalText("status");
      trust = given.optionalText("trust");
      reputation = reputation(given.optionalText("min_reputation"));
      needs.addAll(needs(given));
      given.end();
    }
    Standing standing = status.map(Standing::of).orElse(Standing.ALL);
    if (query.isEmpty() && filters.isEmpty()) {
      throw Refused.field("query", "query or filters must be given");
    }
    String text = query.map(Wish::query).orElse("");
    return new Wish(text, zone, standing, trust, reputation, needs, by, limit, isExplained);
  }

  /// Reads the query of `GET /agents?intent=`.
  static Wish read(Request request, String intent) {
    var needs = new ArrayList<Need>();
    request.query("capability").ifPresent(one -> needs.add(capability(one)));
    return new Wish(
        query(intent),
        request.query("zone").map(Wish::zone),
        request.query("status").map(Standing::of).orElse(Standing.ALL),
        request.query("trust"),
        reputation(request.query("min_reputation")),
        needs,
        Question.By.ALL,
        (int) request.query("limit", LIMIT, 1, LIMIT_MAX),
        true);
  }

  static Optional<Long> reputation(Optional<String> least) {
    return least.map(text -> Reputed.least("min_reputation", text));
  }

  private static List<Need> needs(Fields given) {
    var needs = new ArrayList<Need>();
    given.optionalText("capability").ifPresent(one -> needs.add(capability(one)));
    given.optionalText("languages").ifPresent(one -> needs.add(languages(one)));
    given
        .optionalText("region")
        .ifPresent(one -> {
          check("region", REGION, one, "a code in capitals, as ES, US-CA or EU");
          needs.add(new Need.AnyOf(regions(one)));
        });
    given
        .optionalText("certification")
        .ifPresent(one -> {
          check("certification", WORD, one, "a word of a-z, 0-9 and hyphens");
          needs.add(new Need.AnyOf(List.of(Claims.certification(one))));
        });
    given
        .object("price_max")
        .ifPresent(price -> {
          String asset = price.text("asset");
          check("asset", ASSET, asset, "the name of an asset");
          long atoms = price.number("atoms", 0, Long.MAX_VALUE);
          price.end();
          needs.add(new Need.Between(AgentSource.PRICE + asset, 0, atoms));
        });
    if (given.has("latency_ms_max")) {
      long most = given.number("latency_ms_max", 1, Integer.MAX_VALUE);
      needs.add(new Need.Between(AgentSource.LATENCY, 0, most));
    }
    return needs;
  }

  /// Who works in all of a country works in each part of it.
  private static List<String> regions(String code) {
    int hyphen = code.indexOf('-');
    return hyphen < 0
        ? List.of(Claims.region(code))
        : List.of(Claims.region(code), Claims.region(code.substring(0, hyphen)));
  }

  private static Need capability(String text) {
    try {
      String name = ProfileFields.capabilities(List.of(text)).getFirst();
      return new Need.AnyOf(List.of(AgentSource.CAPABILITY + IndexFields.folded(name)));
    } catch (Refused refused) {
      throw Refused.field("capability", refused.detail());
    }
  }

  private static Need languages(String text) {
    String folded = text.strip().toLowerCase(Locale.ROOT);
    var pair = PAIR.matcher(folded);
    if (pair.matches()) {
      return new Need.AnyOf(List.of(Claims.pair(pair.group(1) + ">" + pair.group(2))));
    }
    check("languages", LANGUAGE, folded, "a code as es, or a translation as es>en");
    return new Need.AnyOf(List.of(Claims.language(folded)));
  }

  private static void check(String name, Pattern form, String text, String what) {
    if (!form.matcher(text).matches()) {
      throw Refused.field(name, name + " must be " + what);
    }
  }

  private static String query(String text) {
    if (text.isBlank() || text.codePointCount(0, text.length()) > QUERY_CHARACTERS_MAX) {
      throw Refused.field(
          "query", "query must say something in at most " + QUERY_CHARACTERS_MAX + " characters");
    }
    return text;
  }

  private static ZoneId zone(String text) {
    try {
      return ZoneId.of(text);
    } catch (DateTimeException _) {
      throw Refused.field("zone", "zone must be a time zone, as Europe/Madrid or UTC+2");
    }
  }

  private static Question.By by(String text) {
    return switch (text) {
      case "words" -> Question.By.WORDS;
      case "meaning" -> Question.By.MEANING;
      case "all" -> Question.By.ALL;
      default -> throw Refused.field("by", "by must be words, meaning or all");
    };
  }
}
