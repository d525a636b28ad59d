package dev.meshkore.hub.market;

import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.meaning.MeaningIndex;
import dev.meshkore.hub.meaning.Need;
import dev.meshkore.hub.meaning.Question;
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
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Finds services by what is asked of them. Without words the newest come first; with words what
/// fits best, moved by how far its seller is known, and copies last. What a seller says of its own
/// quality moves nothing.
final class Catalogue {
  /// What is wanted.
  ///
  /// @param text in plain words, or ""
  /// @param words those of the text
  /// @param filter what must be so, for the database
  /// @param needs the same, for the index
  /// @param trust the least level of a seller
  record Wanted(
      String text,
      List<String> words,
      SqlServices.Filter filter,
      List<Need> needs,
      TrustLevel trust,
      boolean isAvailable) {}

  /// A service that was found.
  ///
  /// @param score by which it stands where it stands, of 1000 and more; 0 where nothing was asked
  /// @param hit what the index says of it, or null where it does not know it yet
  record Found(Listing service, int score, dev.meshkore.hub.meaning.Found.@Nullable Hit hit) {}

  /// A page of them.
  record Page(List<Found> services, OptionalLong next) {}

  private static final int QUERY_CHARACTERS_MAX = 2_000;
  private static final int WORDS_MAX = 24;
  private static final int LOOKED_AT_MAX = 1_000;

  /// What one page looks at: so many in the database, and of those so many by what it does not
  /// know.
  private static final long WINDOW = 50_000;

  private static final int PAGES_MAX = 5;
  private static final int TRUST_WEIGHT = 40;
  private static final int COPY_WEIGHT = 1_200;
  private static final int MARK_WEIGHT = 3_000;
  private static final int FULL = 1_000;

  /// So many more are looked at, because what the hub knows moves them.
  private static final int NEAR = 30;

  private static final Pattern NO_WORD = Pattern.compile("[^\\p{L}\\p{N}]+");

  private final MarketParts parts;
  private final MeaningIndex index;

  Catalogue(MarketParts parts) {
    this.parts = parts;
    this.index = parts.meaning().index("services", new Shelf(parts));
  }

  /// Reads what a request asks for.
  Wanted wanted(Request request) {
    var sql =
        new ArrayList<>(List.of("state = 'listed'", "(expires_at IS NULL OR expires_at > ?)"));
    var arguments = new ArrayList<Object>(List.of(parts.time().millis()));
    var needs = new ArrayList<Need>();
    request
        .query("kind")
        .map(word -> ServiceTerms.Kind.of("kind", word))
        .ifPresent(kind -> {
          add(sql, arguments, "kind = ?", kind.word());
          needs.add(new Need.AnyOf(List.of("kind:" + kind.word())));
        });
    request
        .query("category")
        .map(text -> Texts.category("category", text))
        .ifPresent(category -> {
          sql.add("(category = ? OR category LIKE ?)");
          arguments.add(category);
          arguments.add(category + "/%");
          needs.add(new Need.AnyOf(List.of("category:" + category)));
        });
    request
        .query("seller")
        .map(id -> number(parts.agents(), id))
        .ifPresent(seller -> {
          add(sql, arguments, "seller = ?", seller);
          needs.add(new Need.AnyOf(List.of("seller:" + seller)));
        });
    Optional<Asset> asset = request.query("asset").map(code -> Asset.of("asset", code));
    asset.ifPresent(one -> {
      add(sql, arguments, "asset = ?", one.code());
      needs.add(new Need.AnyOf(List.of("asset:" + one.code())));
    });
    request
        .query("max_price")
        .ifPresent(text -> {
          Asset of = asset.orElseThrow(() -> Refused.field("asset", "max_price needs an asset"));
          long most = Money.parse("max_price", of, text).atoms();
          add(sql, arguments, "atoms <= ?", most);
          needs.add(new Need.Between("price:" + of.code(), 0, most));
        });
    String text = request.query("q").orElse("");
    return new Wanted(
        text,
        words("q", text),
        new SqlServices.Filter(String.join(" AND ", sql), List.copyOf(arguments)),
        needs,
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

  /// Looks at so many at most, and says where to go on, also where it has found none.
  private Page newest(Wanted wanted, long before, int limit) {
    LongPredicate isFit = isFit(wanted);
    var found = new ArrayList<Found>();
    long last = before;
    long top = Math.min(before - 1, parts.database().read(SqlServices::newest));
    long bottom = Math.max(0, top - WINDOW);
    SqlServices.Filter within = wanted.filter().and("number > ?", bottom);
    boolean isMore = true;
    for (int i = 0; i < PAGES_MAX && isMore && found.size() <= limit; i++) {
      long from = last;
      List<Listing> some =
          parts.database().read(reader -> SqlServices.page(reader, within, from, LOOKED_AT_MAX));
      for (Listing service : some) {
        last = service.number();
        if (found.size() <= limit && isFit.test(service.seller()) && isThere(wanted, service)) {
          found.add(new Found(service, 0, null));
        }
      }
      isMore = some.size() == LOOKED_AT_MAX;
    }
    if (found.size() <= limit) {
      long reached = isMore ? last : bottom + 1;
      boolean isEnd = !isMore && bottom == 0;
      return new Page(found, isEnd ? OptionalLong.empty() : OptionalLong.of(reached));
    }
    List<Found> page = found.subList(0, limit);
    return new Page(page, OptionalLong.of(page.getLast().service().number()));
  }

  /// What the index finds, and by words alone what it has not taken up yet.
  private Page best(Wanted wanted, int limit) {
    LongPredicate isFit = isFit(wanted);
    long now = parts.time().millis();
    long version = index.version();
    var known = new HashMap<String, Optional<Listing>>();
    Predicate<String> isWanted =
        key ->
            known
                .computeIfAbsent(key, this::find)
                .filter(one -> one.isListed() && !one.hasExpired(now) && one.change() <= version)
                .filter(one -> isFit.test(one.seller()) && isThere(wanted, one))
                .isPresent();
    var found = new ArrayList<Found>();
    var question =
        new Question(wanted.text(), wanted.needs(), isWanted, Question.By.ALL, limit + NEAR);
    for (dev.meshkore.hub.meaning.Found.Hit hit : index.search(question).hits()) {
      known
          .computeIfAbsent(hit.key(), this::find)
          .ifPresent(one ->
              found.add(
                  new Found(one, moved(one, (int) (FULL * Math.clamp(hit.score(), 0, 1))), hit)));
    }
    List<Listing> fresh = fresh(wanted, version, isFit);
    Map<String, Integer> weights = weights(wanted.words(), fresh);
    fresh.forEach(one -> found.add(new Found(one, moved(one, score(one, weights)), null)));
    found.sort(
        Comparator.comparingInt(Found::score)
            .reversed()
            .thenComparingLong(one -> -one.service().number()));
    return new Page(found.subList(0, Math.min(limit, found.size())), OptionalLong.empty());
  }

  private Optional<Listing> find(String id) {
    return parts.database().read(reader -> SqlServices.find(reader, id));
  }

  private List<Listing> fresh(Wanted wanted, long version, LongPredicate isFit) {
    SqlServices.Filter words = withWords(wanted);
    var arguments = new ArrayList<>(words.arguments());
    arguments.add(version);
    var filter = new SqlServices.Filter(words.sql() + " AND change > ?", arguments);
    return parts
        .database()
        .read(reader -> SqlServices.page(reader, filter, Long.MAX_VALUE, LOOKED_AT_MAX))
        .stream()
        .filter(one -> isFit.test(one.seller()) && isThere(wanted, one))
        .toList();
  }

  /// What the hub knows of a seller, and of who was there first, moves a service up or down; what
  /// gives orders to its readers comes after what gives none.
  private int moved(Listing service, int score) {
    int known = score + TRUST_WEIGHT * parts.trust().levelOf(service.seller()).rank();
    int left = service.copyOf().isPresent() ? known - COPY_WEIGHT : known;
    return Scanned.marks(service.terms()).isEmpty() ? left : left - MARK_WEIGHT;
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

  private static int score(Listing service, Map<String, Integer> weights) {
    String said = service.terms().words();
    String name = service.terms().name().toLowerCase(Locale.ROOT);
    long all = Math.max(1, weights.values().stream().mapToLong(weight -> weight).sum());
    long hit = 0;
    for (Map.Entry<String, Integer> word : weights.entrySet()) {
      if (said.contains(word.getKey())) {
        hit += word.getValue() * (name.contains(word.getKey()) ? 10L : 8L);
      }
    }
    return (int) (100 * hit / all);
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
