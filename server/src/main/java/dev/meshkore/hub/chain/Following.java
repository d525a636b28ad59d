package dev.meshkore.hub.chain;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/// Follows what was handed in until it is decided. Only what the chain says of a block that is deep
/// enough decides, and everything is asked of that one block: it is done; or it is not, and cannot
/// be any more, since the authorization is used otherwise or over. So it is the same whatever the
/// hub forgot, the node did not answer, or a reorganisation undid. Thread-safe.
final class Following {
  static final String CANCELED = "authorization_canceled";
  static final String USED_OTHERWISE = "authorization_used_otherwise";
  static final String EXPIRED = "authorization_expired";
  static final String REVERTED = "invalid_transaction_state";

  private static final Logger LOG = System.getLogger(Following.class.getName());
  private static final int AT_ONCE = 1_000;

  /// Those that failed in a block take little of a look, however many there are.
  private static final int PAUSED_AT_ONCE = 5;

  private static final int FAILURES_MAX = 3;
  private static final long SEND_AGAIN_MS = 10_000;

  private final ChainParts parts;
  private final ChainSettings settings;
  private final Node node;
  private final Settler settler;
  private final SqlSettlings rows;
  private final ReentrantLock looking = new ReentrantLock();
  private final Sender sender;
  private final Waiting waiting;
  private final Authorizations authorizations;
  private volatile boolean isFailing;

  /// Where the last look ended, so that the next goes on there.
  private long lastOpen;

  private long lastPaused;

  Following(ChainParts parts, ChainSettings settings, Node node, Settler settler, Waiting waiting) {
    this.parts = parts;
    this.settings = settings;
    this.node = node;
    this.settler = settler;
    this.rows = settler.rows();
    this.sender = settler.sender();
    this.waiting = waiting;
    this.authorizations = new Authorizations(settings, node);
  }

  /// Looks at the chain once, and goes on with all that is open.
  void look() {
    looking.lock();
    try {
      List<Settling> open = inTurn();
      if (!open.isEmpty()) {
        lookAt(open);
      }
      isFailing = false;
    } catch (NodeFailure failure) {
      LOG.log(
          isFailing ? Level.DEBUG : Level.WARNING,
          "Payments wait for the chain: {0}",
          failure.getMessage());
      isFailing = true;
    } finally {
      waiting.wake();
      looking.unlock();
    }
  }

  private List<Settling> inTurn() {
    return parts
        .database()
        .read(reader ->
            Stream.concat(
                    rows.open(reader, lastOpen, AT_ONCE).stream(),
                    rows.paused(reader, lastPaused, PAUSED_AT_ONCE).stream())
                .toList());
  }

  private void lookAt(List<Settling> open) {
    if (node.chain() != settings.domain().chain()) {
      throw new NodeFailure("The node is of another chain than " + settings.network());
    }
    Node.Block head = node.head();
    // By way of the blocks between, so that both are of one branch whichever node answers.
    Node.Block deep = node.before(head, settings.confirmations() - 1L);
    int failures = 0;
    for (Settling one : open) {
      if (one.isPaused()) {
        lastPaused = one.number();
      } else {
        lastOpen = one.number();
      }
      try {
        lookAt(one, head, deep);
        failures = 0;
      } catch (NodeFailure failure) {
        // What the node cannot tell of one keeps nothing from the others.
        LOG.log(Level.DEBUG, "A payment waits for the chain: {0}", failure.getMessage());
        failures++;
        if (failures == FAILURES_MAX) {
          throw failure;
        }
      }
    }
  }

  private void lookAt(Settling one, Node.Block head, Node.Block deep) {
    List<Settling.Attempt> attempts =
        parts.database().read(reader -> rows.attempts(reader, one.number()));
    if (one.state().isOpen()) {
      goOn(one, attempts, head, deep);
    } else {
      fill(one, attempts, head, deep);
    }
  }

  private void goOn(
      Settling one, List<Settling.Attempt> attempts, Node.Block head, Node.Block deep) {
    Optional<Mined> mined = mined(attempts);
    if (mined.isPresent() && mined.get().receipt().block() > deep.number()) {
      note(one, mined.get());
      return;
    }
    if (mined.isPresent() && mined.get().receipt().isDone()) {
      // It is all or nothing, so that one aim tells whether the deep block has it.
      if (!one.deed().aims().getFirst().isReached(node, deep)) {
        boolean isInDeep = node.countAt(one.sender(), deep) > mined.get().attempt().senderNonce();
        if (one.deed().kind() == Kind.SETTLE && isInDeep) {
          // What it was to pay was claimed in a block that the chain has no more.
          fail(one, one.deed().kind().failure());
          return;
        }
        throw new NodeFailure("The node tells of two branches of the chain");
      }
      finish(one, mined.get().hash(), mined.get().place());
      return;
    }
    boolean isTakenUp = node.countAt(one.sender(), deep) > one.senderNonce();
    boolean isOver = deep.time() >= one.validBefore();
    if ((isTakenUp || isOver) && isDone(one, deep)) {
      byOthers(one, deep);
    } else if ((isTakenUp || isOver) && isSpent(one, deep)) {
      usedByOthers(one, deep);
    } else if (isOver) {
      fail(one, EXPIRED);
    } else if (isTakenUp) {
      boolean hasFailed =
          one.isPaused()
              || mined.filter(its -> its.attempt().senderNonce() == one.senderNonce()).isPresent();
      if (hasFailed || !settler.moveOn(one, attempts, head)) {
        leave(one);
      }
    } else {
      onTheWay(one, attempts, head);
    }
  }

  /// Whoever waits is told, and signs anew. An authorization may still be handed in by somebody
  /// else until it is over, and is tried again when it is asked for; all else is over with its
  /// transaction.
  private void leave(Settling one) {
    String reason = one.deed().kind().failure();
    if (one.deed().kind().isAuthorized()) {
      move(one, State.BROADCAST, reason, one.transaction());
    } else {
      fail(one, reason);
    }
  }

  /// A transaction of a payment that is in a block of the chain.
  private record Mined(Settling.Attempt attempt, Node.Receipt receipt) {
    String hash() {
      return attempt.hash();
    }

    SqlSettlings.Place place() {
      return new SqlSettlings.Place(receipt.block(), receipt.blockHash());
    }
  }

  private Optional<Mined> mined(List<Settling.Attempt> attempts) {
    for (Settling.Attempt attempt : attempts) {
      Optional<Node.Receipt> receipt = node.receipt(attempt.hash());
      // A node that is behind, or on another branch, may tell of a block that is none of the chain.
      if (receipt.isPresent() && node.isInChain(receipt.get())) {
        return Optional.of(new Mined(attempt, receipt.get()));
      }
    }
    return Optional.empty();
  }

  private boolean isDone(Settling one, Node.Block deep) {
    return one.deed().aims().stream().allMatch(aim -> aim.isReached(node, deep));
  }

  /// Whether the payer has used its authorization for something else than what it was for.
  private boolean isSpent(Settling one, Node.Block deep) {
    return one.deed().kind() == Kind.AUTHORIZE
        && one.deed().aims().getFirst().isReached(node, deep);
  }

  /// Not sent, or sent and in no block, or in one that the chain has no more.
  private void onTheWay(Settling one, List<Settling.Attempt> attempts, Node.Block head) {
    boolean isLost = one.state() == State.MINED;
    if (isLost) {
      LOG.log(Level.INFO, "The chain was reorganised; a payment is sent again");
      move(one, State.BROADCAST, "", one.transaction());
    }
    boolean isDue = parts.time().millis() - one.sentAtMs() >= SEND_AGAIN_MS;
    if (isLost || isDue || one.state() == State.PREPARED) {
      sender.sendAgain(one, attempts, head);
    }
  }

  /// Has the sender's next transactions not wait for one whose payment is decided.
  private void fill(
      Settling one, List<Settling.Attempt> attempts, Node.Block head, Node.Block deep) {
    if (node.countAt(one.sender(), deep) > one.senderNonce()) {
      parts
          .database()
          .write(transaction -> {
            rows.closeNonce(transaction, one.number());
            return true;
          });
    } else if (parts.time().millis() - one.sentAtMs() >= SEND_AGAIN_MS) {
      sender.sendAgain(one, attempts, head);
    }
  }

  /// Somebody else did it, or it was undone.
  private void byOthers(Settling one, Node.Block deep) {
    switch (one.deed().kind()) {
      case EXACT, DEPOSIT, AUTHORIZE -> usedByOthers(one, deep);
      // Whose transaction that was is not looked for: the money is where it was to go.
      case CLAIM, SETTLE, CAPTURE, VOID -> finish(one, "", SqlSettlings.Place.NONE);
      // It may have been for another amount.
      case REFUND -> fail(one, one.deed().kind().failure());
    }
  }

  /// Whether the money is where it was to go, and the escrow knows nothing of it.
  private boolean isAstray(Settling one, Node.Block deep) {
    return one.deed().kind() == Kind.AUTHORIZE && !isDone(one, deep);
  }

  private void usedByOthers(Settling one, Node.Block deep) {
    switch (authorizations.useOf(one, deep)) {
      case Authorizations.Use.Paid _ when isAstray(one, deep) -> fail(one, USED_OTHERWISE);
      case Authorizations.Use.Paid paid -> finish(one, paid.transaction(), paid.place());
      case Authorizations.Use.Canceled _ -> fail(one, CANCELED);
      case Authorizations.Use.Otherwise _ -> fail(one, USED_OTHERWISE);
    }
  }

  private void note(Settling one, Mined mined) {
    boolean isKnown =
        one.state() == State.MINED && one.blockHash().equals(mined.receipt().blockHash());
    if (!isKnown) {
      parts
          .database()
          .write(transaction ->
              rows.move(transaction, one, State.MINED, "", mined.hash(), mined.place()));
    }
  }

  private void move(Settling one, State state, String reason, String hash) {
    if (one.state() == state && one.reason().equals(reason)) {
      return;
    }
    parts
        .database()
        .write(transaction ->
            rows.move(transaction, one, state, reason, hash, SqlSettlings.Place.NONE));
  }

  private void finish(Settling one, String hash, SqlSettlings.Place place) {
    parts
        .database()
        .write(transaction -> {
          boolean isMoved = rows.move(transaction, one, State.FINAL, "", hash, place);
          if (isMoved) {
            settler.counting().ended(transaction, one, true);
            settler.record(transaction, "chain.settled", one, hash, "");
          }
          return isMoved;
        });
  }

  private void fail(Settling one, String reason) {
    parts
        .database()
        .write(transaction -> {
          boolean isMoved =
              rows.move(
                  transaction,
                  one,
                  State.FAILED,
                  reason,
                  one.transaction(),
                  SqlSettlings.Place.NONE);
          if (isMoved) {
            settler.counting().ended(transaction, one, false);
            settler.record(transaction, "chain.failed", one, one.transaction(), reason);
          }
          return isMoved;
        });
  }
}
