package dev.meshkore.hub.market;

import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.identity.ProfileFields;
import dev.meshkore.hub.meaning.Question;
import dev.meshkore.hub.meaning.Stems;
import dev.meshkore.hub.money.Asset;
import dev.meshkore.hub.money.Money;
import dev.meshkore.hub.owner.TrustLevel;
import dev.meshkore.hub.problem.Refused;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What an agent wants to hear of, checked. All of it must be so.
///
/// @param name what the agent calls it, or ""
/// @param of services, requests, or both
/// @param query words, or in plain words what is wanted; or ""
/// @param signals whether all words must be said, or it is enough to mean the same, or either
/// @param words the stems of the query
/// @param by the id of the only seller or buyer that counts
/// @param most the most that a service may cost for each unit
/// @param trust how far a seller or buyer must be known
record FeedWish(
    String name,
    Set<What> of,
    String query,
    Question.By signals,
    Set<String> words,
    Optional<ServiceTerms.Kind> kind,
    Optional<String> category,
    Optional<String> by,
    Optional<Asset> asset,
    Optional<Money> most,
    TrustLevel trust) {
  /// What a feed may be of.
  enum What {
    SERVICES,
    REQUESTS;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    private static What of(String word) {
      return switch (word) {
        case "services" -> SERVICES;
        case "requests" -> REQUESTS;
        case "offers" ->
            throw Refused.field(
                "of",
                "Offers to your requests are told at their deadline without a feed; what is offered"
                    + " for a while is a service of kind spot");
        default -> throw Refused.field("of", "of holds services, requests or both");
      };
    }
  }

  private static final int QUERY_CHARACTERS_MAX = 200;
  private static final int MEANT_CHARACTERS_MAX = 500;
  private static final int WORDS_MAX = 12;
  private static final int WORD_CHARACTERS_MAX = 64;

  FeedWish {
    of = Set.copyOf(of);
    words = Set.copyOf(words);
  }

  /// Reads a wish; [Fields#end] is left to the caller.
  static FeedWish read(Fields fields) {
    Set<What> of = readOf(fields);
    Optional<String> seller = only(of, What.SERVICES, "seller", fields.optionalText("seller"));
    Optional<String> buyer = only(of, What.REQUESTS, "buyer", fields.optionalText("buyer"));
    Optional<Asset> asset =
        only(of, What.SERVICES, "asset", fields.optionalText("asset"))
            .map(code -> Asset.of("asset", code));
    Optional<Money> most =
        only(of, What.SERVICES, "max_price", fields.optionalText("max_price"))
            .map(text ->
                Money.parse(
                    "max_price",
                    asset.orElseThrow(() -> Refused.field("asset", "max_price needs an asset")),
                    text));
    String name = fields.has("name") ? Texts.line(fields, "name", ServiceTerms.NAME_MAX) : "";
    Question.By signals =
        fields.optionalText("by").map(FeedWish::signals).orElse(Question.By.WORDS);
    boolean isMeant = signals == Question.By.MEANING;
    String query =
        ProfileFields.freeText(
            "query",
            fields.optionalText("query").orElse(""),
            isMeant ? MEANT_CHARACTERS_MAX : QUERY_CHARACTERS_MAX);
    if (signals != Question.By.WORDS && query.isEmpty()) {
      throw Refused.field("by", "by needs a query: in plain words what you want");
    }
    return new FeedWish(
        name,
        of,
        query,
        signals,
        words(query, isMeant ? MEANT_CHARACTERS_MAX : WORDS_MAX),
        only(of, What.SERVICES, "kind", fields.optionalText("kind"))
            .map(word -> ServiceTerms.Kind.of("kind", word)),
        fields.optionalText("category").map(text -> Texts.category("category", text)),
        seller.or(() -> buyer),
        asset,
        most,
        TrustLevel.of("trust", fields.optionalText("trust").orElse("new")));
  }

  private static Set<What> readOf(Fields fields) {
    List<String> words = fields.texts("of").orElse(List.of("services", "requests"));
    if (words.isEmpty() || words.size() > What.values().length) {
      throw Refused.field("of", "of holds services, requests or both");
    }
    var of = EnumSet.noneOf(What.class);
    words.forEach(word -> of.add(What.of(word)));
    return of;
  }

  /// A filter that half of what is wanted does not have would let all of that half through.
  private static Optional<String> only(
      Set<What> of, What what, String name, Optional<String> value) {
    if (value.isPresent() && !of.equals(Set.of(what))) {
      throw Refused.field(
          name, "Only " + what.word() + " have this: give of as [\"" + what.word() + "\"]");
    }
    return value;
  }

  private static Question.By signals(String word) {
    return switch (word) {
      case "words" -> Question.By.WORDS;
      case "meaning" -> Question.By.MEANING;
      case "all" -> Question.By.ALL;
      default -> throw Refused.field("by", "by must be words, meaning or all");
    };
  }

  private static Set<String> words(String query, int most) {
    // What is sold and wanted is looked through in small letters, too.
    Set<String> words = Stems.ofSearch(query.toLowerCase(Locale.ROOT), most);
    if (words.size() > most) {
      throw Refused.field("query", "query may have " + WORDS_MAX + " words");
    }
    if (words.isEmpty() && !query.isEmpty()) {
      throw Refused.field("query", "query has no word in it that could be found");
    }
    if (words.stream().anyMatch(word -> word.length() > WORD_CHARACTERS_MAX)) {
      throw Refused.field("query", "A word may have " + WORD_CHARACTERS_MAX + " characters");
    }
    return words;
  }

  /// A wish as it was stored; empty where this hub cannot read it, as when another version of the
  /// hub wrote it. Then it is that one's feed that tells of nothing, and nobody else's.
  static Optional<FeedWish> stored(String document) {
    try {
      return Optional.of(read(Fields.read(document.getBytes(StandardCharsets.UTF_8))));
    } catch (RuntimeException _) {
      return Optional.empty();
    }
  }

  /// Whether what is meant counts, and not words alone.
  boolean goesByMeaning() {
    return signals != Question.By.WORDS;
  }

  /// Whether something on the market is what is wanted, by its words.
  boolean fits(Novelty.Traits traits) {
    return fits(traits, OptionalDouble.empty());
  }

  /// The same by what it means, too.
  ///
  /// @param nearness of it to the query; while that is not known, words decide
  boolean fits(Novelty.Traits traits, OptionalDouble nearness) {
    boolean isNear = nearness.orElse(-1) >= FeedMeanings.NEAR;
    return letsThrough(traits)
        && switch (signals) {
          case WORDS -> saysAll(traits);
          case MEANING -> nearness.isPresent() ? isNear : saysAll(traits);
          case ALL -> isNear || saysAll(traits);
        };
  }

  /// False where something is not what is wanted, whatever it means.
  boolean mayFit(Novelty.Traits traits) {
    return letsThrough(traits) && (goesByMeaning() || saysAll(traits));
  }

  /// Whether it is all that is asked for beside the query.
  boolean letsThrough(Novelty.Traits traits) {
    return of.contains(traits.what())
        && by.map(traits.by()::equals).orElse(true)
        && kind.map(one -> one.word().equals(traits.kind())).orElse(true)
        && category.map(traits::isIn).orElse(true)
        && asset.map(one -> one.code().equals(traits.asset())).orElse(true)
        && most.map(one -> traits.atoms() <= one.atoms()).orElse(true);
  }

  private boolean saysAll(Novelty.Traits traits) {
    return traits.words().containsAll(words);
  }

  /// As it is stored and shown.
  ObjectNode json() {
    ObjectNode json = Json.object();
    if (!name.isEmpty()) {
      json.put("name", name);
    }
    ArrayNode list = json.putArray("of");
    Stream.of(What.values()).filter(of::contains).forEach(what -> list.add(what.word()));
    if (!query.isEmpty()) {
      json.put("query", query);
    }
    if (goesByMeaning()) {
      json.put("by", signals.name().toLowerCase(Locale.ROOT));
    }
    kind.ifPresent(one -> json.put("kind", one.word()));
    category.ifPresent(one -> json.put("category", one));
    by.ifPresent(id -> json.put(of.contains(What.SERVICES) ? "seller" : "buyer", id));
    asset.ifPresent(one -> json.put("asset", one.code()));
    most.ifPresent(one -> json.put("max_price", one.decimal()));
    if (trust != TrustLevel.NEW) {
      json.put("trust", trust.word());
    }
    return json;
  }

  String document() {
    return new String(Json.bytes(json()), StandardCharsets.UTF_8);
  }
}
