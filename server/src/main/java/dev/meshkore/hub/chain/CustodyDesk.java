package dev.meshkore.hub.chain;

import dev.meshkore.hub.audit.Leaf;
import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.evm.Keccak;
import dev.meshkore.hub.evm.Word;
import dev.meshkore.hub.store.Transaction;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.math.BigInteger;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// Does what was ordered about money in escrow: of each payment one thing after the other, each by
/// a transaction that is followed as all are. What the chain refuses is tried again as long as it
/// can still be done. Nothing is kept in memory but whose turn it is, so it goes on wherever the
/// hub ended. Used by one thread.
final class CustodyDesk {
  private static final Logger LOG = System.getLogger(CustodyDesk.class.getName());
  private static final int AT_ONCE = 200;
  private static final int FAILURES_MAX = 3;

  /// What cannot be handed in now is tried again after so long.
  private static final long AGAIN_MS = 5_000;

  /// What failed in its block, after so long, and each time later.
  private static final long FAILED_AGAIN_MS = 20_000;

  private static final long TRIES_COUNTED = 30;

  private final ChainParts parts;
  private final ChainSettings settings;
  private final GasKey key;
  private final Node node;
  private final Settler settler;
  private final SqlCustody rows;
  private long last;

  CustodyDesk(ChainParts parts, ChainSettings settings, GasKey key, Node node, Settler settler) {
    this.parts = parts;
    this.settings = settings;
    this.key = key;
    this.node = node;
    this.settler = settler;
    this.rows = new SqlCustody(settings.network(), settings.domain().contract().hex());
  }

  /// Goes on with all that is wanted. What the node does not tell of one keeps nothing from the
  /// others.
  void look() {
    int failures = 0;
    long now = parts.time().millis();
    List<SqlCustody.Wanted> wanted =
        parts.database().read(reader -> rows.next(reader, last, now, AT_ONCE));
    for (SqlCustody.Wanted one : wanted) {
      last = one.number();
      try {
        goOn(one);
        failures = 0;
      } catch (NodeFailure failure) {
        LOG.log(Level.DEBUG, "Money in escrow waits for the chain: {0}", failure.getMessage());
        failures++;
        if (failures == FAILURES_MAX) {
          return;
        }
      }
    }
  }

  private void goOn(SqlCustody.Wanted one) {
    Order order = order(one);
    Optional<Settling> known = settler.known(order.payer(), order.nonce());
    if (known.isEmpty()) {
      begin(one, order);
    } else if (!known.get().isCall(order.deed().call())) {
      // The payer has paid something else by the same nonce; it chooses no other names.
      if (one.kind() == Kind.AUTHORIZE) {
        decide(one, Custody.Progress.FAILED, Settler.USED, "");
      } else {
        putOff(one, one.tries() + 1, AGAIN_MS);
      }
    } else {
      follow(one, order, known.get());
    }
  }

  private void follow(SqlCustody.Wanted one, Order order, Settling known) {
    switch (known.state()) {
      case FINAL -> decide(one, Custody.Progress.DONE, "", known.transaction());
      case FAILED -> {
        if (one.kind() == Kind.AUTHORIZE) {
          decide(one, Custody.Progress.FAILED, known.reason(), known.transaction());
        } else {
          putOff(one, one.tries() + 1, FAILED_AGAIN_MS * Math.min(one.tries() + 1, TRIES_COUNTED));
        }
      }
      case PREPARED, BROADCAST, MINED -> {
        if (settler.canRetry(known)) {
          var _ = settler.handIn(order, asker(one));
        }
      }
    }
  }

  /// Nothing is on the way for it. What another hub of the same database is the operator of, that
  /// one does.
  private void begin(SqlCustody.Wanted one, Order order) {
    if (!one.held().info().operator().equals(key.address())) {
      if (one.kind() == Kind.AUTHORIZE) {
        var _ = isInTime(one, order);
      }
      return;
    }
    boolean isReady =
        switch (one.kind()) {
          case AUTHORIZE -> isInTime(one, order);
          case CAPTURE -> canCapture(one);
          case VOID -> canVoid(one);
          case EXACT, DEPOSIT, CLAIM, SETTLE, REFUND ->
              throw new IllegalStateException("Nothing of an escrow");
        };
    if (!isReady) {
      return;
    }
    Gate still = transaction -> rows.isWanted(transaction, one.number());
    if (settler.handIn(order, asker(one), still) instanceof Settler.HandedIn.Not not) {
      boolean isRefused =
          not.reason().equals(order.deed().kind().failure()) || not.reason().equals(Bounds.FUNDS);
      if (one.kind() == Kind.AUTHORIZE && isRefused) {
        // Nothing was stored, so the payer may sign anew.
        giveUp(one, order, not.reason());
      } else {
        putOff(one, one.tries(), AGAIN_MS);
      }
    }
  }

  /// Only the hub can hand it in, so what it did not is over when its time is.
  private boolean isInTime(SqlCustody.Wanted one, Order order) {
    if (parts.time().instant().getEpochSecond() < order.validBefore()) {
      return true;
    }
    giveUp(one, order, Following.EXPIRED);
    return false;
  }

  /// What the contract says of a payment.
  private record Seen(boolean isIn, BigInteger capturable, BigInteger captured, long time) {}

  private Seen seen(SqlCustody.Wanted one, Node.Block block) {
    byte[] question = CaptureCalls.state(hash(one));
    List<BigInteger> words = node.wordsAt(one.held().contract(), question, 3, block);
    return new Seen(words.get(0).signum() != 0, words.get(1), words.get(2), block.time());
  }

  /// Whether it is to be captured now. Only what is still to be captured is: so a transaction of
  /// which the hub has forgotten is not made a second time.
  private boolean canCapture(SqlCustody.Wanted one) {
    Node.Block head = settler.freshHead();
    Seen deep = seen(one, node.before(head, settings.confirmations() - 1L));
    long deadline = one.held().info().authorizationExpiry();
    if (deep.captured().compareTo(one.total()) >= 0) {
      decide(one, Custody.Progress.DONE, "", "");
      return false;
    }
    boolean isOver = deep.time() >= deadline;
    if (isOver || (deep.isIn() && deep.capturable().compareTo(one.atoms()) < 0)) {
      boolean isGone = deep.capturable().compareTo(one.atoms()) < 0;
      decide(
          one,
          Custody.Progress.FAILED,
          isGone ? CustodyWords.RECLAIMED : CustodyWords.CAPTURE_EXPIRED,
          "");
      return false;
    }
    Seen now = seen(one, head);
    return now.time() + EvmRail.SLACK_SECONDS < deadline
        && now.capturable().compareTo(one.atoms()) >= 0
        && now.captured().add(one.atoms()).equals(one.total());
  }

  private boolean canVoid(SqlCustody.Wanted one) {
    Node.Block head = settler.freshHead();
    Seen deep = seen(one, node.before(head, settings.confirmations() - 1L));
    if (deep.isIn() && deep.capturable().signum() == 0) {
      decide(one, Custody.Progress.DONE, "", "");
      return false;
    }
    return seen(one, head).capturable().signum() > 0;
  }

  /// What is handed in for it; the same each time, until a transaction for it has failed.
  private Order order(SqlCustody.Wanted one) {
    SqlCustody.Held held = one.held();
    PaymentInfo info = held.info();
    Address contract = held.contract();
    byte[] question = CaptureCalls.state(hash(one));
    String subject = held.payment();
    return switch (one.kind()) {
      case AUTHORIZE -> {
        String nonce = info.nonce(settings.domain().chain(), contract);
        byte[] call = CaptureCalls.authorize(info, held.collector(), held.signature());
        // The payer may send what it has signed to the collector without the contract.
        List<Aim> aims =
            List.of(
                Order.used(info.token(), info.payer(), nonce),
                new Aim(contract, question, 0, BigInteger.ONE));
        Deed deed = new Deed(Kind.AUTHORIZE, contract, call, "", aims);
        yield new Order(
            deed, info.payer(), nonce, held.collector(), one.atoms(), info.preApprovalExpiry());
      }
      case CAPTURE -> {
        Aim aim = new Aim(contract, question, 2, one.total());
        byte[] call = CaptureCalls.capture(info, one.atoms());
        Deed deed = new Deed(Kind.CAPTURE, contract, call, subject, List.of(aim));
        yield new Order(
            deed, key.address(), nonce(one), info.receiver(), one.atoms(), Long.MAX_VALUE);
      }
      case VOID -> {
        // Before money is in, nothing is left either.
        List<Aim> aims =
            List.of(
                new Aim(contract, question, 1, BigInteger.ZERO, true),
                new Aim(contract, question, 0, BigInteger.ONE));
        Deed deed = new Deed(Kind.VOID, contract, CaptureCalls.cancel(info), subject, aims);
        yield new Order(deed, key.address(), nonce(one), info.payer(), one.atoms(), Long.MAX_VALUE);
      }
      case EXACT, DEPOSIT, CLAIM, SETTLE, REFUND ->
          throw new IllegalStateException("Nothing of an escrow");
    };
  }

  private byte[] hash(SqlCustody.Wanted one) {
    return one.held().info().hash(settings.domain().chain(), one.held().contract());
  }

  /// A name of its own for each transaction that may be made for it, in the hub's own name: whoever
  /// chose names of payments could take one of the payer's.
  private String nonce(SqlCustody.Wanted one) {
    byte[] name = Keccak.hash(hash(one), Word.of(one.number()), Word.of(one.tries()));
    return "0x" + HexFormat.of().formatHex(name);
  }

  /// The hub itself asks, always in the same words.
  private Asker asker(SqlCustody.Wanted one) {
    return new Asker("order-" + one.number(), true, "");
  }

  /// Decides that money is not taken in, unless it was begun in the meantime.
  private void giveUp(SqlCustody.Wanted one, Order order, String reason) {
    var _ =
        parts
            .database()
            .write(transaction ->
                rows.isWanted(transaction, one.number())
                    && settler.rows().find(transaction, order.payer(), order.nonce()).isEmpty()
                    && decide(transaction, one, Custody.Progress.FAILED, reason, ""));
  }

  private void decide(
      SqlCustody.Wanted one, Custody.Progress progress, String reason, String hash) {
    var _ = parts.database().write(transaction -> decide(transaction, one, progress, reason, hash));
  }

  private boolean decide(
      Transaction transaction,
      SqlCustody.Wanted one,
      Custody.Progress progress,
      String reason,
      String hash)
      throws SQLException {
    boolean isNew = rows.decide(transaction, one.number(), progress, reason, hash);
    if (isNew) {
      Leaf leaf =
          Leaf.of("chain.decided", "hub", rows.network() + "/" + one.held().payment())
              .with("for", one.kind().word())
              .with("about", one.held().about())
              .with("value", one.atoms().toString())
              .with("state", progress.word());
      parts.audit().record(transaction, reason.isEmpty() ? leaf : leaf.with("reason", reason));
    }
    return isNew;
  }

  private void putOff(SqlCustody.Wanted one, long tries, long byMs) {
    long next = parts.time().millis() + byMs;
    parts
        .database()
        .write(transaction -> {
          rows.putOff(transaction, one, tries, next);
          return true;
        });
  }
}
