package dev.meshkore.hub.calls;

import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;

/// Callers who are no agents of the hub.
@FunctionalInterface
public interface Strangers {
  /// Refuses what anybody asks of an agent where the hub is stopped, or the agent takes nothing of
  /// those that it does not know.
  void admit(Transaction transaction, long recipient) throws SQLException;
}
