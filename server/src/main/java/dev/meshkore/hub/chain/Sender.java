package dev.meshkore.hub.chain;

import dev.meshkore.hub.evm.Address;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;

/// Signs transactions by the hub's key and hands them to the node. Thread-safe.
final class Sender {
  private static final Logger LOG = System.getLogger(Sender.class.getName());

  /// Beside what a node reckons, since it reckons for the state of now.
  private static final long GAS_MORE_PART = 4;

  private final ChainParts parts;
  private final ChainSettings settings;
  private final Node node;
  private final GasKey key;
  private final SqlSettlings rows;

  Sender(ChainParts parts, ChainSettings settings, Node node, GasKey key, SqlSettlings rows) {
    this.parts = parts;
    this.settings = settings;
    this.node = node;
    this.key = key;
    this.rows = rows;
  }

  /// How many transactions of the hub's the node knows.
  long count() {
    return node.pendingCount(key.address());
  }

  /// How much gas a deed takes at most; empty where it would fail.
  Optional<Long> gas(Deed deed) {
    return node.gas(key.address(), deed.contract(), deed.call())
        .map(least -> Math.max(least + least / GAS_MORE_PART, deed.kind().gasLeast()))
        .filter(gas -> gas <= deed.kind().gasMax(deed.aims().size()));
  }

  /// What that costs now; empty where it is more than is allowed.
  Optional<Bounds.Cost> cost(long gas, Node.Block head) {
    return Fees.now(node, head, settings.feeMax())
        .map(fees -> new Bounds.Cost(gas, fees, node.ether(key.address())));
  }

  /// A transaction that does something.
  Settling.Attempt signed(Deed deed, long gas, long nonce, Fees fees) {
    return signed(deed.contract(), deed.call(), gas, nonce, fees);
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

  /// The same; where the node does not answer, it is sent with the next look at the chain.
  void sendQuietly(Settling one, Settling.Attempt attempt) {
    try {
      send(one, attempt);
    } catch (NodeFailure failure) {
      LOG.log(Level.DEBUG, "A transaction had no answer: {0}", failure.getMessage());
    }
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
            ? signed(one.deed(), one.gas(), one.senderNonce(), fees)
            : signed(key.address(), new byte[0], 21_000, one.senderNonce(), fees);
    return parts
        .database()
        .write(transaction -> {
          rows.insert(transaction, one.number(), attempt);
          return attempt;
        });
  }
}
