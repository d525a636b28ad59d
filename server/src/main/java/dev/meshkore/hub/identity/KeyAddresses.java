package dev.meshkore.hub.identity;

import dev.meshkore.hub.keys.Key;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/// Whose the addresses on EVM chains are. Thread-safe.
public final class KeyAddresses {
  private static final int AT_ONCE = 1_000;

  private final Database database;

  /// The addresses of the keys in this database.
  public KeyAddresses(Database database) {
    this.database = database;
  }

  /// Whose an address is.
  ///
  /// @param agent who has, or had, its key
  /// @param isCurrent whether the key is bound now
  public record Holder(Caller.OfAgent agent, boolean isCurrent) {}

  /// The agent that has, or had, the key of an address: a key belongs to one agent for good.
  ///
  /// @param address forty digits in lower case
  public Optional<Holder> holder(Transaction reader, String address) throws SQLException {
    return SqlKeys.byAddress(reader, address)
        .map(row -> new Holder(new Caller.OfAgent(row.agent(), row.agentId()), row.isCurrent()));
  }

  /// Keeps the addresses of keys that were bound before any was kept, so many in a transaction.
  /// Where all are kept that is one question.
  public void fill() {
    List<Key> page = without("");
    while (!page.isEmpty()) {
      List<Key> some = page;
      database.write(transaction -> {
        for (Key key : some) {
          SqlKeys.insertAddresses(transaction, key);
        }
        return true;
      });
      page = some.size() < AT_ONCE ? List.of() : without(some.getLast().hex());
    }
  }

  private List<Key> without(String after) {
    return database.read(reader -> SqlKeys.withoutAddress(reader, after, AT_ONCE));
  }
}
