package dev.meshkore.hub.ledger;

import dev.meshkore.hub.money.Asset;
import java.util.ArrayList;
import java.util.List;

/// What accounts have, which ids were used for what, and what is held: too simple to be wrong. A
/// copy is what it was, so that what a hub undoes can be undone here, too.
final class LedgerModel {
  static final int AGENTS = 4;

  /// Out of this the money of a history comes.
  static final int ISSUED = AGENTS;

  static final List<Asset> ASSETS = List.of(Asset.CREDIT, new Asset("SAT", 0));

  /// A transfer that is held.
  record Held(Order order, long until) {}

  /// The accounts of a history have numbers of its own.
  final long base;

  final List<List<Order>> done;
  final List<List<Order>> failed;
  final List<Held> held;
  final List<Held> ended;
  private final long[] had;
  private final long[] pending;

  LedgerModel(long base) {
    this(
        base,
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        new long[ASSETS.size() * (AGENTS + 1)],
        new long[ASSETS.size() * (AGENTS + 1)]);
  }

  private LedgerModel(
      long base,
      List<List<Order>> done,
      List<List<Order>> failed,
      List<Held> held,
      List<Held> ended,
      long[] had,
      long[] pending) {
    this.base = base;
    this.done = new ArrayList<>(done);
    this.failed = new ArrayList<>(failed);
    this.held = new ArrayList<>(held);
    this.ended = new ArrayList<>(ended);
    this.had = had.clone();
    this.pending = pending.clone();
  }

  LedgerModel copy() {
    return new LedgerModel(base, done, failed, held, ended, had, pending);
  }

  Account.Name name(int agent) {
    return agent == ISSUED ? Account.Name.issuedBy("h" + base) : Account.Name.ofAgent(base + agent);
  }

  List<String> names() {
    var names = new ArrayList<String>();
    for (int agent = 0; agent <= AGENTS; agent++) {
      names.add(name(agent).text());
    }
    return names;
  }

  /// What an account has, what is held of it included.
  long had(Account.Name name, Asset asset) {
    return had[index(name, asset)];
  }

  /// What is held of it.
  long pending(Account.Name name, Asset asset) {
    return pending[index(name, asset)];
  }

  private int index(Account.Name name, Asset asset) {
    int agent = name.isBounded() ? (int) (name.agent() - base) : ISSUED;
    return ASSETS.indexOf(asset) * (AGENTS + 1) + agent;
  }

  /// Moves or holds all of these in their turn, or none where one is for too much.
  boolean move(List<Order> orders, long now) {
    long[] hadBefore = had.clone();
    long[] pendingBefore = pending.clone();
    for (Order order : orders) {
      int from = index(order.debit(), order.amount().asset());
      int to = index(order.credit(), order.amount().asset());
      long atoms = order.amount().atoms();
      if (order.holdSeconds() > 0) {
        pending[from] += atoms;
      } else {
        had[from] -= atoms;
        had[to] += atoms;
      }
      if (order.debit().isBounded() && had[from] < pending[from]) {
        System.arraycopy(hadBefore, 0, had, 0, had.length);
        System.arraycopy(pendingBefore, 0, pending, 0, pending.length);
        failed.add(orders);
        return false;
      }
    }
    done.add(orders);
    for (Order order : orders) {
      if (order.holdSeconds() > 0) {
        held.add(new Held(order, now + order.holdSeconds() * 1_000));
      }
    }
    return true;
  }

  /// Ends what was held: so much of it is moved.
  void settle(Held one, long moved) {
    held.remove(one);
    ended.add(one);
    Order order = one.order();
    int from = index(order.debit(), order.amount().asset());
    pending[from] -= order.amount().atoms();
    had[from] -= moved;
    had[index(order.credit(), order.amount().asset())] += moved;
  }
}
