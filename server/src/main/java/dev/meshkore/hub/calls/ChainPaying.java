package dev.meshkore.hub.calls;

import dev.meshkore.hub.audit.Leaf;
import dev.meshkore.hub.guard.SendRule;
import dev.meshkore.hub.http.Rfc3339;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.Transaction;
import dev.meshkore.hub.x402.ChainRail.Promise;
import dev.meshkore.hub.x402.SignedPayment;
import dev.meshkore.hub.x402.Verification;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Calls that a chain pays, from the buyer's address to the seller's. The hub holds nothing: it
/// looks at what was signed when a call is made, and hands it in when the seller has answered, so
/// there is a time in which a buyer can take its money elsewhere. What bounds that: a payer
/// promises no more than it has, and whoever did not keep a promise is refused for a while.
/// Thread-safe.
final class ChainPaying implements Paying {
  /// For so long nothing is taken of a payer that did not keep what it had promised.
  static final Duration REFUSED = Duration.ofHours(1);

  /// For so long the answer of an unpaid call is kept for a payment of its payer.
  static final Duration KEPT = Duration.ofDays(1);

  /// So much time there is for a payment to reach a block after the last moment for an answer.
  private static final long HAND_IN_SECONDS = 120;

  /// So many calls of a payer wait for their answers at once.
  private static final int PROMISED_MAX = 32;

  /// So many calls of a seller wait that were made by those who are no agents of the hub.
  private static final int STRANGERS_MAX = 200;

  private static final int LOOKS_MAX = 3;
  private static final long ON_ITS_WAY_SECONDS = 30;

  private final CallParts parts;
  private final Turns turns = new Turns();

  ChainPaying(CallParts parts) {
    this.parts = parts;
  }

  /// What became of a call that was to be made or paid.
  sealed interface Made {
    /// It is stored, and waits for its answer or its payment.
    record Stored(PaidCall call) implements Made {}

    /// The payment is none that moves the money now.
    ///
    /// @param reason a word of x402
    record Bad(String reason) implements Made {}
  }

  /// The call that a payment was taken for; empty where it is new.
  ///
  /// @throws Refused when it was taken for something else, or is not all the same
  Optional<PaidCall> paidBy(SignedPayment payment, String service, Input input) {
    var words = payment.authorization();
    return parts
        .database()
        .read(reader -> {
          Optional<ChainPayment> known = SqlChainPayments.find(reader, words.from(), words.nonce());
          if (known.isEmpty()) {
            return Optional.empty();
          }
          // The signature is public once it is on the chain; what was said beside it need not be.
          boolean isSame =
              known.get().signed().equals(ChainPayment.text(payment))
                  && known.get().about().equals(service + Calls.detail(input));
          if (!isSame) {
            throw Calls.taken();
          }
          return SqlCalls.get(reader, known.get().call());
        });
  }

  /// The call of a payer for the same whose answer is kept: it is unpaid, or a payment for it is on
  /// the way that is not its first, or had something in its way. The payment must be signed.
  Optional<PaidCall> kept(SignedPayment payment, String service, Input input) {
    long since = parts.time().millis() - KEPT.toMillis();
    String about = service + Calls.detail(input);
    return parts
        .database()
        .read(reader -> {
          Optional<ChainPayment> kept =
              SqlChainPayments.kept(reader, payment.authorization().from(), about, since);
          return kept.isPresent() ? SqlCalls.get(reader, kept.get().call()) : Optional.empty();
        });
  }

  /// What is said to a payment for what another one may still pay. It tells nothing of the call,
  /// since the answer is for whoever has paid it.
  static Refused onItsWay() {
    return Refused.later(
        ProblemType.TOO_MANY_OPEN,
        "Another payment of this address for the same input may still pay its call; this one was"
            + " not used. Send the first one again, which has the answer, or come again later",
        ON_ITS_WAY_SECONDS);
  }

  /// The newest payment of a call.
  ChainPayment payment(PaidCall call) {
    return parts.database().read(reader -> SqlChainPayments.ofCall(reader, call.number()));
  }

  /// Makes a call whose payment is promised.
  Made make(ChainWish wish, long version) {
    long end = parts.time().instant().getEpochSecond() + Calls.ANSWER.toSeconds() + HAND_IN_SECONDS;
    return promised(
        wish,
        end,
        true,
        (transaction, caller) -> {
          PaidCall call = inserted(transaction, wish, version, caller);
          SqlChainPayments.insert(
              transaction,
              wish.stored(call.number(), ChainPayment.State.PROMISED),
              wish.payment().identifier().orElse(null));
          record(transaction, "call.promised", call, wish.stored(0, ChainPayment.State.PROMISED));
          var _ =
              parts
                  .outbox()
                  .put(
                      transaction,
                      call.seller(),
                      CallJson.notice(call, wish.price(), parts.agents())
                          .put("payer", wish.payer().text())
                          .put("pay_to", wish.payTo().text()));
          return call;
        });
  }

  /// Pays an unpaid call by another payment; its seller is not asked again.
  Made payAgain(ChainWish wish, PaidCall unpaid) {
    return promised(
        wish,
        0,
        false,
        (transaction, _) -> {
          if (!SqlCalls.become(
              transaction, unpaid.number(), PaidCall.State.UNPAID, PaidCall.State.SETTLING, "")) {
            throw onItsWay();
          }
          ChainPayment next = wish.stored(unpaid.number(), ChainPayment.State.SETTLING);
          SqlChainPayments.insert(transaction, next, wish.payment().identifier().orElse(null));
          record(transaction, "call.paying", unpaid, next);
          return SqlCalls.get(transaction, unpaid.number()).orElseThrow();
        });
  }

  /// What is stored where a payment is good.
  private interface Storing {
    PaidCall store(Transaction transaction, Optional<Caller.OfAgent> caller) throws SQLException;
  }

  private Made promised(ChainWish wish, long until, boolean isNew, Storing storing) {
    Optional<String> mistake =
        wish.mistake().or(() -> wish.rail().mistake(wish.payment(), wish.quote()));
    // What others say in a payer's name takes up none of its turns, and learns nothing of it.
    return mistake.isPresent()
        ? new Made.Bad(mistake.get())
        : turns.take(wish.payer(), () -> inTurn(wish, until, isNew, storing));
  }

  private Made inTurn(ChainWish wish, long until, boolean isNew, Storing storing) {
    Optional<Caller.OfAgent> caller = parts.payers().of(wish.payment(), wish.rail().domain());
    if (caller.filter(agent -> agent.number() == wish.payee()).isPresent()) {
      return new Made.Bad("invalid_payment_requirements");
    }
    for (int i = 0; i < LOOKS_MAX; i++) {
      List<Promise> promised =
          parts.database().read(reader -> SqlChainPayments.promised(reader, wish));
      if (isNew) {
        refuse(
            parts.database().read(reader -> SqlChainPayments.refusedUntil(reader, wish.payer())));
      }
      if (wish.rail().look(wish.payment(), wish.quote(), promised, until)
          instanceof Verification.Invalid invalid) {
        return new Made.Bad(invalid.reason());
      }
      Optional<PaidCall> stored =
          write(
              wish,
              caller,
              transaction -> stored(transaction, wish, caller, isNew, promised, storing));
      if (stored.isPresent()) {
        return new Made.Stored(stored.get());
      }
    }
    throw Refused.later(ProblemType.TOO_MANY_OPEN, "The payer makes too many calls at once", 5);
  }

  /// Empty where the payer has promised more since it was looked at.
  private Optional<PaidCall> stored(
      Transaction transaction,
      ChainWish wish,
      Optional<Caller.OfAgent> caller,
      boolean isNew,
      List<Promise> seen,
      Storing storing)
      throws SQLException {
    long refusedUntil = SqlChainPayments.locked(transaction, wish.payer());
    var words = wish.payment().authorization();
    Optional<ChainPayment> known = SqlChainPayments.find(transaction, words.from(), words.nonce());
    if (known.isPresent()) {
      // The same came at once, twice.
      return SqlCalls.get(transaction, known.get().call())
          .filter(_ -> known.get().signed().equals(ChainPayment.text(wish.payment())))
          .filter(_ -> known.get().about().equals(wish.about()))
          .or(() -> {
            throw Calls.taken();
          });
    }
    if (!seen.containsAll(SqlChainPayments.promised(transaction, wish))) {
      return Optional.empty();
    }
    if (isNew) {
      refuse(refusedUntil);
      bound(transaction, wish, caller);
    }
    PaidCall call = storing.store(transaction, caller);
    Optional<String> identifier = wish.payment().identifier();
    if (identifier.isPresent()
        && SqlChainPayments.isTaken(transaction, wish.payer(), identifier.get(), call.number())) {
      throw new Refused(
          ProblemType.ID_TAKEN, "The payment-identifier was given to another payment");
    }
    spend(transaction, wish, caller);
    return Optional.of(call);
  }

  private void refuse(long untilMs) {
    long left = untilMs - parts.time().millis();
    if (left > 0) {
      throw new Refused(
          ProblemType.CIRCUIT_OPEN,
          "A payment of this address was not kept after a seller had answered; calls that it pays"
              + " are taken again at "
              + Rfc3339.text(untilMs)
              + ", or when it has paid that call",
          Map.of(
              "scope",
              "payer",
              "reason",
              "unpaid-call",
              "retry_after",
              Math.max(1, Math.ceilDiv(left, 1_000))));
    }
  }

  private static void bound(
      Transaction transaction, ChainWish wish, Optional<Caller.OfAgent> caller)
      throws SQLException {
    boolean isCrowded =
        caller.isEmpty() && SqlChainPayments.strangers(transaction, wish.payee()) >= STRANGERS_MAX;
    if (SqlChainPayments.waiting(transaction, wish.payer()) >= PROMISED_MAX || isCrowded) {
      throw Refused.later(
          ProblemType.TOO_MANY_OPEN,
          isCrowded
              ? STRANGERS_MAX + " calls of strangers wait for the seller"
              : PROMISED_MAX + " calls of the payer wait for their answers",
          30);
    }
  }

  /// Agents keep all rules of a payment; of anybody else nothing is known but its address.
  private Optional<PaidCall> write(
      ChainWish wish, Optional<Caller.OfAgent> caller, Database.Work<Optional<PaidCall>> work) {
    return caller.isPresent()
        ? parts.asked().write(wish.reservation(), wish.by(caller.get()), work, Optional::isPresent)
        : parts
            .database()
            .write(transaction -> {
              parts.strangers().admit(transaction, wish.payee());
              return work.run(transaction);
            });
  }

  private void spend(Transaction transaction, ChainWish wish, Optional<Caller.OfAgent> caller)
      throws SQLException {
    if (caller.isEmpty()) {
      return;
    }
    long buyer = caller.get().number();
    parts
        .approach()
        .pay(
            transaction,
            wish.by(caller.get()),
            new SendRule.Spending(
                buyer,
                wish.payee(),
                parts.agents().idOf(wish.payee()),
                wish.price().asset().code(),
                wish.price().atoms(),
                wish.service(),
                wish.reservation(),
                SendRule.Spending.UNTIL_ENDED,
                reader -> !SqlCalls.hasAnswered(reader, wish.payee(), buyer),
                new SendRule.Spending.Way(wish.category(), wish.rail().network(), false)));
  }

  private PaidCall inserted(
      Transaction transaction, ChainWish wish, long version, Optional<Caller.OfAgent> caller)
      throws SQLException {
    long now = parts.time().millis();
    String id = Calls.newId(parts);
    SqlCalls.insert(
        transaction,
        new PaidCall(
            0,
            id,
            wish.service(),
            version,
            caller.map(Caller.OfAgent::number).orElse(PaidCall.STRANGER),
            wish.payee(),
            new PaidCall.Way.OnChain(),
            new String(wish.input().json(), StandardCharsets.UTF_8),
            Optional.empty(),
            PaidCall.State.WAITING,
            "",
            0,
            0,
            now + Calls.ANSWER.toMillis(),
            now));
    PaidCall call = SqlCalls.find(transaction, id).orElseThrow();
    parts.market().called(transaction, call.seen());
    return call;
  }

  @Override
  public void answer(Transaction transaction, Caller.OfAgent seller, PaidCall call, String output)
      throws SQLException {
    long now = parts.time().millis();
    if (!SqlCalls.settle(transaction, call.number(), output, now)) {
      throw Calls.ended();
    }
    SqlChainPayments.settle(transaction, call.number(), now);
    parts.market().answered(transaction, call.number());
    record(transaction, "call.settling", call, SqlChainPayments.ofCall(transaction, call.number()));
  }

  @Override
  public void decline(Transaction transaction, Caller.OfAgent seller, PaidCall call, String reason)
      throws SQLException {
    drop(transaction, call, PaidCall.State.DECLINED, reason);
    parts.market().declined(transaction, call.number());
  }

  /// Ends a call that nobody has answered in time.
  void expire(Transaction transaction, PaidCall call) throws SQLException {
    drop(transaction, call, PaidCall.State.EXPIRED, "");
  }

  private void drop(Transaction transaction, PaidCall call, PaidCall.State end, String reason)
      throws SQLException {
    if (!SqlCalls.become(transaction, call.number(), PaidCall.State.WAITING, end, reason)) {
      throw Calls.ended();
    }
    ChainPayment payment = SqlChainPayments.ofCall(transaction, call.number());
    SqlChainPayments.drop(transaction, call.number());
    var _ = parts.budgets().release(transaction, payment.reservation());
    record(transaction, "call." + end.word(), call, payment);
  }

  @Override
  public boolean isOver(Transaction reader, PaidCall call) {
    return call.expiresAtMs() <= parts.time().millis();
  }

  /// Takes down what was done about the payment of a call.
  void record(Transaction transaction, String kind, PaidCall call, ChainPayment payment)
      throws SQLException {
    parts
        .audit()
        .record(
            transaction,
            Leaf.of(kind, "hub", call.id())
                .with("payer", payment.payer().text())
                .with("nonce", payment.nonce())
                .with("payee", payment.payTo().text())
                .with("asset", payment.money().asset().code())
                .with("atoms", payment.money().atoms()));
  }
}
