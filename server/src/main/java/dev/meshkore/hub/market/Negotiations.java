package dev.meshkore.hub.market;

import dev.meshkore.hub.audit.Leaf;
import dev.meshkore.hub.deeds.Canonical;
import dev.meshkore.hub.deeds.Link;
import dev.meshkore.hub.deeds.Signatures;
import dev.meshkore.hub.guard.Approach;
import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.outbox.Outbox;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/// One state machine for all negotiations. Open, until a move is accepted or declined or stands no
/// longer; agreed, until the buyer says what became of it or its time and a day are over. Whoever
/// did not make the last move may counter or accept it, and both may end it at any time; each move
/// names the hash of the one before, so that none is made twice or out of turn. Thread-safe.
final class Negotiations {
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
  private static final long VALID_FOR = 3_600;
  private static final long VALID_FOR_MAX = 7 * 86_400L;
  private static final long MOVES_MAX = 100;
  private static final int DUE_AT_ONCE = 100;

  private final MarketParts parts;
  private final Approach approach;
  private final Signatures signatures;
  private final Deals deals;
  private final Wares wares;
  private final Outbox outbox;

  Negotiations(
      MarketParts parts,
      Approach approach,
      Signatures signatures,
      Deals deals,
      Wares wares,
      Outbox outbox) {
    this.parts = parts;
    this.approach = approach;
    this.signatures = signatures;
    this.deals = deals;
    this.wares = wares;
    this.outbox = outbox;
  }

  /// For how many seconds a move stands.
  static long validFor(Fields fields) {
    return fields.number("valid_for", VALID_FOR, 1, VALID_FOR_MAX);
  }

  /// A move as its caller asks for it.
  ///
  /// @param previous the hash of the one before
  private record Asked(
      Move kind,
      String previous,
      Optional<OfferTerms> terms,
      long validFor,
      boolean isPrepared,
      Optional<byte[]> signature) {
    static Asked read(Fields fields) {
      Move kind = Move.of(fields.text("kind"));
      String previous = fields.text("previous");
      if (!HASH.matcher(previous).matches()) {
        throw Refused.field("previous", "previous must be the head of the negotiation");
      }
      boolean isCounter = kind == Move.COUNTER;
      if (!isCounter && (fields.has("terms") || fields.has("valid_for"))) {
        throw Refused.field("terms", "Only a counter has terms and valid_for");
      }
      var asked =
          new Asked(
              kind,
              previous,
              isCounter ? Optional.of(OfferTerms.read(fields.object("terms"))) : Optional.empty(),
              isCounter ? Negotiations.validFor(fields) : 0,
              fields.flag("prepare", false),
              Signatures.read(fields));
      fields.end();
      asked.terms().ifPresent(Scanned::check);
      return asked;
    }
  }

  /// Makes a move.
  Deals.Outcome move(Approach.Call call, String id, Fields fields) {
    Asked asked = Asked.read(fields);
    Caller.OfAgent caller = call.caller();
    if (asked.isPrepared()) {
      Negotiation now = find(caller, id);
      return Deals.Outcome.prepared(move(caller, now, asked, now.moves()));
    }
    long now = parts.time().millis();
    return approach.write(
        call,
        transaction -> {
          Negotiation before =
              SqlNegotiations.find(transaction, id)
                  .filter(one -> one.isOf(caller.number()))
                  .orElseThrow(Deals::unknown);
          ObjectNode repeated = move(caller, before, asked, before.moves() - 1);
          if (Canonical.hash(repeated).equals(before.head())) {
            return Deals.Outcome.of(before, false);
          }
          checkTurn(caller, before, asked, now);
          return Deals.Outcome.of(made(transaction, call, before, asked, now), true);
        });
  }

  private ObjectNode move(
      Caller.OfAgent caller, Negotiation negotiation, Asked asked, long sequence) {
    ObjectNode move =
        asked
            .kind()
            .json(parts.hubUrl().get(), negotiation.id(), sequence, asked.previous(), caller.id());
    move.put("to", parts.agents().idOf(negotiation.other(caller.number())));
    asked
        .terms()
        .ifPresent(terms -> {
          move.set("terms", terms.json());
          move.put("valid_for", asked.validFor());
        });
    return move;
  }

  private static void checkTurn(
      Caller.OfAgent caller, Negotiation negotiation, Asked asked, long now) {
    String state = negotiation.state(now);
    if (!state.equals("open")) {
      throw Deals.ended(state);
    }
    if (!asked.previous().equals(negotiation.head())) {
      throw Deals.outOfTurn(negotiation, "Another move was made since");
    }
    if (asked.kind() != Move.DECLINE && negotiation.turn() != caller.number()) {
      throw Deals.outOfTurn(negotiation, "The last move is your own; the other side answers it");
    }
    if (asked.kind() == Move.COUNTER && negotiation.moves() >= MOVES_MAX) {
      throw Refused.field("kind", "After " + MOVES_MAX + " moves it is accepted or declined");
    }
  }

  private Negotiation made(
      Transaction transaction, Approach.Call call, Negotiation before, Asked asked, long now)
      throws SQLException {
    Caller.OfAgent caller = call.caller();
    long other = before.other(caller.number());
    boolean hasOtherMoved = other == before.opener() || before.moves() > 1;
    boolean isPlain = asked.kind() != Move.COUNTER;
    approach.check(transaction, call, other, hasOtherMoved, isPlain && hasOtherMoved);
    ObjectNode move = move(caller, before, asked, before.moves());
    var link =
        new Link(
            move,
            signatures.prove(
                transaction, caller, move, asked.signature(), asked.kind() != Move.DECLINE),
            now);
    Negotiation after = after(transaction, before, asked, link, now);
    if (!SqlNegotiations.advance(transaction, after, before.head(), now)) {
      throw Transaction.raceLost();
    }
    long waited = now - SqlNegotiations.lastAt(transaction, before.number());
    SqlNegotiations.insertMove(
        transaction, before.number(), before.moves(), caller.number(), link, Math.max(0, waited));
    deals.made(transaction, after, caller.number(), link);
    if (!after.state().equals("open")) {
      // How fast its seller answers was measured anew.
      parts.agents().touch(transaction, after.seller());
    }
    return after;
  }

  private Negotiation after(
      Transaction transaction, Negotiation before, Asked asked, Link link, long now)
      throws SQLException {
    return switch (asked.kind()) {
      case COUNTER, PROPOSE ->
          with(
              before,
              "open",
              before.other(before.turn()),
              link,
              Math.min(before.endsAtMs(), now + asked.validFor() * 1_000),
              0,
              0);
      case DECLINE -> with(before, "declined", 0, link, before.expiresAtMs(), 0, 0);
      case ACCEPT -> {
        Link last = SqlNegotiations.lastTerms(transaction, before.number()).orElseThrow();
        OfferTerms terms = OfferTerms.of(last.move().get("terms"));
        long taken =
            before.service().isPresent()
                ? deals.take(transaction, before.service().getAsLong(), terms.quantity(), now)
                : 0;
        yield with(before, "agreed", 0, link, Deals.deliverBy(terms, now), taken, now);
      }
    };
  }

  private static Negotiation with(
      Negotiation before,
      String state,
      long turn,
      Link link,
      long expiresAt,
      long taken,
      long agreedAt) {
    return new Negotiation(
        before.number(),
        before.id(),
        before.buyer(),
        before.seller(),
        before.opener(),
        before.service(),
        before.offerId(),
        state,
        turn,
        link.hash(),
        before.moves() + 1,
        before.madeAtMs(),
        before.endsAtMs(),
        expiresAt,
        taken,
        agreedAt,
        0,
        before.isOwn());
  }

  /// The negotiation of an id, if the caller is a part of it.
  Negotiation find(Caller.OfAgent caller, String id) {
    return parts
        .database()
        .read(reader -> SqlNegotiations.find(reader, id))
        .filter(one -> one.isOf(caller.number()))
        .orElseThrow(Deals::unknown);
  }

  /// All moves of one.
  List<Link> chain(Negotiation negotiation) {
    return parts.database().read(reader -> SqlNegotiations.chain(reader, negotiation.number()));
  }

  /// Says what became of an agreement: its buyer whether it was kept, its seller only that it was
  /// not.
  Negotiation close(Caller.OfAgent caller, String id, boolean isDelivered) {
    long now = parts.time().millis();
    String to = isDelivered ? "delivered" : "failed";
    Negotiation closed =
        parts
            .database()
            .write(transaction -> {
              Negotiation one =
                  SqlNegotiations.find(transaction, id)
                      .filter(found -> found.isOf(caller.number()))
                      .orElseThrow(Deals::unknown);
              if (isDelivered && one.buyer() != caller.number()) {
                throw Deals.outOfTurn(one, "Its buyer says whether it was delivered");
              }
              if (one.state().equals(to)) {
                return one;
              }
              String state = one.state(now);
              if (state.equals("open")) {
                throw Deals.outOfTurn(one, "Nothing was agreed to yet");
              }
              if (!state.equals("agreed")) {
                throw Deals.ended(state);
              }
              end(transaction, one, to, caller.id(), now);
              return SqlNegotiations.find(transaction, id).orElseThrow();
            });
    return closed;
  }

  /// The same by a job that was completed; nothing where the agreement is over.
  ///
  /// @param by who said so: the buyer, or whoever both let judge
  void delivered(Transaction transaction, String id, String by) throws SQLException {
    long now = parts.time().millis();
    Optional<Negotiation> agreed =
        SqlNegotiations.find(transaction, id).filter(one -> one.state(now).equals("agreed"));
    if (agreed.isPresent()) {
      var _ = end(transaction, agreed.get(), "delivered", by, now);
    }
  }

  /// False where another was first.
  private boolean end(Transaction transaction, Negotiation one, String to, String actor, long now)
      throws SQLException {
    if (!SqlNegotiations.end(transaction, one.number(), one.state(), to, now)) {
      return false;
    }
    if (one.taken() > 0 && one.service().isPresent()) {
      Listing service = SqlServices.get(transaction, one.service().getAsLong()).orElseThrow();
      if (to.equals("failed") || service.terms().kind() == ServiceTerms.Kind.LIVE) {
        SqlServices.giveBack(transaction, service.number(), one.taken());
      }
    }
    parts.audit().record(transaction, Leaf.of("negotiation." + to, actor, one.id()));
    Negotiation after = SqlNegotiations.find(transaction, one.id()).orElseThrow();
    if (to.equals("delivered")) {
      wares.delivered(transaction, one);
    }
    for (long party : new long[] {one.seller(), one.buyer()}) {
      if (!actor.equals(parts.agents().idOf(party))) {
        outbox.tell(transaction, party, Deals.notice("negotiation-" + to, after));
      }
    }
    return true;
  }

  /// Ends what is over by the clock.
  void tick() {
    long now = parts.time().millis();
    List<Negotiation> due;
    do {
      due = parts.database().read(reader -> SqlNegotiations.due(reader, now, DUE_AT_ONCE));
      for (Negotiation one : due) {
        String to = one.state().equals("open") ? "expired" : "lapsed";
        parts
            .database()
            .write(transaction -> {
              Negotiation fresh = SqlNegotiations.find(transaction, one.id()).orElseThrow();
              return fresh.state(now).equals(to)
                  && !fresh.state().equals(to)
                  && end(transaction, fresh, to, "hub", now);
            });
      }
    } while (due.size() == DUE_AT_ONCE);
  }
}
