package dev.meshkore.hub.market;

import dev.meshkore.hub.audit.Leaf;
import dev.meshkore.hub.deeds.Canonical;
import dev.meshkore.hub.deeds.Link;
import dev.meshkore.hub.deeds.Signatures;
import dev.meshkore.hub.guard.Approach;
import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.outbox.Outbox;
import dev.meshkore.hub.owner.TrustLevel;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Transaction;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Requests for offers. Offers are sealed: until the deadline their sellers read their own and
/// nobody any other, and nothing tells who made one. Then all are opened together, whoever looks
/// first. Thread-safe.
final class Wants {
  private static final long OPEN_MAX = 50;
  private static final long OFFERS_MAX = 1_000;
  private static final long OFFERS_OF_STRANGERS_MAX = 500;
  private static final long OFFERS_OF_OWNER_MAX = 5;
  private static final long DEADLINE = 3_600;
  private static final long DEADLINE_MAX = 30 * 86_400L;
  private static final int DUE_AT_ONCE = 100;

  /// An offer that was put in, or what is to be signed for it.
  record Put(Optional<SealedOffer> offer, boolean isNew, Optional<ObjectNode> prepared) {}

  private final MarketParts parts;
  private final Approach approach;
  private final Signatures signatures;
  private final Outbox outbox;

  Wants(MarketParts parts, Approach approach, Signatures signatures, Outbox outbox) {
    this.parts = parts;
    this.approach = approach;
    this.signatures = signatures;
    this.outbox = outbox;
  }

  /// Publishes a request.
  Want publish(Approach.Call call, Fields fields) {
    WantTerms terms = WantTerms.read(fields);
    long seconds = fields.number("deadline_in", DEADLINE, 1, DEADLINE_MAX);
    fields.end();
    Scanned.check(terms);
    long now = parts.time().millis();
    String id = Ids.make("req_", parts.random());
    Caller.OfAgent caller = call.caller();
    return approach.write(
        call,
        transaction -> {
          long change = SqlServices.nextChange(transaction);
          if (SqlWants.openCount(transaction, caller.number(), now) >= OPEN_MAX) {
            throw Refused.later(
                ProblemType.TOO_MANY_OPEN, "You have " + OPEN_MAX + " open requests", 60);
          }
          var want =
              new Want(0, id, caller.number(), "open", terms, now + seconds * 1_000, change, now);
          SqlWants.insert(transaction, want);
          parts
              .audit()
              .record(
                  transaction,
                  Leaf.of("request.published", caller.id(), id)
                      .about(terms.document().getBytes(StandardCharsets.UTF_8)));
          return SqlWants.find(transaction, id).orElseThrow();
        });
  }

  /// The request of an id.
  Want find(String id) {
    return parts.database().read(reader -> SqlWants.find(reader, id)).orElseThrow(Wants::unknown);
  }

  /// Withdraws the caller's own request; what was offered is discarded unread.
  void withdraw(Caller.OfAgent caller, String id) {
    long now = parts.time().millis();
    parts
        .database()
        .write(transaction -> {
          Want want = SqlWants.find(transaction, id).orElseThrow(Wants::unknown);
          if (want.buyer() != caller.number()) {
            throw new Refused(ProblemType.NOT_ALLOWED, "The request is another agent's");
          }
          if (want.isDue(now) || !SqlWants.end(transaction, want.number(), "withdrawn")) {
            if (want.state(now).equals("withdrawn")) {
              return want;
            }
            throw closed("opened");
          }
          for (SealedOffer offer : SqlWants.offers(transaction, want.number(), "sealed")) {
            SqlWants.clear(transaction, offer.id(), "discarded");
            outbox.tell(transaction, offer.seller(), notice("request-withdrawn", want, offer.id()));
          }
          parts.audit().record(transaction, Leaf.of("request.withdrawn", caller.id(), want.id()));
          return want;
        });
  }

  /// Seals an offer, in the place of the one that the caller may have made before.
  Put offer(Approach.Call call, String requestId, Fields fields) {
    OfferTerms terms = OfferTerms.read(fields.object("terms"));
    boolean isPrepared = fields.flag("prepare", false);
    Optional<byte[]> signature = Signatures.read(fields);
    fields.end();
    Scanned.check(terms);
    Caller.OfAgent caller = call.caller();
    ObjectNode move = Json.object();
    move.put("v", 1);
    move.put("type", Move.OFFER);
    move.put("hub", parts.hubUrl().get());
    move.put("request_id", requestId);
    move.put("from", caller.id());
    move.set("terms", terms.json());
    if (isPrepared) {
      find(requestId);
      return new Put(Optional.empty(), false, Optional.of(Signatures.prepared(move)));
    }
    long now = parts.time().millis();
    String id = Ids.make("off_", parts.random());
    return approach.write(
        call,
        transaction -> {
          Want want = SqlWants.find(transaction, requestId).orElseThrow(Wants::unknown);
          if (want.buyer() == caller.number()) {
            throw Refused.field("request_id", "The request is your own");
          }
          if (!parts.trust().levelOf(caller.number()).isAtLeast(want.terms().trust())) {
            throw new Refused(
                ProblemType.NOT_ALLOWED,
                "The buyer takes offers of agents that are " + want.terms().trust().word());
          }
          approach.check(transaction, call, want.buyer(), true, false);
          if (!SqlWants.lockOpen(transaction, want.number(), 0, now)) {
            throw closed(want.state(now));
          }
          Optional<SealedOffer> before =
              SqlWants.offerOf(transaction, want.number(), caller.number());
          boolean isNew = before.isEmpty() || !before.get().state().equals("sealed");
          if (isNew) {
            checkShare(transaction, want, caller.number());
            SqlWants.lockOpen(transaction, want.number(), 1, now);
          }
          var link =
              new Link(move, signatures.prove(transaction, caller, move, signature, true), now);
          var offer =
              new SealedOffer(
                  before.map(SealedOffer::id).orElse(id),
                  want.number(),
                  caller.number(),
                  "sealed",
                  link,
                  0,
                  "",
                  now);
          SqlWants.put(transaction, offer);
          parts.audit().record(transaction, sealed("offer.sealed", want, link));
          return new Put(Optional.of(offer), isNew, Optional.empty());
        });
  }

  /// Leaves room for others: of one owner's agents few offer, and of agents that nobody knows half
  /// as many as of all.
  private void checkShare(Transaction transaction, Want want, long seller) throws SQLException {
    Optional<String> owner = parts.persons().ownerOf(transaction, seller);
    List<Long> sellers = SqlWants.sellers(transaction, want.number());
    if (owner.isPresent()) {
      long same =
          sellers.stream().filter(one -> parts.persons().lastOwnerOf(one).equals(owner)).count();
      if (same >= OFFERS_OF_OWNER_MAX) {
        throw full("Your owner's agents have made " + OFFERS_OF_OWNER_MAX + " offers to it");
      }
    }
    boolean isKnown = parts.trust().levelOf(seller) != TrustLevel.NEW;
    long room = isKnown ? OFFERS_MAX : OFFERS_OF_STRANGERS_MAX;
    if (sellers.size() >= room) {
      long counted =
          isKnown
              ? sellers.size()
              : sellers.stream()
                  .filter(one -> parts.trust().levelOf(one) == TrustLevel.NEW)
                  .count();
      if (counted >= room || sellers.size() >= OFFERS_MAX) {
        throw full("The request has as many offers as it may");
      }
    }
  }

  private static Refused full(String detail) {
    return Refused.later(ProblemType.TOO_MANY_OPEN, detail, 60);
  }

  /// The log is for everybody, so until the deadline it says of no offer whose it is.
  private static Leaf sealed(String kind, Want want, Link link) {
    return Leaf.of(kind, "hub", want.id()).about(Canonical.bytes(link.json()));
  }

  /// The caller's own offer.
  SealedOffer own(Caller.OfAgent caller, String requestId) {
    Want want = find(requestId);
    return parts
        .database()
        .read(reader -> SqlWants.offerOf(reader, want.number(), caller.number()))
        .orElseThrow(Wants::unknownOffer);
  }

  /// Takes the caller's own offer back, before the deadline.
  void takeBack(Caller.OfAgent caller, String requestId) {
    long now = parts.time().millis();
    parts
        .database()
        .write(transaction -> {
          Want want = SqlWants.find(transaction, requestId).orElseThrow(Wants::unknown);
          boolean isOpen = SqlWants.lockOpen(transaction, want.number(), 0, now);
          SealedOffer offer =
              SqlWants.offerOf(transaction, want.number(), caller.number())
                  .orElseThrow(Wants::unknownOffer);
          if (offer.state().equals("withdrawn")) {
            return offer;
          }
          if (!isOpen) {
            throw closed(want.state(now));
          }
          SqlWants.lockOpen(transaction, want.number(), -1, now);
          SqlWants.clear(transaction, offer.id(), "withdrawn");
          parts.audit().record(transaction, sealed("offer.withdrawn", want, offer.link()));
          return offer;
        });
  }

  /// The short list of the caller's own request; empty before the deadline, to the millisecond.
  Optional<List<SealedOffer>> shortlist(Caller.OfAgent caller, String requestId) {
    Want want = find(requestId);
    if (want.buyer() != caller.number()) {
      throw new Refused(ProblemType.NOT_ALLOWED, "The request is another agent's");
    }
    long now = parts.time().millis();
    if (want.isDue(now)) {
      open(want);
    }
    return want.state(now).equals("opened")
        ? Optional.of(parts.database().read(reader -> SqlWants.listed(reader, want.number())))
        : Optional.empty();
  }

  /// How many offers a request that was opened had.
  long count(Want want) {
    return parts.database().read(reader -> SqlWants.offerCount(reader, want.number()));
  }

  /// Opens what is due by the clock.
  void tick() {
    long now = parts.time().millis();
    List<Want> due;
    do {
      due = parts.database().read(reader -> SqlWants.due(reader, now, DUE_AT_ONCE));
      due.forEach(want -> open(want));
    } while (due.size() == DUE_AT_ONCE);
  }

  /// Opens all offers of a request at once. Of many that try, one does.
  private void open(Want want) {
    // Scanned before other writes wait for it: within the transaction the verdicts are known.
    parts
        .database()
        .read(reader -> SqlWants.offers(reader, want.number(), "sealed"))
        .forEach(offer -> Scanned.marks(offer.terms()));
    parts
        .database()
        .write(transaction -> {
          if (!SqlWants.end(transaction, want.number(), "opened")) {
            return false;
          }
          List<SealedOffer> offers = SqlWants.offers(transaction, want.number(), "sealed");
          List<Shortlist.Ranked> ranked =
              new Shortlist(want.terms(), candidates(transaction, want, offers)).ranked(want.id());
          long place = 1;
          for (Shortlist.Ranked one : ranked) {
            place(transaction, want, one, place++);
          }
          ObjectNode notice =
              Json.object()
                  .put("notice", "offers-opened")
                  .put("request_id", want.id())
                  .put("offers", offers.size())
                  .put("listed", Math.min(offers.size(), want.terms().shortlist()))
                  .put("what_to_do", "GET /requests/" + want.id() + "/offers");
          outbox.tell(transaction, want.buyer(), notice);
          parts
              .audit()
              .record(
                  transaction,
                  Leaf.of("request.opened", "hub", want.id()).with("offers", offers.size()));
          return true;
        });
  }

  private List<Shortlist.Candidate> candidates(
      Transaction transaction, Want want, List<SealedOffer> offers) throws SQLException {
    var candidates = new ArrayList<Shortlist.Candidate>();
    for (SealedOffer offer : offers) {
      candidates.add(
          new Shortlist.Candidate(
              offer,
              parts.trust().levelOf(offer.seller()),
              parts.areKin(transaction, want.buyer(), offer.seller())));
    }
    return candidates;
  }

  private void place(Transaction transaction, Want want, Shortlist.Ranked one, long place)
      throws SQLException {
    SealedOffer offer = one.candidate().offer();
    long listed = place <= want.terms().shortlist() ? place : 0;
    String ranking = new String(Json.bytes(one.ranking()), StandardCharsets.UTF_8);
    SqlWants.setRank(transaction, offer.id(), listed, ranking);
    ObjectNode notice = notice("offer-opened", want, offer.id()).put("listed", listed > 0);
    outbox.tell(transaction, offer.seller(), notice);
    parts
        .audit()
        .record(
            transaction,
            Leaf.of("offer.opened", parts.agents().idOf(offer.seller()), offer.id())
                .with("request", want.id())
                .with("place", listed)
                .about(Canonical.bytes(offer.link().json())));
  }

  private static ObjectNode notice(String what, Want want, String offer) {
    return Json.object().put("notice", what).put("request_id", want.id()).put("offer_id", offer);
  }

  static Refused unknown() {
    return new Refused(ProblemType.UNKNOWN_REQUEST, "There is no request of this id");
  }

  static Refused unknownOffer() {
    return new Refused(ProblemType.UNKNOWN_OFFER, "There is no such offer for you");
  }

  static Refused closed(String state) {
    return new Refused(
        ProblemType.REQUEST_CLOSED,
        state.equals("withdrawn") ? "Its buyer has withdrawn it" : "Its deadline has passed",
        Map.of("state", state));
  }
}
