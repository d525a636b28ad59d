package dev.meshkore.hub.market;

import dev.meshkore.hub.money.Asset;
import dev.meshkore.hub.problem.Refused;
import java.util.List;
import java.util.Optional;
import java.util.function.LongPredicate;
import java.util.stream.Stream;

/// Services that have a price for each call, so that the hub can let them be called and paid.
final class Priced {
  private final MarketParts parts;

  Priced(MarketParts parts) {
    this.parts = parts;
  }

  Optional<PricedListing> find(String id) {
    return parts
        .database()
        .read(reader -> SqlServices.find(reader, id))
        .flatMap(service -> priced(service));
  }

  /// Among the newest that have a price in what calls are paid in.
  List<PricedListing> newest(int lookedAt) {
    List<Object> codes =
        Stream.concat(Stream.of(Asset.CREDIT), parts.token().map(Token::asset).stream())
            .<Object>map(Asset::code)
            .toList();
    String any = String.join(" OR ", codes.stream().map(_ -> "asset = ?").toList());
    var filter = new SqlServices.Filter("state = 'listed' AND (" + any + ")", codes);
    return parts
        .database()
        .read(reader -> SqlServices.page(reader, filter, Long.MAX_VALUE, lookedAt))
        .stream()
        .flatMap(service -> priced(service).stream())
        .toList();
  }

  /// Among the newest of a seller.
  List<PricedListing> ofSeller(long seller, int lookedAt) {
    long now = parts.time().millis();
    return parts
        .database()
        .read(reader -> SqlServices.ofSeller(reader, seller, now, lookedAt))
        .stream()
        .flatMap(service -> priced(service).stream())
        .toList();
  }

  /// Whether terms are those of a service that is paid for by the call.
  static boolean isCalled(MarketParts parts, ServiceTerms terms) {
    Price price = terms.price();
    Asset asset = price.money().asset();
    return price.isOfCall() && (asset.equals(Asset.CREDIT) || Token.isTaken(parts, price));
  }

  String category(String id) {
    return parts
        .database()
        .read(reader -> SqlServices.find(reader, id))
        .map(service -> service.terms().category())
        .orElse("");
  }

  /// Why a service cannot be called now that can at another time: a live one, whose seller is away
  /// or works on all that it takes.
  Optional<Refused> notNow(String id, LongPredicate sellers) {
    return parts
        .database()
        .read(reader -> SqlServices.find(reader, id))
        .filter(service -> sellers.test(service.seller()))
        .filter(service -> isCalled(parts, service.terms()))
        .map(this::obstacle)
        .filter(Priced::isForNow)
        .map(Services::unavailable);
  }

  private static boolean isForNow(String obstacle) {
    return obstacle.equals("busy") || obstacle.equals("offline");
  }

  private String obstacle(Listing service) {
    return service.obstacle(parts.time().millis(), parts.isOnline().test(service.seller()));
  }

  private Optional<PricedListing> priced(Listing service) {
    return called(service).filter(_ -> obstacle(service).isEmpty());
  }

  /// A service that can be called now or, where its seller is away or busy, at another time.
  Optional<PricedListing> called(Listing service) {
    Price price = service.terms().price();
    String obstacle = obstacle(service);
    boolean isKept = obstacle.isEmpty() || isForNow(obstacle);
    return isKept && isCalled(parts, service.terms())
        ? Optional.of(
            new PricedListing(
                service.id(),
                service.version(),
                service.seller(),
                service.terms().name(),
                service.terms().description(),
                service.terms().category(),
                price.money(),
                service.changedAtMs(),
                price.payTo()))
        : Optional.empty();
  }
}
