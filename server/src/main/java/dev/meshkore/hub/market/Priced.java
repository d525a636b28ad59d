package dev.meshkore.hub.market;

import dev.meshkore.hub.money.Asset;
import java.util.List;
import java.util.Optional;

/// Services that have a price for each call, so that the hub can let them be called and paid.
final class Priced {
  private static final String CALL = "call";

  private final MarketParts parts;

  Priced(MarketParts parts) {
    this.parts = parts;
  }

  Optional<PricedListing> find(String id, Asset asset) {
    return parts
        .database()
        .read(reader -> SqlServices.find(reader, id))
        .flatMap(service -> priced(service, asset));
  }

  /// Among the newest that have a price in this asset.
  List<PricedListing> newest(Asset asset, int lookedAt) {
    var filter = new SqlServices.Filter("state = 'listed' AND asset = ?", List.of(asset.code()));
    return parts
        .database()
        .read(reader -> SqlServices.page(reader, filter, Long.MAX_VALUE, lookedAt))
        .stream()
        .flatMap(service -> priced(service, asset).stream())
        .toList();
  }

  /// Among the newest of a seller.
  List<PricedListing> ofSeller(long seller, Asset asset, int lookedAt) {
    long now = parts.time().millis();
    return parts
        .database()
        .read(reader -> SqlServices.ofSeller(reader, seller, now, lookedAt))
        .stream()
        .flatMap(service -> priced(service, asset).stream())
        .toList();
  }

  /// Whether terms are those of a service that is paid for by the call, in an asset.
  static boolean isCalled(ServiceTerms terms, Asset asset) {
    Price price = terms.price();
    return price.unit().equals(CALL)
        && price.money().asset().equals(asset)
        && price.money().atoms() > 0;
  }

  private Optional<PricedListing> priced(Listing service, Asset asset) {
    Price price = service.terms().price();
    boolean isCalled =
        isCalled(service.terms(), asset)
            && service
                .obstacle(parts.time().millis(), parts.isOnline().test(service.seller()))
                .isEmpty();
    return isCalled
        ? Optional.of(
            new PricedListing(
                service.id(),
                service.version(),
                service.seller(),
                service.terms().name(),
                service.terms().description(),
                service.terms().category(),
                price.money()))
        : Optional.empty();
  }
}
