package dev.meshkore.hub.guard;

import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.List;

/// What agents spent before, as whoever keeps their accounts knows it.
@FunctionalInterface
public interface SpentBefore {
  /// Nobody spent anything.
  SpentBefore NOTHING = (_, _, _, _) -> List.of();

  /// A payment, or what was held to be one.
  ///
  /// @param atoms how much
  /// @param atMs when
  record Spent(long atoms, long atMs) {}

  /// The last that an agent spent of an asset, the newest first, at most so many.
  List<Spent> last(Transaction reader, long agent, String asset, int most) throws SQLException;
}
