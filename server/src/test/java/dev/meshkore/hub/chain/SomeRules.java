package dev.meshkore.hub.chain;

import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.guard.Budget;
import dev.meshkore.hub.guard.Budgets;
import dev.meshkore.hub.guard.Take;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.Transaction;
import dev.meshkore.hub.x402.ChainRules;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// Rules by which each payer has a budget, if it was given one, and may be stopped.
final class SomeRules implements ChainRules {
  private static final String UNIT = "atoms";

  private final Database database;
  private final Budgets budgets;
  private boolean isStopped;

  SomeRules(Database database, InstantSource clock) {
    this.database = database;
    this.budgets = new Budgets(clock);
  }

  void stop(boolean now) {
    isStopped = now;
  }

  /// Gives a payer so much.
  void cap(Address payer, long atoms) {
    database.write(transaction -> {
      budgets.set(transaction, payer.hex(), UNIT, Budget.Window.ENDLESS, atoms);
      return true;
    });
  }

  /// What a payer has used and reserved.
  Budget budget(Address payer) {
    return database.read(reader -> budgets.of(reader, payer.hex())).getFirst();
  }

  @Override
  public Optional<String> stopped(Address payer) {
    return isStopped ? Optional.of("stopped") : Optional.empty();
  }

  @Override
  public <T> T write(Payment payment, Database.Work<T> work) {
    return database.write(work);
  }

  @Override
  public void reserve(Transaction transaction, Payment payment) throws SQLException {
    var take = new Take(payment.payer().hex(), UNIT, payment.atoms().longValueExact());
    budgets.reserve(transaction, List.of(take), payment.id(), Instant.ofEpochMilli(Long.MAX_VALUE));
  }

  @Override
  public void again(Transaction transaction, Payment payment) throws Refused {
    // It may.
  }

  @Override
  public void paid(Transaction transaction, String id) throws SQLException {
    var _ = budgets.commit(transaction, id);
  }

  @Override
  public void failed(Transaction transaction, String id) throws SQLException {
    var _ = budgets.release(transaction, id);
  }
}
