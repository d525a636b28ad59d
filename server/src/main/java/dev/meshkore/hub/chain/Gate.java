package dev.meshkore.hub.chain;

import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.Transaction;
import dev.meshkore.hub.x402.ChainRules;
import java.sql.SQLException;

/// What is asked of something that is to be handed in, in the transaction that stores it.
@FunctionalInterface
interface Gate {
  /// Nothing: its rules were asked before.
  Gate OPEN = _ -> true;

  /// Whether it is to be handed in still.
  boolean holds(Transaction transaction) throws SQLException;

  /// The transaction in which the others are asked.
  default <T> T write(Database database, Database.Work<T> work) {
    return database.write(work);
  }

  /// Lets in what never was, when nothing else is in its way.
  ///
  /// @throws dev.meshkore.hub.problem.Refused where a rule is
  default void letIn(Transaction transaction) throws SQLException {}

  /// Lets be tried once more what has failed in its block.
  ///
  /// @throws dev.meshkore.hub.problem.Refused where a rule is in the way
  default void again(Transaction transaction) throws SQLException {}

  /// The rules of whoever has signed a payment that anybody hands in.
  record OfPayer(ChainRules rules, ChainRules.Payment payment) implements Gate {
    @Override
    public boolean holds(Transaction transaction) {
      return true;
    }

    @Override
    public <T> T write(Database database, Database.Work<T> work) {
      return rules.write(payment, work);
    }

    @Override
    public void letIn(Transaction transaction) throws SQLException {
      rules.reserve(transaction, payment);
    }

    @Override
    public void again(Transaction transaction) throws SQLException {
      rules.again(transaction, payment);
    }
  }
}
