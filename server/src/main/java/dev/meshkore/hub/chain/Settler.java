package dev.meshkore.hub.chain;

import dev.meshkore.hub.audit.Leaf;
import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.evm.Authorization;
import dev.meshkore.hub.store.Transaction;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.math.BigInteger;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/// Hands payments in to the chain. A transaction is signed and stored with its place among the
/// sender's before anybody gets it, so whatever happens afterwards, the same one is sent again or
/// found. What becomes of it is told by the chain alone ([Following]). Thread-safe.
final class Settler {
  private static final Logger LOG = System.getLogger(Settler.class.getName());

  /// Beside what a node reckons, since it reckons for the state of now.
  private static final long GAS_MORE_PART = 4;

  private static final long HOUR_MS = 3_600_000;
  private static final long GAS_MAX = 1_000_000;

  /// How far the newest block may be behind the hub's clock.
  private static final long LAG_SECONDS = 60;

  /// What became of a payment that was to be handed in.
  sealed interface HandedIn {
    /// It is stored and on its way.
    record New(Settling settling) implements HandedIn {}

    /// It was before.
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

  Settler(ChainParts parts, ChainSettings settings, Node node, GasKey key) {
    this.parts = parts;
    this.settings = settings;
    this.node = node;
    this.key = key;
    this.rows = new SqlSettlings(settings.network(), settings.domain().contract().hex());
  }

  SqlSettlings rows() {
    return rows;
  }

  /// The payment of an authorization, if it was handed in.
  Optional<Settling> known(Authorization one) {
    return parts.database().read(reader -> rows.find(reader, one.from(), one.nonce()));
  }

  /// The newest block, where the node is of the right chain and has kept up with it.
  ///
  /// @throws NodeFailure otherwise
  Node.Block freshHead() {
    if (node.chain() != settings.domain().chain()) {
      throw new NodeFailure("The node is of another chain than " + settings.network());
    }
    Node.Block head = node.head();
    if (head.time() < parts.time().instant().getEpochSecond() - LAG_SECONDS) {
      throw new NodeFailure("The node is behind the chain");
    }
    return head;
  }

  /// Stores a payment and hands it to the node. It was looked at before: it would move the money.
  ///
  /// @throws NodeFailure when the node cannot be asked; nothing is stored then
  HandedIn handIn(Authorization one, byte[] signature) {
    Optional<Settling> before = known(one);
    if (before.isPresent()) {
      return new HandedIn.Known(before.get());
    }
    long hourAgo = parts.time().millis() - HOUR_MS;
    long lately = parts.database().read(reader -> rows.countSince(reader, hourAgo));
    if (lately >= settings.perHour()) {
      return new HandedIn.Not("rate_limited");
    }
    Node.Block head = freshHead();
    byte[] call = TokenCalls.move(one, signature);
    Optional<Long> gas = gas(call);
    if (gas.isEmpty()) {
      return new HandedIn.Not("invalid_transaction_state");
    }
    Optional<Fees> fees = Fees.now(node, head, settings.feeMax());
    if (fees.isEmpty() || !canPay(gas.get(), fees.get())) {
      return new HandedIn.Not("unexpected_settle_error");
    }
    long count = node.pendingCount(key.address());
    Stored stored =
        parts
            .database()
            .write(transaction -> {
              Optional<Settling> meanwhile = rows.find(transaction, one.from(), one.nonce());
              if (meanwhile.isPresent()) {
                return new Stored(meanwhile.get(), Optional.empty());
              }
              var order = new Order(one, call, gas.get(), fees.get(), head.number());
              return store(transaction, order, count);
            });
    if (stored.attempt().isEmpty()) {
      return new HandedIn.Known(stored.settling());
    }
    try {
      send(stored.settling(), stored.attempt().get());
    } catch (NodeFailure failure) {
      // It is stored; it is sent with the next look at the chain.
      LOG.log(Level.DEBUG, "A transaction had no answer: {0}", failure.getMessage());
    }
    return new HandedIn.New(stored.settling());
  }

  private record Order(Authorization one, byte[] call, long gas, Fees fees, long block) {}

  private record Stored(Settling settling, Optional<Settling.Attempt> attempt) {}

  private Optional<Long> gas(byte[] call) {
    return node.gas(key.address(), settings.domain().contract(), call)
        .map(least -> least + least / GAS_MORE_PART)
        .filter(gas -> gas <= GAS_MAX);
  }

  private boolean canPay(long gas, Fees fees) {
    BigInteger cost = BigInteger.valueOf(gas).multiply(BigInteger.valueOf(fees.most()));
    boolean can = node.ether(key.address()).compareTo(cost) >= 0;
    if (!can) {
      LOG.log(Level.WARNING, "{0} has too little ether to pay for gas", key.address());
    }
    return can;
  }

  private Stored store(Transaction transaction, Order order, long count) throws SQLException {
    Authorization one = order.one();
    long nonce = Math.max(count, rows.nextNonce(transaction, key.address()));
    Settling.Attempt attempt = signed(order.call(), order.gas(), nonce, order.fees());
    var settling =
        new Settling(
            0,
            one.from(),
            one.nonce(),
            one.to(),
            one.value(),
            one.validBefore().longValueExact(),
            order.call(),
            State.PREPARED,
            "",
            key.address(),
            nonce,
            true,
            order.gas(),
            attempt.hash(),
            0,
            "",
            order.block(),
            0);
    long number = rows.insert(transaction, settling, parts.time().millis());
    rows.insert(transaction, number, attempt);
    record(transaction, "chain.prepared", settling, attempt.hash(), "");
    return new Stored(rows.find(transaction, number).orElseThrow(), Optional.of(attempt));
  }

  private Settling.Attempt signed(byte[] call, long gas, long nonce, Fees fees) {
    return signed(settings.domain().contract(), call, gas, nonce, fees);
  }

  private Settling.Attempt signed(Address to, byte[] call, long gas, long nonce, Fees fees) {
    RawTransaction.Signed signed =
        new RawTransaction(settings.domain().chain(), nonce, fees.tip(), fees.most(), gas, to, call)
            .signed(key);
    return new Settling.Attempt(
        signed.hash(), signed.bytes(), nonce, fees.tip(), fees.most(), parts.time().millis());
  }

  /// Hands a transaction to the node; again changes nothing.
  void send(Settling one, Settling.Attempt attempt) {
    Node.Sent sent = node.send(attempt.signed());
    if (sent.taken() == Node.Taken.NO) {
      LOG.log(Level.WARNING, "The node does not take a transaction: {0}", sent.reason());
    }
    boolean isTaken = sent.taken() != Node.Taken.NO;
    parts
        .database()
        .write(transaction -> {
          rows.sent(transaction, one.number(), isTaken, parts.time().millis());
          return true;
        });
  }

  /// Sends what is waiting again: the same, or one in its place that gives more, when it is the
  /// sender's next and has waited too long.
  void sendAgain(Settling one, List<Settling.Attempt> attempts, Node.Block head) {
    Settling.Attempt newest = attempts.getFirst();
    boolean isOld =
        parts.time().millis() - newest.madeAtMs() >= settings.stuck().toMillis()
            && one.sender().equals(key.address());
    if (isOld && node.count(one.sender()) == one.senderNonce()) {
      Fees before = new Fees(newest.tip(), newest.feeMax());
      Optional<Fees> fees =
          Fees.now(node, head, settings.feeMax())
              .flatMap(now -> before.higher(now, settings.feeMax()));
      if (fees.isPresent()) {
        newest = inPlace(one, fees.get());
      } else {
        LOG.log(Level.WARNING, "A transaction waits; more than the highest fee is asked for");
      }
    }
    send(one, newest);
  }

  /// Where the payment is decided already, only the place among the sender's is taken up, by a
  /// transaction that does nothing.
  private Settling.Attempt inPlace(Settling one, Fees fees) {
    Settling.Attempt attempt =
        one.state().isOpen()
            ? signed(one.call(), one.gas(), one.senderNonce(), fees)
            : signed(key.address(), new byte[0], 21_000, one.senderNonce(), fees);
    return parts
        .database()
        .write(transaction -> {
          rows.insert(transaction, one.number(), attempt);
          return attempt;
        });
  }

  /// Tries a payment once more by a new transaction, after its place among the sender's was taken
  /// up and no money moved. False where it would not move now either.
  boolean tryAgain(Settling one, Node.Block head) {
    Optional<Long> gas = gas(one.call());
    Optional<Fees> fees = Fees.now(node, head, settings.feeMax());
    boolean isInTime = parts.time().instant().getEpochSecond() < one.validBefore();
    if (gas.isEmpty() || fees.isEmpty() || !isInTime || !canPay(gas.get(), fees.get())) {
      return false;
    }
    long count = node.pendingCount(key.address());
    Settling.Attempt attempt =
        parts
            .database()
            .write(transaction -> {
              long nonce = Math.max(count, rows.nextNonce(transaction, key.address()));
              Settling.Attempt next = signed(one.call(), gas.get(), nonce, fees.get());
              rows.again(transaction, one.number(), key.address(), nonce, next.hash());
              rows.insert(transaction, one.number(), next);
              return next;
            });
    send(one, attempt);
    return true;
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
    parts.audit().record(transaction, reason.isEmpty() ? leaf : leaf.with("reason", reason));
  }
}
