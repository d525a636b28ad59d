package dev.meshkore.hub.market;

import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.money.Asset;
import dev.meshkore.hub.money.Money;
import dev.meshkore.hub.owner.TrustLevel;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.LongPredicate;
import java.util.regex.Pattern;

/// Finds services by what is asked of them. Without words the newest come first; with words what
/// fits best, moved by how far its seller is known, and copies last. What a seller says of its own
/// quality moves nothing.
final class Catalogue {
  /// What is wanted.
  ///
  /// @param trust the least level of a seller
  record Wanted(
      List<String> words, SqlServices.Filter filter, TrustLevel trust, boolean isAvailable) {}

  /// A service that was found.
  ///
  /// @param score by which it stands where it stands, of 1000 and more; 0 where nothing was asked
  record Found(Listing service, int score) {}

  /// A page of them.
  record Page(List<Found> services, OptionalLong next) {}

  private static final int QUERY_CHARACTERS_MAX = 2_000;
  private static final int WORDS_MAX = 24;
  private static final int LOOKED_AT_MAX = 1_000;
  private static final int TRUST_WEIGHT = 40;
  private static final int COPY_WEIGHT = 600;
  private static final int MARK_WEIGHT = 1_000;

  /// So many more are scanned than are wanted, so that others can take the places of marked ones.
  private static final int LOOKED_AT_BESIDE = 20;

  private static final Comparator<Found> BEST_FIRST =
      Comparator.comparingInt(Found::score)
          .reversed()
          .thenComparingLong(one -> -one.service().number());
  private static final Pattern NO_WORD = Pattern.compile("[^\\p{L}\\p{N}]+");

  private final MarketParts parts;

  Catalogue(MarketParts parts) {
    this.parts = parts;
  }

  /// Reads what a request asks for.
  Wanted wanted(Request request) {
    var sql =
        new ArrayList<>(List.of("state = 'listed'", "(expires_at IS NULL OR expires_at > ?)"));
    var arguments = new ArrayList<Object>(List.of(parts.time().millis()));
    request
        .query("kind")
        .map(word -> ServiceTerms.Kind.of("kind", word))
        .ifPresent(kind -> add(sql, arguments, "kind = ?", kind.word()));
    request
        .query("category")
        .map(text -> Texts.category("category", text))
        .ifPresent(category -> {
          sql.add("(category = ? OR category LIKE ?)");
          arguments.add(category);
          arguments.add(category + "/%");
        });
    request
        .query("seller")
        .ifPresent(id -> add(sql, arguments, "seller = ?", number(parts.agents(), id)));
    Optional<Asset> asset = request.query("asset").map(code -> Asset.of("asset", code));
    asset.ifPresent(one -> add(sql, arguments, "asset = ?", one.code()));
    request
        .query("max_price")
        .ifPresent(text -> {
          Asset of = asset.orElseThrow(() -> Refused.field("asset", "max_price needs an asset"));
          add(sql, arguments, "atoms <= ?", Money.parse("max_price", of, text).atoms());
        });
    return new Wanted(
        words("q", request.query("q").orElse("")),
        new SqlServices.Filter(String.join(" AND ", sql), List.copyOf(arguments)),
        request.query("trust").map(word -> TrustLevel.of("trust", word)).orElse(TrustLevel.NEW),
        flag(request, "available"));
  }

  private static void add(List<String> sql, List<Object> arguments, String part, Object value) {
    sql.add(part);
    arguments.add(value);
  }

  private static boolean flag(Request request, String name) {
    return switch (request.query(name).orElse("false")) {
      case "true" -> true;
      case "false" -> false;
      default -> throw Refused.field(name, name + " must be true or false");
    };
  }

  private static long number(Agents agents, String id) {
    return agents
        .numberOf(id)
        .orElseThrow(() -> new Refused(ProblemType.UNKNOWN_AGENT, "No agent has this agent_id"));
  }

  /// The words of a text, each once.
  static List<String> words(String field, String text) {
    if (text.codePointCount(0, text.length()) > QUERY_CHARACTERS_MAX) {
      throw Refused.field(field, field + " may have " + QUERY_CHARACTERS_MAX + " characters");
    }
    Set<String> words = new LinkedHashSet<>();
    NO_WORD
        .splitAsStream(text.toLowerCase(Locale.ROOT))
        .filter(word -> !word.isEmpty())
        .limit(WORDS_MAX)
        .forEach(words::add);
    if (words.isEmpty() && !text.isEmpty()) {
      throw Refused.field(field, field + " has no word in it");
    }
    return List.copyOf(words);
  }

  /// A page of what is wanted.
  Page find(Wanted wanted, long before, int limit) {
    return wanted.words().isEmpty() ? newest(wanted, before, limit) : best(wanted, limit);
  }

  private Page newest(Wanted wanted, long before, int limit) {
    LongPredicate isFit = isFit(wanted);
    var found = new ArrayList<Found>();
    long last = before;
    while (found.size() <= limit) {
      long from = last;
      List<Listing> some =
          parts
              .database()
              .read(reader -> SqlServices.page(reader, wanted.filter(), from, LOOKED_AT_MAX));
      for (Listing service : some) {
        last = service.number();
        if (found.size() <= limit && isFit.test(service.seller()) && isThere(wanted, service)) {
          found.add(new Found(service, 0));
        }
      }
      if (some.size() < LOOKED_AT_MAX) {
        break;
      }
    }
    if (found.size() <= limit) {
      return new Page(found, OptionalLong.empty());
    }
    List<Found> page = found.subList(0, limit);
    return new Page(page, OptionalLong.of(page.getLast().service().number()));
  }

  private Page best(Wanted wanted, int limit) {
    LongPredicate isFit = isFit(wanted);
    var candidates = new ArrayList<Listing>();
    SqlServices.Filter filter = withWords(wanted);
    for (Listing service :
        parts
            .database()
            .read(reader -> SqlServices.page(reader, filter, Long.MAX_VALUE, LOOKED_AT_MAX))) {
      if (isFit.test(service.seller()) && isThere(wanted, service)) {
        candidates.add(service);
      }
    }
    Map<String, Integer> weights = weights(wanted.words(), candidates);
    List<Found> found =
        candidates.stream()
            .map(service -> new Found(service, score(service, weights)))
            .sorted(BEST_FIRST)
            .limit(limit + LOOKED_AT_BESIDE)
            .map(Catalogue::marked)
            .sorted(BEST_FIRST)
            .limit(limit)
            .toList();
    return new Page(found, OptionalLong.empty());
  }

  /// What gives orders to its readers comes after what does not.
  private static Found marked(Found found) {
    boolean isMarked = !Scanned.marks(found.service().terms()).isEmpty();
    return isMarked ? new Found(found.service(), found.score() - MARK_WEIGHT) : found;
  }

  private static SqlServices.Filter withWords(Wanted wanted) {
    String any = String.join(" OR ", wanted.words().stream().map(_ -> "words LIKE ?").toList());
    var arguments = new ArrayList<>(wanted.filter().arguments());
    wanted.words().forEach(word -> arguments.add("%" + word + "%"));
    return new SqlServices.Filter(wanted.filter().sql() + " AND (" + any + ")", arguments);
  }

  /// A word that few of them say weighs more.
  private static Map<String, Integer> weights(List<String> words, List<Listing> candidates) {
    var weights = new HashMap<String, Integer>();
    for (String word : words) {
      long count =
          candidates.stream().filter(service -> service.terms().words().contains(word)).count();
      weights.put(word, count == 0 ? 0 : (int) (1_000L * (candidates.size() + 1) / (count + 1)));
    }
    return weights;
  }

  private int score(Listing service, Map<String, Integer> weights) {
    String said = service.terms().words();
    String name = service.terms().name().toLowerCase(Locale.ROOT);
    long all = Math.max(1, weights.values().stream().mapToLong(weight -> weight).sum());
    long hit = 0;
    for (Map.Entry<String, Integer> word : weights.entrySet()) {
      if (said.contains(word.getKey())) {
        hit += word.getValue() * (name.contains(word.getKey()) ? 10L : 8L);
      }
    }
    int score = (int) (100 * hit / all);
    score += TRUST_WEIGHT * parts.trust().levelOf(service.seller()).rank();
    return service.copyOf().isPresent() ? score - COPY_WEIGHT : score;
  }

  private LongPredicate isFit(Wanted wanted) {
    return seller -> parts.trust().levelOf(seller).isAtLeast(wanted.trust());
  }

  private boolean isThere(Wanted wanted, Listing service) {
    return !wanted.isAvailable()
        || service
            .obstacle(parts.time().millis(), parts.isOnline().test(service.seller()))
            .isEmpty();
  }

  /// How many of what is wanted are of each kind and category.
  Map<String, List<SqlServices.Facet>> facets(Wanted wanted) {
    SqlServices.Filter filter = wanted.words().isEmpty() ? wanted.filter() : withWords(wanted);
    return parts
        .database()
        .read(reader ->
            Map.of(
                "kind", SqlServices.facets(reader, filter, "kind", 3),
                "category", SqlServices.facets(reader, filter, "category", 50)));
  }
}
