package dev.meshkore.hub.owner;

import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.List;

/// The keys with which agents sign.
@FunctionalInterface
public interface AgentKeys {
  /// The Ed25519 keys that an agent has now, 32 bytes each.
  List<byte[]> ed25519(Transaction reader, long agent) throws SQLException;
}
