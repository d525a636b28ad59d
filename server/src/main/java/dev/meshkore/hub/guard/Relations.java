package dev.meshkore.hub.guard;

import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;

/// What rules may ask of who has to do with whom, within the transaction that stores a message.
public interface Relations {
  /// Whether one agent has ever written to the other.
  boolean hasWritten(Transaction transaction, long from, long to) throws SQLException;

  /// Whether both are members of some channel.
  boolean shareChannel(Transaction transaction, long one, long other) throws SQLException;
}
