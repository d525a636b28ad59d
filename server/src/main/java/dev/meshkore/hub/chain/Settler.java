package dev.meshkore.hub.chain;

import dev.meshkore.hub.audit.Leaf;
import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.store.Transaction;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.math.BigInteger;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Hands payments in to the chain. A transaction is signed and stored with its place among the
/// sender's before anybody gets it, so whatever happens afterwards, the same one is sent again or
/// found. What becomes of it is told by the chain alone ([Following]). Thread-safe.
final class Settler {
  static final String UNABLE = "unexpected_settle_error";
  static final String USED = "nonce_already_used";

  private static final Logger LOG = System.getLogger(Settler.class.getName());

  /// How far the newest block may be behind the hub's clock.
  private static final long LAG_SECONDS = 60;

  /// So old may be what the node said of the newest block when a stranger asks.
  private static final long HEAD_MS = 1_000;

  /// So many places a payment takes at most, where others use the hub's key.
  private static final int PLACES_MAX = 5;

  /// That somebody is told first who waits ends some time after its patience.
  private static final long SEAT_SLACK_MS = 5_000;

  /// What became of a payment that was to be handed in.
  sealed interface HandedIn {
    /// It is stored and on its way.
    record New(Settling settling) implements HandedIn {}

    /// It was before, by one who asked the same.
    record Known(Settling settling) implements HandedIn {}

    /// It is not, and left nothing behind.
    ///
    /// @param reason a word of x402
    record Not(String reason) implements HandedIn {}
  }

  private final ChainParts parts;
  private final ChainSettings settings;
  private final Node node;
  private final GasKey key;
  private final SqlSettlings rows;
  private final Bounds bounds;
  private final Sender sender;
  private final Counting counting;
  private volatile @Nullable Seen seen;

  /// The newest block, and when it was asked for.
  private record Seen(Node.Block head, long atMs) {}

  Settler(ChainParts parts, ChainSettings settings, Node node, GasKey key) {
    this.parts = parts;
    this.settings = settings;
    this.node = node;
    this.key = key;
    this.rows = new SqlSettlings(settings.network(), settings.domain().contract().hex());
    this.bounds = new Bounds(parts, settings, node, rows, key);
    this.sender = new Sender(parts, settings, node, key, rows);
    this.counting = new Counting(parts.rules(), settings);
  }

  SqlSettlings rows() {
    return rows;
  }

  Bounds bounds() {
    return bounds;
  }

  Sender sender() {
    return sender;
  }

  Counting counting() {
    return counting;
  }

  /// What was handed in of a payer and a nonce.
  Optional<Settling> known(Address payer, String nonce) {
    return parts.database().read(reader -> rows.find(reader, payer, nonce));
  }

  /// The newest block, where the node is of the right chain and has kept up with it. It may be a
  /// second old, so that many who ask at once cost few calls.
  ///
  /// @throws NodeFailure otherwise
  Node.Block freshHead() {
    long now = parts.time().millis();
    Seen last = seen;
    Node.Block head;
    if (last != null && now >= last.atMs() && now - last.atMs() < HEAD_MS) {
      head = last.head();
    } else {
      if (node.chain() != settings.domain().chain()) {
        throw new NodeFailure("The node is of another chain than " + settings.network());
      }
      head = node.head();
      seen = new Seen(head, now);
    }
    if (head.time() < parts.time().instant().getEpochSecond() - LAG_SECONDS) {
      throw new NodeFailure("The node is behind the chain");
    }
    return head;
  }

  /// Stores a payment and hands it to the node. It was looked at before: it would move the money.
  /// One that failed in its block is tried once more when it is asked for again.
  ///
  /// @throws NodeFailure when the node cannot be asked; nothing is stored then
  HandedIn handIn(Order order, Asker asker) {
    return handIn(order, asker, Gate.OPEN);
  }

  /// The same, for what may have been given up in the meantime, or has rules of its own.
  ///
  /// @throws dev.meshkore.hub.problem.Refused by the gate; nothing is stored then
  HandedIn handIn(Order order, Asker asker, Gate gate) {
    Optional<Settling> before = known(order.payer(), order.nonce());
    if (before.isPresent()) {
      return again(before.get(), order, asker, gate);
    }
    Optional<String> full = parts.database().read(reader -> bounds.full(reader, order));
    if (full.isPresent()) {
      return new HandedIn.Not(full.get());
    }
    Node.Block head = freshHead();
    Optional<Long> gas = sender.gas(order.deed());
    if (gas.isEmpty()) {
      return new HandedIn.Not(order.deed().kind().failure());
    }
    Optional<Bounds.Cost> cost = sender.cost(gas.get(), head);
    if (cost.isEmpty()) {
      return new HandedIn.Not(UNABLE);
    }
    var ready =
        new Ready(
            order, asker, gate, funds(order, head), cost.get(), head.number(), sender.count());
    Stored stored = gate.write(parts.database(), transaction -> stored(transaction, ready));
    return switch (stored) {
      case Stored.Refused refused -> {
        warnOfEther(refused.reason());
        yield new HandedIn.Not(refused.reason());
      }
      case Stored.Before known -> again(known.settling(), order, asker, gate);
      case Stored.Now now -> {
        sender.sendQuietly(now.settling(), now.attempt());
        yield new HandedIn.New(now.settling());
      }
    };
  }

  /// Why no transaction of an order could be sent now, for what its gas costs.
  ///
  /// @throws NodeFailure when the node cannot be asked
  Optional<String> unable(Order order, Node.Block head) {
    Optional<Bounds.Cost> cost =
        sender.gas(order.deed()).flatMap(units -> sender.cost(units, head));
    Optional<String> reason =
        cost.isEmpty()
            ? Optional.of(UNABLE)
            : parts.database().read(reader -> bounds.lackOfEther(reader, cost.get()));
    reason.ifPresent(this::warnOfEther);
    return reason;
  }

  /// What a payer has, where it is a payer's money that is moved.
  private Optional<Bounds.Funds> funds(Order order, Node.Block head) {
    return order.deed().kind().isAuthorized()
        ? Optional.of(bounds.funds(head, order.payer(), order.value()))
        : Optional.empty();
  }

  private HandedIn again(Settling before, Order order, Asker asker, Gate gate) {
    if (!before.isAskedBy(asker, order.deed().call())) {
      return new HandedIn.Not(USED);
    }
    if (!canRetry(before)) {
      return new HandedIn.Known(before);
    }
    if (takePlace(before, freshHead(), Optional.of(asker), gate)) {
      return new HandedIn.Known(
          parts.database().read(reader -> rows.find(reader, before.number())).orElseThrow());
    }
    return new HandedIn.Known(before);
  }

  /// Whether a payment is tried once more when it is asked for.
  boolean canRetry(Settling one) {
    return one.isPaused() && !one.isRetried();
  }

  private record Ready(
      Order order,
      Asker asker,
      Gate gate,
      Optional<Bounds.Funds> funds,
      Bounds.Cost cost,
      long block,
      long count) {}

  private sealed interface Stored {
    record Now(Settling settling, Settling.Attempt attempt) implements Stored {}

    record Before(Settling settling) implements Stored {}

    record Refused(String reason) implements Stored {}
  }

  private void warnOfEther(String reason) {
    if (reason.equals(UNABLE)) {
      LOG.log(Level.WARNING, "{0} has too little ether to pay for gas", key.address());
    }
  }

  private Stored stored(Transaction transaction, Ready ready) throws SQLException {
    Order one = ready.order();
    if (!ready.gate().holds(transaction)) {
      return new Stored.Refused(USED);
    }
    Optional<Settling> before = rows.find(transaction, one.payer(), one.nonce());
    if (before.isPresent()) {
      return new Stored.Before(before.get());
    }
    Optional<String> refused = bounds.full(transaction, one);
    if (refused.isEmpty() && ready.funds().isPresent()) {
      refused = bounds.lack(transaction, one.payer(), one.value(), ready.funds().get());
    }
    if (refused.isEmpty()) {
      refused = bounds.lackOfEther(transaction, ready.cost());
    }
    if (refused.isPresent()) {
      return new Stored.Refused(refused.get());
    }
    ready.gate().letIn(transaction);
    long nonce = Math.max(ready.count(), rows.nextNonce(transaction, key.address()));
    Bounds.Cost cost = ready.cost();
    Settling.Attempt attempt = sender.signed(one.deed(), cost.gas(), nonce, cost.fees());
    var settling =
        new Settling(
            0,
            one.deed(),
            one.payer(),
            one.nonce(),
            one.payee(),
            one.value(),
            one.validBefore(),
            State.PREPARED,
            "",
            key.address(),
            nonce,
            true,
            cost.gas(),
            attempt.hash(),
            0,
            "",
            ready.block(),
            0,
            false,
            telling(ready.asker()));
    long number = rows.insert(transaction, settling, parts.time().millis());
    rows.insert(transaction, number, attempt);
    record(transaction, "chain.prepared", settling, attempt.hash(), "");
    return new Stored.Now(rows.find(transaction, number).orElseThrow(), attempt);
  }

  private Settling.Telling telling(Asker asker) {
    long until = parts.time().millis() + settings.patience().toMillis() + SEAT_SLACK_MS;
    return Settling.Telling.by(asker, until);
  }

  /// Gives a payment another place among the sender's transactions, where somebody else took its
  /// own by the hub's key. False where that would not move the money, or came too often.
  boolean moveOn(Settling one, List<Settling.Attempt> attempts, Node.Block head) {
    long places = attempts.stream().mapToLong(Settling.Attempt::senderNonce).distinct().count();
    return places < PLACES_MAX && takePlace(one, head, Optional.empty(), Gate.OPEN);
  }

  /// Signs, stores and sends another transaction of a payment, after its place among the sender's
  /// was taken up and no money moved. False where none is sent.
  private boolean takePlace(Settling one, Node.Block head, Optional<Asker> asker, Gate gate) {
    Optional<Long> gas = sender.gas(one.deed());
    boolean isInTime = parts.time().instant().getEpochSecond() < one.validBefore();
    Optional<Bounds.Cost> cost = gas.flatMap(units -> sender.cost(units, head));
    if (cost.isEmpty() || !isInTime) {
      return false;
    }
    Optional<Bounds.Funds> funds =
        one.deed().kind().isAuthorized()
            ? Optional.of(bounds.funds(head, one.payer(), one.value()))
            : Optional.empty();
    var more = new More(one, asker, gate, funds, cost.get());
    long count = sender.count();
    Optional<Settling.Attempt> attempt =
        gate.write(parts.database(), transaction -> placed(transaction, more, count));
    attempt.ifPresent(next -> sender.sendQuietly(one, next));
    return attempt.isPresent();
  }

  private record More(
      Settling one,
      Optional<Asker> asker,
      Gate gate,
      Optional<Bounds.Funds> funds,
      Bounds.Cost cost) {}

  private Optional<Settling.Attempt> placed(Transaction transaction, More more, long count)
      throws SQLException {
    Settling one = more.one();
    Settling now = rows.find(transaction, one.number()).orElseThrow();
    boolean isRetry = more.asker().isPresent();
    if (isRetry != now.isPaused() || (isRetry && now.isRetried())) {
      return Optional.empty();
    }
    // A payment on the way is among those that its payer's money is counted for.
    BigInteger value = isRetry ? one.value() : BigInteger.ZERO;
    boolean isPoor =
        more.funds().isPresent()
            && bounds.lack(transaction, one.payer(), value, more.funds().get()).isPresent();
    if (isPoor
        || bounds.hour(transaction, one.deed().kind()).isPresent()
        || bounds.lackOfEther(transaction, more.cost()).isPresent()) {
      return Optional.empty();
    }
    if (isRetry) {
      more.gate().again(transaction);
    }
    long nonce = Math.max(count, rows.nextNonce(transaction, key.address()));
    Settling.Attempt next = sender.signed(one.deed(), more.cost().gas(), nonce, more.cost().fees());
    if (!rows.again(transaction, one, key.address(), next)) {
      return Optional.empty();
    }
    if (isRetry) {
      rows.retried(transaction, one.number(), telling(more.asker().orElseThrow()));
    }
    rows.insert(transaction, one.number(), next);
    return Optional.of(next);
  }

  /// Takes down what was done about a payment.
  void record(Transaction transaction, String kind, Settling one, String hash, String reason)
      throws SQLException {
    Leaf leaf =
        Leaf.of(kind, "hub", rows.network() + "/" + one.payer() + "/" + one.nonce())
            .with("token", settings.domain().contract().text())
            .with("payee", one.payee().text())
            .with("value", one.value().toString())
            .with("transaction", hash);
    if (one.deed().kind() != Kind.EXACT) {
      leaf = leaf.with("for", one.deed().kind().word());
    }
    parts.audit().record(transaction, reason.isEmpty() ? leaf : leaf.with("reason", reason));
  }
}
