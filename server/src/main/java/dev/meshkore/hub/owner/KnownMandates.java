package dev.meshkore.hub.owner;

import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Mandates as they were read once, without what was signed: what one says never changes, so who
/// pays often is not read again and again. Whether it was revoked is not known here. Thread-safe.
final class KnownMandates {
  /// So many characters were signed, of all that are kept: what they say takes no more.
  private static final long CHARACTERS_MAX = 8L << 20;

  private record Kept(Mandate mandate, int characters) {}

  /// Those last asked for come last.
  private final Map<String, Kept> known = new LinkedHashMap<>(16, 0.75f, true);

  private long characters;

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
    return Optional.ofNullable(known.get(id)).map(Kept::mandate);
  }

  private synchronized void keep(Mandate mandate) {
    var kept = new Kept(mandate.withoutToken(), mandate.token().length());
    Kept before = known.put(mandate.id(), kept);
    characters += kept.characters() - (before == null ? 0 : before.characters());
    Iterator<Kept> oldest = known.values().iterator();
    while (characters > CHARACTERS_MAX && oldest.hasNext()) {
      characters -= oldest.next().characters();
      oldest.remove();
    }
  }
}
