package dev.meshkore.hub.calls;

import dev.meshkore.hub.guard.Approach;
import dev.meshkore.hub.guard.SendRule;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.ledger.Account;
import dev.meshkore.hub.ledger.Order;
import dev.meshkore.hub.ledger.Outcome;
import dev.meshkore.hub.ledger.Transfer;
import dev.meshkore.hub.market.PricedListing;
import dev.meshkore.hub.money.Money;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.Transaction;
import dev.meshkore.hub.x402.LedgerRail;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/// Calls of services: the price is held when one is made, paid with the answer, and comes back
/// where there is none. The call, its money and what the seller is told of it are one transaction.
/// Thread-safe.
final class Calls {
  /// A seller has so long to answer.
  static final Duration ANSWER = Duration.ofMinutes(10);

  private static final int HASH_DIGITS = 32;

  private final CallParts parts;
  private final HeldPaying held;
  private final ChainPaying onChain;
  private final ChainSettling settling;
  private final Waiting waiting;

  Calls(CallParts parts, ChainPaying onChain, ChainSettling settling, Waiting waiting) {
    this.parts = parts;
    this.held = new HeldPaying(parts);
    this.onChain = onChain;
    this.settling = settling;
    this.waiting = waiting;
  }

  /// The service of an id that can be called now.
  PricedListing service(String id) {
    return parts.market().priced(id).orElseThrow(() -> notNow(id));
  }

  private Refused notNow(String id) {
    return parts
        .market()
        .notNow(id, _ -> true)
        .orElseGet(() ->
            new Refused(
                ProblemType.UNKNOWN_SERVICE,
                "No service of this id can be called now: one that can has a price for each call in"
                    + " CREDIT, or in the token that the hub settles"));
  }

  /// The category of a service, whatever became of it since; "" where there is none.
  String category(String id) {
    return parts.market().category(id);
  }

  /// The call that a payment was taken for; whatever the service costs by now, or were it gone.
  ///
  /// @throws Refused when the payment was for something else
  PaidCall paidBy(Transfer transfer, String service, Input input) {
    return parts.database().read(reader -> same(reader, transfer, service, input));
  }

  /// The call of a wallet's id, the same way; empty where the id is new.
  Optional<PaidCall> paidBy(Caller.OfAgent buyer, String id, String service, Input input) {
    return parts
        .database()
        .read(reader -> {
          Optional<Transfer> before = parts.ledger().find(reader, transferId(buyer, id));
          return before.isEmpty()
              ? Optional.empty()
              : Optional.of(same(reader, before.get(), service, input));
        });
  }

  private static PaidCall same(Transaction reader, Transfer transfer, String service, Input input)
      throws SQLException {
    return SqlCalls.ofTransfer(reader, transfer.number())
        .filter(call -> transfer.about().equals(service + detail(input)))
        .orElseThrow(Calls::taken);
  }

  private static String transferId(Caller.OfAgent buyer, String id) {
    return buyer.number() + "/call/" + id;
  }

  /// A call that is paid by what its buyer has signed. The same once more is the same call.
  PaidCall bySignature(PricedListing service, LedgerRail.Charge charge, Input input) {
    byte[] words = input.with(charge.signed().authorization().nonce());
    var call = Approach.Call.signed(charge.payer(), CallRoutes.BY_SIGNATURE, input.target(), words);
    return made(
        service,
        call,
        input,
        work -> parts.asked().write(charge.id(), call, work, Made.Stored.class::isInstance),
        transaction ->
            parts
                .rail()
                .move(
                    transaction,
                    call,
                    charge,
                    new LedgerRail.Matter(Transfer.CALL, service.id(), detail(input), way(service)),
                    ANSWER.toSeconds()));
  }

  /// A call that an agent pays from its wallet, by an id of its own.
  PaidCall fromWallet(
      PricedListing service, Caller.OfAgent buyer, String id, Money most, Input input) {
    if (service.payTo().isPresent()) {
      throw Refused.field(
          "service_id",
          "Its calls are paid on "
              + service.price().asset().network()
              + " by a signature, not from a wallet: POST /services/"
              + service.id()
              + "/call");
    }
    if (service.price().atoms() > most.atoms()) {
      throw new Refused(
          ProblemType.SERVICE_UNAVAILABLE,
          "A call costs " + service.price() + ", more than your max",
          Map.of("reason", "changed"));
    }
    if (service.seller() == buyer.number()) {
      throw Refused.field("service_id", "The service is your own");
    }
    var call = new Approach.Call(buyer, CallRoutes.FROM_WALLET, "/calls", input.with(id));
    String sellerId = parts.agents().idOf(service.seller());
    var order =
        new Order(
            transferId(buyer, id),
            buyer.id(),
            sellerId,
            Account.Name.ofAgent(buyer.number()),
            Account.Name.ofAgent(service.seller()),
            service.price(),
            Transfer.CALL,
            service.id() + detail(input),
            ANSWER.toSeconds(),
            OptionalLong.empty());
    return made(
        service,
        call,
        input,
        work -> parts.approach().write(call, work),
        transaction -> {
          Outcome outcome = parts.ledger().move(transaction, List.of(order));
          if (outcome instanceof Outcome.Done done && done.isNew()) {
            Transfer held = done.transfers().getFirst();
            parts
                .approach()
                .pay(
                    transaction,
                    call,
                    new SendRule.Spending(
                        buyer.number(),
                        service.seller(),
                        sellerId,
                        order.amount().asset().code(),
                        order.amount().atoms(),
                        service.id(),
                        HeldPaying.reservation(held.number()),
                        held.expiresAtMs(),
                        reader -> !parts.ledger().hasPaidBefore(reader, held),
                        way(service)));
          }
          return outcome;
        });
  }

  static String detail(Input input) {
    return "#" + input.hash().substring(0, HASH_DIGITS);
  }

  /// Its seller alone says whether it has answered: that is no escrow.
  private static SendRule.Spending.Way way(PricedListing service) {
    return new SendRule.Spending.Way(service.category(), SendRule.Spending.Way.LEDGER, false);
  }

  private PaidCall made(
      PricedListing service,
      Approach.Call call,
      Input input,
      Function<Database.Work<Made>, Made> writing,
      Database.Work<Outcome> hold) {
    Made made =
        writing.apply(transaction -> {
          Outcome outcome = hold.run(transaction);
          return switch (outcome) {
            case Outcome.Done done -> {
              Transfer held = done.transfers().getFirst();
              yield new Made.Stored(
                  done.isNew()
                      ? stored(transaction, service, call.caller(), held, input)
                      : SqlCalls.ofTransfer(transaction, held.number()).orElseThrow(Calls::taken));
            }
            // It is stored, too: what failed stays failed.
            case Outcome.Failed failed -> new Made.Unpaid(failed);
            case Outcome.Taken _, Outcome.Ended _ -> throw taken();
          };
        });
    return switch (made) {
      case Made.Stored stored -> stored.call();
      case Made.Unpaid unpaid -> throw tooLittle(service, unpaid.failed());
    };
  }

  /// What became of a call that was to be made.
  private sealed interface Made {
    record Stored(PaidCall call) implements Made {}

    record Unpaid(Outcome.Failed failed) implements Made {}
  }

  private PaidCall stored(
      Transaction transaction,
      PricedListing service,
      Caller.OfAgent buyer,
      Transfer held,
      Input input)
      throws SQLException {
    SqlCalls.insert(
        transaction,
        new PaidCall(
            0,
            newId(parts),
            service.id(),
            service.version(),
            buyer.number(),
            service.seller(),
            new PaidCall.Way.Held(held.number()),
            new String(input.json(), StandardCharsets.UTF_8),
            Optional.empty(),
            PaidCall.State.WAITING,
            "",
            parts.feeBps(),
            0,
            held.expiresAtMs(),
            held.madeAtMs()));
    PaidCall call = SqlCalls.ofTransfer(transaction, held.number()).orElseThrow();
    parts.market().called(transaction, call.seen());
    var _ =
        parts
            .outbox()
            .put(
                transaction,
                service.seller(),
                CallJson.notice(call, service.price(), parts.agents()));
    return call;
  }

  static String newId(CallParts parts) {
    byte[] random = new byte[16];
    parts.random().nextBytes(random);
    return "call_" + HexFormat.of().formatHex(random);
  }

  static Refused taken() {
    return new Refused(
        ProblemType.ID_TAKEN, "This payment was used for something else; nothing was called");
  }

  private static Refused tooLittle(PricedListing service, Outcome.Failed failed) {
    return new Refused(
        ProblemType.INSUFFICIENT_FUNDS,
        "The account has too little to pay " + service.price() + "; a new call needs a new id",
        Map.of("asset", service.price().asset().code(), "missing", failed.missing()));
  }

  /// Answers a call, and is paid; its seller may, once.
  PaidCall answer(Caller.OfAgent seller, String id, String output) {
    parts.approach().takeRate(seller);
    PaidCall answered =
        parts
            .database()
            .write(transaction -> {
              PaidCall call = ofSeller(transaction, seller, id);
              if (call.output().isPresent()) {
                return requireSame(call, output);
              }
              paying(call).answer(transaction, seller, call, output);
              return read(transaction, id);
            });
    switch (answered.state()) {
      case SETTLING -> settling.wake();
      case WAITING, UNPAID, ANSWERED, DECLINED, EXPIRED -> waiting.ended(answered);
    }
    return answered;
  }

  static PaidCall requireSame(PaidCall call, String output) {
    if (call.output().filter(output::equals).isEmpty()) {
      throw ended();
    }
    return call;
  }

  /// Declines a call; the money goes back at once.
  PaidCall decline(Caller.OfAgent seller, String id, String reason) {
    parts.approach().takeRate(seller);
    PaidCall declined =
        parts
            .database()
            .write(transaction -> {
              PaidCall call = ofSeller(transaction, seller, id);
              if (call.state() == PaidCall.State.DECLINED) {
                return call;
              }
              paying(call).decline(transaction, seller, call, reason);
              return read(transaction, id);
            });
    waiting.ended(declined);
    return declined;
  }

  private PaidCall ofSeller(Transaction reader, Caller.OfAgent seller, String id)
      throws SQLException {
    return SqlCalls.find(reader, id)
        .filter(call -> call.seller() == seller.number())
        .orElseThrow(Calls::unknown);
  }

  private static PaidCall read(Transaction reader, String id) throws SQLException {
    return SqlCalls.find(reader, id).orElseThrow(Calls::unknown);
  }

  private Paying paying(PaidCall call) {
    return switch (call.way()) {
      case PaidCall.Way.Held _ -> held;
      case PaidCall.Way.OnChain _ -> onChain;
    };
  }

  /// A call, for its buyer or its seller.
  PaidCall own(Caller.OfAgent caller, String id) {
    return parts
        .database()
        .read(reader -> SqlCalls.find(reader, id))
        .filter(call -> call.buyer() == caller.number() || call.seller() == caller.number())
        .orElseThrow(Calls::unknown);
  }

  /// The calls that an agent answers, or has made.
  List<PaidCall> page(
      Caller.OfAgent caller, boolean isSeller, boolean onlyWaiting, long below, int limit) {
    long waitingAt = onlyWaiting ? parts.time().millis() : 0;
    return parts
        .database()
        .read(reader -> {
          var page = new ArrayList<PaidCall>();
          for (PaidCall call :
              SqlCalls.page(reader, caller.number(), isSeller, waitingAt, below, limit)) {
            page.add(now(reader, call));
          }
          return page;
        });
  }

  /// The call as it is after at most so long, earlier where it is answered earlier.
  PaidCall awaited(PaidCall call, Duration most) {
    return waiting.await(
        call, most, () -> parts.database().read(reader -> now(reader, read(reader, call.id()))));
  }

  /// As it is now: the time may have ended it. Whoever ends a call ends its transfer, too, and may
  /// do so between two looks: who sees the transfer ended looks at the call again.
  private PaidCall now(Transaction reader, PaidCall call) throws SQLException {
    if (call.state() != PaidCall.State.WAITING || !paying(call).isOver(reader, call)) {
      return call;
    }
    PaidCall again = read(reader, call.id());
    return again.state() == PaidCall.State.WAITING ? again.as(PaidCall.State.EXPIRED) : again;
  }

  static Refused unknown() {
    return new Refused(ProblemType.UNKNOWN_CALL, "There is no such call of yours");
  }

  static Refused ended() {
    return new Refused(
        ProblemType.TRANSFER_ENDED, "It was answered, declined, or its time has passed");
  }
}
