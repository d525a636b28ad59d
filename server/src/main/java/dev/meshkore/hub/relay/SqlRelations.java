package dev.meshkore.hub.relay;

import dev.meshkore.hub.guard.Relations;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;

/// Who has to do with whom, from the tables of contacts and channels.
final class SqlRelations implements Relations {
  @Override
  public boolean hasWritten(Transaction transaction, long from, long to) throws SQLException {
    return transaction.number(
            "SELECT COUNT(*) FROM contact WHERE sender = ? AND recipient = ?", 0, from, to)
        > 0;
  }

  @Override
  public boolean shareChannel(Transaction transaction, long one, long other) throws SQLException {
    return transaction.number(
            """
            SELECT COUNT(*) FROM channel_member AS a
            JOIN channel_member AS b ON b.channel = a.channel
            WHERE a.agent = ? AND b.agent = ?
            """,
            0,
            one,
            other)
        > 0;
  }
}
