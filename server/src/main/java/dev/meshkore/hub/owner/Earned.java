package dev.meshkore.hub.owner;

import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.List;

/// Who has earned the level `trusted` by what others say of it.
public interface Earned {
  /// Whether an agent has.
  boolean has(Transaction reader, long agent) throws SQLException;

  /// All who have.
  List<Long> agents(Transaction reader) throws SQLException;
}
