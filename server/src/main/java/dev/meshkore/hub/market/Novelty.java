package dev.meshkore.hub.market;

import dev.meshkore.hub.meaning.Stems;
import dev.meshkore.hub.money.Money;
import java.util.List;
import java.util.Set;

/// Something on the market that is new, or a version of it, as feeds look at it.
///
/// @param number the number of the service or request
/// @param by the number of who sells it or wants it
/// @param version of a service; 1 of a request
/// @param isThere whether it can still be had
record Novelty(
    String id, long number, long by, long change, long version, boolean isThere, Traits traits) {
  /// What it says, as far as it is read for what it means.
  record Said(String name, List<String> tags, String text) {}

  /// What feeds can ask of it.
  ///
  /// @param said what it means is read from
  /// @param by the id of who sells it or wants it
  /// @param words the stems of all that it says
  /// @param kind of a service, or ""
  /// @param asset of a service's price, or ""
  record Traits(
      FeedWish.What what,
      String by,
      Said said,
      Set<String> words,
      String category,
      String kind,
      String asset,
      long atoms) {
    static Traits of(ServiceTerms terms, String seller) {
      Money price = terms.price().money();
      return new Traits(
          FeedWish.What.SERVICES,
          seller,
          new Said(terms.name(), Shelf.tags(terms), terms.description()),
          Stems.ofText(terms.words()),
          terms.category(),
          terms.kind().word(),
          price.asset().code(),
          price.atoms());
    }

    static Traits of(WantTerms terms, String buyer) {
      return new Traits(
          FeedWish.What.REQUESTS,
          buyer,
          new Said(terms.title(), List.of(), terms.description()),
          Stems.ofText(terms.words()),
          terms.category(),
          "",
          terms.budget().map(budget -> budget.asset().code()).orElse(""),
          0);
    }

    /// Whether it is of a category, or of one below it.
    boolean isIn(String wanted) {
      return category.equals(wanted) || category.startsWith(wanted + "/");
    }
  }

  static Novelty of(SqlServices.Version version, String seller, long nowMs) {
    Listing service = version.service();
    return new Novelty(
        service.id(),
        service.number(),
        service.seller(),
        version.change(),
        version.number(),
        isThere(service, nowMs),
        Traits.of(version.terms(), seller));
  }

  static Novelty of(Want want, String buyer, long nowMs) {
    return new Novelty(
        want.id(),
        want.number(),
        want.buyer(),
        want.change(),
        1,
        isThere(want, nowMs),
        Traits.of(want.terms(), buyer));
  }

  /// Whether it is worth telling: a live service may be busy or away now and back in a minute.
  static boolean isThere(Listing service, long nowMs) {
    boolean isSoldOut =
        service.terms().kind() == ServiceTerms.Kind.SPOT && service.left().orElse(1) == 0;
    return service.isListed() && !service.hasExpired(nowMs) && !isSoldOut;
  }

  static boolean isThere(Want want, long nowMs) {
    return want.state(nowMs).equals("open");
  }

  boolean isService() {
    return traits.what() == FeedWish.What.SERVICES;
  }
}
