package dev.meshkore.hub.reputation;

import dev.meshkore.hub.owner.Earned;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.List;

/// Who has earned the level `trusted`, as it was last reckoned.
public final class EarnedTrust implements Earned {
  /// It keeps nothing of its own.
  public EarnedTrust() {}

  @Override
  public boolean has(Transaction reader, long agent) throws SQLException {
    return SqlReputation.isTrusted(reader, agent);
  }

  @Override
  public List<Long> agents(Transaction reader) throws SQLException {
    return SqlReputation.trusted(reader);
  }
}
