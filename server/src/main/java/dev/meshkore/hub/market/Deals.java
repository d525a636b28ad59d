package dev.meshkore.hub.market;

import dev.meshkore.hub.audit.Leaf;
import dev.meshkore.hub.deeds.Canonical;
import dev.meshkore.hub.deeds.Link;
import dev.meshkore.hub.deeds.Signatures;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Rfc3339;
import dev.meshkore.hub.outbox.Outbox;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/// What all ways to an agreement do alike: store moves, take what is bought, tell the other side.
final class Deals {
  private static final Pattern ID = Pattern.compile("neg_[A-Za-z0-9_-]{16,64}");
  private static final long OPEN_MAX = 200;
  private static final long LIFE_MS = 30 * 86_400_000L;
  private static final long DELIVERY_MS = 7 * 86_400_000L;

  /// What became of a call.
  ///
  /// @param isNew false where it had been made before
  /// @param prepared what is to be signed, where the call asked for no more
  record Outcome(Optional<Negotiation> negotiation, boolean isNew, Optional<ObjectNode> prepared) {
    static Outcome of(Negotiation negotiation, boolean isNew) {
      return new Outcome(Optional.of(negotiation), isNew, Optional.empty());
    }

    static Outcome prepared(ObjectNode move) {
      return new Outcome(Optional.empty(), false, Optional.of(Signatures.prepared(move)));
    }
  }

  private final MarketParts parts;
  private final Outbox outbox;

  Deals(MarketParts parts, Outbox outbox) {
    this.parts = parts;
    this.outbox = outbox;
  }

  /// The id that a caller gives a negotiation, or a new one.
  String id(Optional<String> given) {
    given.ifPresent(text -> {
      if (!ID.matcher(text).matches()) {
        throw Refused.field(
            "negotiation_id", "negotiation_id must be neg_ and 16 to 64 of A-Z a-z 0-9 _ -");
      }
    });
    return given.orElseGet(() -> Ids.make("neg_", parts.random()));
  }

  /// The negotiation of this id, where the caller began it by exactly this.
  Optional<Negotiation> repeated(Transaction transaction, String id, long opener, String head)
      throws SQLException {
    Optional<Negotiation> known = SqlNegotiations.find(transaction, id);
    if (known.isEmpty()) {
      return known;
    }
    List<Link> chain = SqlNegotiations.chain(transaction, known.get().number());
    boolean isSame =
        known.get().opener() == opener
            && chain.stream().limit(2).anyMatch(link -> link.hash().equals(head));
    if (!isSame) {
      throw Refused.field("negotiation_id", "This negotiation_id was used before");
    }
    return known;
  }

  /// Stores a negotiation with its first moves.
  ///
  /// @param service what it is about, or empty
  /// @param state `open`, or `agreed` where the last move accepts
  Negotiation begin(
      Transaction transaction,
      Beginning beginning,
      OptionalLong service,
      Optional<String> offerId,
      String state,
      List<Link> links)
      throws SQLException {
    long now = links.getLast().atMs();
    boolean isAgreed = state.equals("agreed");
    if (!isAgreed && SqlNegotiations.openCount(transaction, beginning.opener()) >= OPEN_MAX) {
      throw Refused.later(
          ProblemType.TOO_MANY_OPEN, "You have begun " + OPEN_MAX + " negotiations", 60);
    }
    long taken =
        isAgreed && service.isPresent()
            ? take(transaction, service.getAsLong(), beginning.terms().quantity(), now)
            : 0;
    long endsAt = now + LIFE_MS;
    long expiresAt =
        isAgreed
            ? deliverBy(beginning.terms(), now)
            : Math.min(endsAt, now + beginning.validForMs());
    var negotiation =
        new Negotiation(
            0,
            beginning.id(),
            beginning.buyer(),
            beginning.seller(),
            beginning.opener(),
            service,
            offerId,
            state,
            isAgreed ? 0 : beginning.other(),
            links.getLast().hash(),
            links.size(),
            now,
            endsAt,
            expiresAt,
            taken,
            isAgreed ? now : 0,
            0,
            parts.areKin(transaction, beginning.buyer(), beginning.seller()));
    if (!SqlNegotiations.insert(transaction, negotiation)) {
      throw Transaction.raceLost();
    }
    Negotiation stored = SqlNegotiations.find(transaction, beginning.id()).orElseThrow();
    for (int i = 0; i < links.size(); i++) {
      boolean isOfOther = i < links.size() - 1;
      long sender = isOfOther ? beginning.other() : beginning.opener();
      SqlNegotiations.insertMove(transaction, stored.number(), i, sender, links.get(i), 0);
    }
    made(transaction, stored, beginning.opener(), links.getLast());
    return stored;
  }

  /// How a negotiation begins.
  ///
  /// @param opener who begins it
  /// @param terms what is put, or agreed to
  record Beginning(
      String id, long buyer, long seller, long opener, OfferTerms terms, long validForMs) {
    long other() {
      return opener == buyer ? seller : buyer;
    }
  }

  /// Until when what was agreed to now must be delivered.
  static long deliverBy(OfferTerms terms, long now) {
    return now + (terms.deliverWithin() == 0 ? DELIVERY_MS : terms.deliverWithin() * 1_000);
  }

  /// Takes what an agreement needs of a service; nothing where that has no end.
  ///
  /// @throws Refused when the service cannot be had
  long take(Transaction transaction, long number, long quantity, long now) throws SQLException {
    Listing service = SqlServices.get(transaction, number).orElseThrow();
    long wanted =
        switch (service.terms().kind()) {
          case CATALOG -> 0;
          case SPOT -> quantity;
          case LIVE -> 1;
        };
    boolean isHad =
        wanted == 0
            ? service.isListed() && !service.hasExpired(now)
            : SqlServices.take(transaction, number, wanted, now);
    if (isHad) {
      return wanted;
    }
    String obstacle = SqlServices.get(transaction, number).orElseThrow().obstacle(now, true);
    throw Services.unavailable(obstacle.isEmpty() ? "sold-out" : obstacle);
  }

  /// Takes down a move that was stored, and has the other side told.
  void made(Transaction transaction, Negotiation negotiation, long sender, Link link)
      throws SQLException {
    String from = parts.agents().idOf(sender);
    parts
        .audit()
        .record(
            transaction,
            Leaf.of("negotiation." + link.move().path("kind").asString(""), from, negotiation.id())
                .with("sequence", negotiation.moves() - 1)
                .with("state", negotiation.state())
                .about(Canonical.bytes(link.json())));
    ObjectNode notice = notice("negotiation-move", negotiation);
    notice.put("kind", link.move().path("kind").asString(""));
    notice.put("from", from);
    notice.put("head", negotiation.head());
    notice.put("expires_at", Rfc3339.text(negotiation.expiresAtMs()));
    outbox.tell(transaction, negotiation.other(sender), notice);
  }

  /// What agents are told. No word of the other side is in it: they read that where it is marked as
  /// such.
  static ObjectNode notice(String what, Negotiation negotiation) {
    ObjectNode notice = Json.object();
    notice.put("notice", what);
    notice.put("negotiation_id", negotiation.id());
    notice.put("state", negotiation.state());
    notice.put("what_to_do", "GET /negotiations/" + negotiation.id());
    return notice;
  }

  static Refused outOfTurn(Negotiation negotiation, String detail) {
    return new Refused(
        ProblemType.OUT_OF_TURN,
        detail,
        Map.of("state", negotiation.state(), "head", negotiation.head()));
  }

  static Refused ended(String state) {
    return new Refused(ProblemType.NEGOTIATION_ENDED, "It is " + state, Map.of("state", state));
  }

  static Refused unknown() {
    return new Refused(ProblemType.UNKNOWN_NEGOTIATION, "There is no such negotiation of yours");
  }
}
