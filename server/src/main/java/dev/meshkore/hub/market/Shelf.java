package dev.meshkore.hub.market;

import dev.meshkore.hub.meaning.Entry;
import dev.meshkore.hub.meaning.Source;
import dev.meshkore.hub.money.Money;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The services, as an index follows them.
final class Shelf implements Source {
  private final MarketParts parts;

  Shelf(MarketParts parts) {
    this.parts = parts;
  }

  @Override
  public List<Change> after(long version, int most) {
    return parts.database().read(reader -> SqlServices.changedSince(reader, version, most)).stream()
        .map(one -> new Change(one.change(), one.id(), entry(one)))
        .toList();
  }

  private static Optional<Entry> entry(Listing listing) {
    if (!listing.isListed()) {
      return Optional.empty();
    }
    ServiceTerms terms = listing.terms();
    Money price = terms.price().money();
    var exact = new ArrayList<String>();
    exact.add("kind:" + terms.kind().word());
    exact.add("seller:" + listing.seller());
    exact.add("asset:" + price.asset().code());
    String category = terms.category();
    for (int end = category.length(); end > 0; end = category.lastIndexOf('/', end - 1)) {
      exact.add("category:" + category.substring(0, end));
    }
    return Optional.of(
        new Entry(
            listing.id(),
            terms.name(),
            tags(terms),
            terms.description(),
            terms.examples(),
            exact,
            Map.of("price:" + price.asset().code(), price.atoms())));
  }

  /// What a service is filed under.
  static List<String> tags(ServiceTerms terms) {
    var tags = new ArrayList<>(terms.tags());
    tags.add(terms.category().replace('/', ' ').replace('-', ' '));
    return tags;
  }
}
