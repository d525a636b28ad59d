package dev.meshkore.hub.audit;

import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;

/// The tiles in the database, each read once. Belongs to one reading.
final class StoredTiles implements Tree.Tiles {
  private static final int KEPT_MAX = 64;

  private final Transaction reader;
  private final Map<Edge.Place, byte[]> kept =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Edge.Place, byte[]> eldest) {
          return size() > KEPT_MAX;
        }
      };

  StoredTiles(Transaction reader) {
    this.reader = reader;
  }

  @Override
  public byte[] read(int level, long number) throws SQLException {
    var place = new Edge.Place(level, number);
    byte[] known = kept.get(place);
    if (known == null) {
      known =
          SqlAudit.tile(reader, level, number)
              .orElseThrow(() -> new IllegalStateException("The audit log has lost " + place));
      kept.put(place, known);
    }
    return known;
  }
}
