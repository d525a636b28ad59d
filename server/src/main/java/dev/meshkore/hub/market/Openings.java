package dev.meshkore.hub.market;

import dev.meshkore.hub.deeds.Canonical;
import dev.meshkore.hub.deeds.Link;
import dev.meshkore.hub.deeds.Signatures;
import dev.meshkore.hub.guard.Approach;
import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Transaction;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The three ways in which an agreement begins: a proposal, a service that is taken at its price,
/// an offer that is accepted. Thread-safe.
final class Openings {
  /// How long an opened offer can be accepted.
  static final long OFFER_STANDS_MS = 7 * 86_400_000L;

  private final MarketParts parts;
  private final Approach approach;
  private final Signatures signatures;
  private final Deals deals;

  Openings(MarketParts parts, Approach approach, Signatures signatures, Deals deals) {
    this.parts = parts;
    this.approach = approach;
    this.signatures = signatures;
    this.deals = deals;
  }

  /// Whom a proposal is for, and about what.
  private record Aim(long other, boolean isBuyer, Optional<Listing> service) {}

  /// Proposes terms to another agent.
  Deals.Outcome propose(Approach.Call call, Fields fields) {
    Caller.OfAgent caller = call.caller();
    Aim aim = aim(caller, fields);
    OfferTerms terms = OfferTerms.read(fields.object("terms"));
    Scanned.check(terms);
    long validFor = Negotiations.validFor(fields);
    String id = deals.id(fields.optionalText("negotiation_id"));
    boolean isPrepared = fields.flag("prepare", false);
    Optional<byte[]> signature = Signatures.read(fields);
    fields.end();
    long buyer = aim.isBuyer() ? caller.number() : aim.other();
    long seller = aim.isBuyer() ? aim.other() : caller.number();
    ObjectNode move = Move.PROPOSE.json(parts.hubUrl().get(), id, 0, null, caller.id());
    move.put("to", parts.agents().idOf(aim.other()));
    move.put("buyer", parts.agents().idOf(buyer));
    move.put("seller", parts.agents().idOf(seller));
    aim.service().ifPresent(service -> move.put("service_id", service.id()));
    move.set("terms", terms.json());
    move.put("valid_for", validFor);
    if (isPrepared) {
      return Deals.Outcome.prepared(move);
    }
    long now = parts.time().millis();
    OptionalLong service =
        aim.service().map(one -> OptionalLong.of(one.number())).orElse(OptionalLong.empty());
    var beginning =
        new Deals.Beginning(id, buyer, seller, caller.number(), terms, validFor * 1_000);
    return approach.write(
        call,
        transaction -> {
          Optional<Negotiation> known =
              deals.repeated(transaction, id, caller.number(), Canonical.hash(move));
          if (known.isPresent()) {
            return Deals.Outcome.of(known.get(), false);
          }
          approach.check(transaction, call, aim.other(), false, false);
          var link =
              new Link(move, signatures.prove(transaction, caller, move, signature, true), now);
          return Deals.Outcome.of(
              deals.begin(transaction, beginning, service, Optional.empty(), "open", List.of(link)),
              true);
        });
  }

  private Aim aim(Caller.OfAgent caller, Fields fields) {
    Optional<String> serviceId = fields.optionalText("service_id");
    Optional<String> with = fields.optionalText("with");
    String role = fields.optionalText("role").orElse("buyer");
    if (serviceId.isPresent() == with.isPresent()) {
      throw Refused.field("with", "Give either service_id or with");
    }
    if (!role.equals("buyer") && (serviceId.isPresent() || !role.equals("seller"))) {
      throw Refused.field(
          "role", "role must be buyer or seller; about a service the caller is the buyer");
    }
    Optional<Listing> service =
        serviceId.map(id ->
            parts
                .database()
                .read(reader -> SqlServices.find(reader, id))
                .orElseThrow(Services::unknown));
    service.ifPresent(one -> {
      String obstacle = one.obstacle(parts.time().millis(), true);
      if (obstacle.equals("withdrawn") || obstacle.equals("expired")) {
        throw Services.unavailable(obstacle);
      }
    });
    long other =
        service
            .map(Listing::seller)
            .orElseGet(() ->
                parts
                    .agents()
                    .numberOf(with.orElseThrow())
                    .orElseThrow(() ->
                        new Refused(ProblemType.UNKNOWN_AGENT, "There is no agent of this name")));
    if (other == caller.number()) {
      throw Refused.field(with.isPresent() ? "with" : "service_id", "This is yourself");
    }
    return new Aim(other, role.equals("buyer"), service);
  }

  /// Takes a service at its price.
  Deals.Outcome take(Approach.Call call, String serviceId, Fields fields) {
    Caller.OfAgent caller = call.caller();
    long version = fields.number("version", 1, Long.MAX_VALUE);
    long quantity = fields.number("quantity", 1, 1, WantTerms.QUANTITY_MAX);
    String id = deals.id(fields.optionalText("negotiation_id"));
    boolean isPrepared = fields.flag("prepare", false);
    Optional<byte[]> signature = Signatures.read(fields);
    fields.end();
    long now = parts.time().millis();
    if (isPrepared) {
      Listing service =
          parts
              .database()
              .read(reader -> SqlServices.find(reader, serviceId))
              .orElseThrow(Services::unknown);
      return Deals.Outcome.prepared(acceptance(caller, id, service, quantity));
    }
    return approach.write(
        call,
        transaction -> {
          SqlServices.lock(transaction, serviceId);
          Optional<Negotiation> before =
              taken(transaction, id, caller.number(), serviceId, version, quantity);
          if (before.isPresent()) {
            return Deals.Outcome.of(before.get(), false);
          }
          Listing service = SqlServices.find(transaction, serviceId).orElseThrow(Services::unknown);
          if (service.seller() == caller.number()) {
            throw Refused.field("service_id", "The service is your own");
          }
          ObjectNode move = acceptance(caller, id, service, quantity);
          if (service.version() != version) {
            throw Services.unavailable("changed");
          }
          String obstacle = service.obstacle(now, parts.isOnline().test(service.seller()));
          if (!obstacle.isEmpty()) {
            throw Services.unavailable(obstacle);
          }
          approach.check(transaction, call, service.seller(), true, false);
          return Deals.Outcome.of(
              agreed(transaction, caller, service, quantity, move, signature, now), true);
        });
  }

  /// What the same call made before, whatever became of the service since.
  private static Optional<Negotiation> taken(
      Transaction transaction, String id, long buyer, String service, long version, long quantity)
      throws SQLException {
    Optional<Negotiation> known = SqlNegotiations.find(transaction, id);
    if (known.isEmpty()) {
      return known;
    }
    List<Link> chain = SqlNegotiations.chain(transaction, known.get().number());
    JsonNode listed = chain.getFirst().move();
    boolean isSame =
        known.get().opener() == buyer
            && listed.path("type").asString("").equals(Move.LISTING)
            && listed.path("service_id").asString("").equals(service)
            && listed.path("version").asLong(0) == version
            && chain.get(1).move().path("terms").path("quantity").asLong(0) == quantity;
    if (!isSame) {
      throw Refused.field("negotiation_id", "This negotiation_id was used before");
    }
    return known;
  }

  private Negotiation agreed(
      Transaction transaction,
      Caller.OfAgent caller,
      Listing service,
      long quantity,
      ObjectNode move,
      Optional<byte[]> signature,
      long now)
      throws SQLException {
    var listed = new Link(listing(service), Signatures.byHub("listing"), service.changedAtMs());
    var accepted =
        new Link(move, signatures.prove(transaction, caller, move, signature, true), now);
    var beginning =
        new Deals.Beginning(
            move.get("negotiation_id").stringValue(),
            caller.number(),
            service.seller(),
            caller.number(),
            bill(service, quantity),
            0);
    return deals.begin(
        transaction,
        beginning,
        OptionalLong.of(service.number()),
        Optional.empty(),
        "agreed",
        List.of(listed, accepted));
  }

  /// What a service says, as the first link of an agreement about it.
  private ObjectNode listing(Listing service) {
    ObjectNode move = Json.object();
    move.put("v", 1);
    move.put("type", Move.LISTING);
    move.put("hub", parts.hubUrl().get());
    move.put("service_id", service.id());
    move.put("version", service.version());
    move.put("from", parts.agents().idOf(service.seller()));
    move.put("unit", service.terms().price().unit());
    move.putObject("unit_price")
        .put("asset", service.terms().price().money().asset().code())
        .put("atoms", service.terms().price().money().atoms());
    byte[] document = service.terms().document().getBytes(StandardCharsets.UTF_8);
    move.put("document_sha256", Canonical.hash(document));
    return move;
  }

  private ObjectNode acceptance(Caller.OfAgent caller, String id, Listing service, long quantity) {
    String before = Canonical.hash(listing(service));
    ObjectNode move = Move.ACCEPT.json(parts.hubUrl().get(), id, 1, before, caller.id());
    move.put("to", parts.agents().idOf(service.seller()));
    move.set("terms", bill(service, quantity).json());
    return move;
  }

  /// So much of a service at its price.
  private static OfferTerms bill(Listing service, long quantity) {
    ServiceTerms terms = service.terms();
    return new OfferTerms(
        terms.name(),
        quantity,
        terms.price().money().times("quantity", quantity),
        terms.sla().deliverySeconds(),
        terms.sla(),
        List.of(),
        List.of(),
        "");
  }

  /// Accepts an offer of the caller's own request that is on its short list.
  Deals.Outcome accept(Approach.Call call, Want want, String offerId, Fields fields) {
    Caller.OfAgent caller = call.caller();
    String given = deals.id(fields.optionalText("negotiation_id"));
    boolean isPrepared = fields.flag("prepare", false);
    Optional<byte[]> signature = Signatures.read(fields);
    fields.end();
    if (want.buyer() != caller.number()) {
      throw Wants.unknownOffer();
    }
    long now = parts.time().millis();
    if (isPrepared) {
      SealedOffer offer = parts.database().read(reader -> standing(reader, want, offerId, now));
      return Deals.Outcome.prepared(acceptance(caller, given, offer));
    }
    return approach.write(
        call,
        transaction -> {
          Optional<Negotiation> known = SqlNegotiations.ofOffer(transaction, offerId);
          if (known.isPresent() && known.get().buyer() == caller.number()) {
            return Deals.Outcome.of(known.get(), false);
          }
          SealedOffer offer = standing(transaction, want, offerId, now);
          ObjectNode move = acceptance(caller, given, offer);
          if (SqlNegotiations.find(transaction, given).isPresent()) {
            throw Refused.field("negotiation_id", "This negotiation_id was used before");
          }
          approach.check(transaction, call, offer.seller(), true, true);
          var accepted =
              new Link(move, signatures.prove(transaction, caller, move, signature, true), now);
          var beginning =
              new Deals.Beginning(
                  given, caller.number(), offer.seller(), caller.number(), offer.terms(), 0);
          SqlWants.setState(transaction, offerId, "accepted");
          return Deals.Outcome.of(
              deals.begin(
                  transaction,
                  beginning,
                  OptionalLong.empty(),
                  Optional.of(offerId),
                  "agreed",
                  List.of(offer.link(), accepted)),
              true);
        });
  }

  private static SealedOffer standing(Transaction reader, Want want, String offerId, long now)
      throws SQLException {
    SealedOffer offer =
        SqlWants.offer(reader, offerId)
            .filter(one -> one.request() == want.number() && one.state().equals("listed"))
            .orElseThrow(Wants::unknownOffer);
    if (now >= want.deadlineMs() + OFFER_STANDS_MS) {
      throw Wants.closed("expired");
    }
    return offer;
  }

  private ObjectNode acceptance(Caller.OfAgent caller, String id, SealedOffer offer) {
    ObjectNode move =
        Move.ACCEPT.json(parts.hubUrl().get(), id, 1, offer.link().hash(), caller.id());
    move.put("to", parts.agents().idOf(offer.seller()));
    return move;
  }
}
