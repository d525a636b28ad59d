package dev.meshkore.hub.guard;

import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/// Budgets of messages: what is sent is taken from every budget of the hub, the sender, its owner,
/// the pair or channel, and the thread, in the transaction that stores it. Thread-safe.
final class Limits implements SendRule {
  /// What these budgets count.
  static final String UNIT = "messages";

  private final Orders orders;
  private final Budgets budgets;
  private final Supplier<Persons> persons;

  Limits(Orders orders, Budgets budgets, Supplier<Persons> persons) {
    this.persons = persons;
    this.orders = orders;
    this.budgets = budgets;
  }

  @Override
  public boolean concerns(long sender, long recipient, long channel) {
    return !orders.now().budgetScopes().isEmpty();
  }

  @Override
  public void check(Transaction transaction, Letter letter, Relations relations)
      throws SQLException {
    Set<String> limited = orders.now().budgetScopes();
    var takes = new ArrayList<Take>();
    for (String scope : scopes(letter)) {
      if (limited.contains(scope)) {
        takes.add(new Take(scope, UNIT, 1));
      }
    }
    if (orders.now().hasOwnerBudgets()) {
      persons
          .get()
          .ownerOf(transaction, letter.sender())
          .filter(limited::contains)
          .ifPresent(owner -> takes.add(new Take(owner, UNIT, 1)));
    }
    if (!takes.isEmpty()) {
      budgets.spend(transaction, takes);
    }
  }

  private static List<String> scopes(Letter letter) {
    var scopes = new ArrayList<>(Scopes.of(letter));
    if (letter.thread() != null) {
      scopes.add("thread:" + letter.thread());
    }
    return scopes;
  }
}
