package dev.meshkore.hub.identity;

import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/// The SQL of signing keys.
final class SqlSigningKeys {
  private static final long LOCK = 0x6d65736b_6b657973L;

  private SqlSigningKeys() {}

  /// Every key, oldest first.
  static List<SigningKey> list(Transaction reader) throws SQLException {
    return reader.list(
        "SELECT key_id, private_key, public_key, made_at FROM signing_key ORDER BY made_at, key_id",
        row ->
            SigningKey.decoded(
                row.getString(1),
                row.getBytes(2),
                row.getBytes(3),
                Instant.ofEpochMilli(row.getLong(4))));
  }

  /// Lets one hub at a time make a key, where several share the database.
  static void lock(Transaction transaction) throws SQLException {
    if (transaction.dialect().isShared()) {
      transaction.number("SELECT 1 FROM pg_advisory_xact_lock(?)", 0, LOCK);
    }
  }

  static void insert(Transaction transaction, SigningKey key) throws SQLException {
    transaction.update(
        "INSERT INTO signing_key (key_id, private_key, public_key, made_at) VALUES (?, ?, ?, ?)",
        key.id(),
        key.privateKey().getEncoded(),
        key.publicKey().getEncoded(),
        key.madeAt().toEpochMilli());
  }

  static void delete(Transaction transaction, String keyId) throws SQLException {
    transaction.update("DELETE FROM signing_key WHERE key_id = ?", keyId);
  }
}
