package dev.meshkore.hub.market;

import dev.meshkore.hub.deeds.Canonical;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.money.Asset;
import dev.meshkore.hub.money.Money;
import dev.meshkore.hub.owner.TrustLevel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Ranks offers that were opened together, by what they bind their sellers to and by what the hub
/// knows of those. Prices and times are measured by the best among those that are whole and of
/// strangers, so that nobody makes others look dear by an offer that could not win. When an offer
/// came, and what a seller says of its own quality, counts for nothing; of equals, a hash decides
/// that nobody can choose.
final class Shortlist {
  /// An offer with what the hub knows of its seller.
  ///
  /// @param isOwn whether the seller has the buyer's owner
  record Candidate(SealedOffer offer, TrustLevel trust, boolean isOwn) {}

  /// An offer with its rank.
  ///
  /// @param score of 1000
  /// @param isShort whether it misses what the request demands
  /// @param isMarked whether its text may try to give orders to its reader
  record Ranked(
      Candidate candidate, int score, boolean isShort, boolean isMarked, ObjectNode ranking) {}

  private static final int PRICE = 350;
  private static final int DELIVERY = 200;
  private static final int TRUST = 200;
  private static final int FIT = 250;

  private final WantTerms want;
  private final List<Candidate> candidates;
  private final Optional<Asset> asset;
  private final long lowest;
  private final long soonest;

  Shortlist(WantTerms want, List<Candidate> candidates) {
    this.want = want;
    this.candidates = candidates;
    List<OfferTerms> whole =
        candidates.stream()
            .filter(one -> !one.isOwn())
            .map(one -> one.offer().terms())
            .filter(terms -> fit(terms, new ArrayList<>()) == FIT)
            .toList();
    this.asset = want.budget().map(Money::asset).or(() -> mostUsed(whole));
    this.lowest =
        whole.stream()
            .map(OfferTerms::price)
            .filter(price -> asset.filter(price.asset()::equals).isPresent())
            .mapToLong(Money::atoms)
            .min()
            .orElse(0);
    this.soonest =
        whole.stream()
            .mapToLong(OfferTerms::deliverWithin)
            .filter(seconds -> seconds > 0)
            .min()
            .orElse(0);
  }

  /// In which most of them are priced.
  private static Optional<Asset> mostUsed(List<OfferTerms> offers) {
    var uses = new HashMap<Asset, Integer>();
    offers.forEach(terms -> uses.merge(terms.price().asset(), 1, Integer::sum));
    return uses.entrySet().stream()
        .max(
            Map.Entry.<Asset, Integer>comparingByValue()
                .thenComparing(one -> one.getKey().code(), Comparator.reverseOrder()))
        .map(Map.Entry::getKey);
  }

  /// All of them, best first.
  List<Ranked> ranked(String salt) {
    return candidates.stream()
        .map(this::ranked)
        .sorted(
            Comparator.comparing((Ranked one) -> one.candidate().isOwn())
                .thenComparing(Ranked::isShort)
                .thenComparing(Ranked::isMarked)
                .thenComparing(Comparator.comparingInt(Ranked::score).reversed())
                .thenComparing(one -> drawn(salt, one)))
        .toList();
  }

  private static String drawn(String salt, Ranked one) {
    String text = salt + one.candidate().offer().id();
    return Canonical.hash(text.getBytes(StandardCharsets.UTF_8));
  }

  private Ranked ranked(Candidate one) {
    OfferTerms terms = one.offer().terms();
    var reasons = new ArrayList<String>();
    var missing = new ArrayList<String>();
    int price = price(terms, reasons);
    int delivery = delivery(terms, reasons);
    int trust = TRUST * one.trust().rank() / TrustLevel.TRUSTED.rank();
    reasons.add("its seller is " + one.trust().word());
    int fit = fit(terms, missing);
    reasons.addAll(missing);
    List<String> marks = Scanned.marks(terms);
    if (!marks.isEmpty()) {
      reasons.add("it is marked: " + String.join(", ", marks));
    }
    if (one.isOwn()) {
      reasons.add("its seller has the same owner as the buyer");
    }
    int score = price + delivery + trust + fit;
    ObjectNode ranking = Json.object();
    ranking.put("score", score);
    ranking
        .putObject("signals")
        .put("price", price)
        .put("delivery", delivery)
        .put("trust", trust)
        .put("fit", fit);
    ArrayNode list = ranking.putArray("reasons");
    reasons.forEach(list::add);
    ranking.put("self_dealing", one.isOwn());
    return new Ranked(one, score, !missing.isEmpty(), !marks.isEmpty(), ranking);
  }

  private int price(OfferTerms terms, List<String> reasons) {
    Money price = terms.price();
    if (asset.filter(price.asset()::equals).isEmpty()) {
      reasons.add("its price is in " + price.asset().code() + " and is not compared");
      return 0;
    }
    if (price.atoms() <= lowest) {
      reasons.add("no price is lower than its " + price);
      return PRICE;
    }
    reasons.add(price + ", the lowest is " + new Money(price.asset(), lowest));
    return (int) (PRICE * (lowest + 1) / (price.atoms() + 1));
  }

  private int delivery(OfferTerms terms, List<String> reasons) {
    long within = terms.deliverWithin();
    if (within == 0) {
      reasons.add("it promises no time of delivery");
      return 0;
    }
    reasons.add("it delivers within " + within + " seconds");
    return within <= soonest ? DELIVERY : (int) (DELIVERY * soonest / within);
  }

  /// How much of what was asked for it binds itself to.
  private int fit(OfferTerms terms, List<String> missing) {
    int asked = 1;
    if (terms.quantity() < want.quantity()) {
      missing.add("it is for " + terms.quantity() + " and not " + want.quantity());
    }
    if (want.budget().isPresent()) {
      asked++;
      Money budget = want.budget().get();
      boolean isWithin =
          budget.asset().equals(terms.price().asset()) && terms.price().atoms() <= budget.atoms();
      if (!isWithin) {
        missing.add("it is over the budget");
      }
    }
    if (want.deliverWithin() > 0) {
      asked++;
      if (terms.deliverWithin() == 0 || terms.deliverWithin() > want.deliverWithin()) {
        missing.add("it delivers later than asked");
      }
    }
    if (!want.languages().isEmpty()) {
      asked++;
      if (!Set.copyOf(terms.languages()).containsAll(want.languages())) {
        missing.add("it does not bind itself to all the languages");
      }
    }
    if (!want.regions().isEmpty()) {
      asked++;
      Set<String> regions = Set.copyOf(terms.regions());
      if (!regions.contains("worldwide") && !regions.containsAll(want.regions())) {
        missing.add("it does not bind itself to all the regions");
      }
    }
    return FIT * (asked - missing.size()) / asked;
  }
}
