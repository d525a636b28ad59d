package dev.meshkore.hub.owner;

import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Mandates as they were read once: what one says never changes, so who pays often is not read
/// again and again. Whether it was revoked is not known here. Thread-safe.
final class KnownMandates {
  private static final int KEPT_MAX = 10_000;

  private final Map<String, Mandate> known =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Mandate> eldest) {
          return size() > KEPT_MAX;
        }
      };

  /// A mandate that is there and was not revoked, as the transaction has seen.
  Mandate get(Transaction reader, String id) throws SQLException {
    Optional<Mandate> kept = kept(id);
    if (kept.isPresent()) {
      return kept.get();
    }
    Mandate read = SqlMandates.find(reader, id).orElseThrow();
    keep(read);
    return read;
  }

  private synchronized Optional<Mandate> kept(String id) {
    return Optional.ofNullable(known.get(id));
  }

  private synchronized void keep(Mandate mandate) {
    known.put(mandate.id(), mandate);
  }
}
