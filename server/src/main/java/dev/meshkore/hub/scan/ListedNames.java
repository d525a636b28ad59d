package dev.meshkore.hub.scan;

import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.Map;

/// The names of all that is listed, by what they look like. Whoever lists something claims its name
/// in the transaction that stores it. Two may have the same name, as two may sell translations;
/// none may have one that only looks the same as another of its kind, or as an agent.
public final class ListedNames {
  /// What has a name.
  ///
  /// @param kind such as `agent` or `service`
  /// @param object its id, unique of its kind
  /// @param holder the number of the agent whose it is
  public record Listed(String kind, String object, long holder) {}

  private static final long LOCK = 0x6d65736b_6e616d65L;

  private ListedNames() {}

  /// Takes a name for something, in the place of the name that it had.
  ///
  /// @param field how clients name the name
  /// @throws Refused with `look-alike-name` where somebody else has one that looks like it
  public static void claim(Transaction transaction, Listed listed, String field, String name)
      throws SQLException {
    String look = Skeleton.of(name);
    String same = Skeleton.same(name);
    if (transaction.dialect().isShared()) {
      transaction.number("SELECT 1 FROM pg_advisory_xact_lock(?)", 0, LOCK);
    }
    long others =
        transaction.number(
            """
            SELECT COUNT(*) FROM listed_name
            WHERE kind IN (?, 'agent') AND look = ? AND same <> ? AND holder <> ?
            """,
            0,
            listed.kind(),
            look,
            same,
            listed.holder());
    if (others > 0) {
      throw new Refused(
          ProblemType.LOOK_ALIKE_NAME,
          "Readers would take this " + field + " for another's",
          Map.of("field", field));
    }
    transaction.update(
        """
        INSERT INTO listed_name (kind, object, holder, look, same) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (kind, object)
        DO UPDATE SET holder = excluded.holder, look = excluded.look, same = excluded.same
        """,
        listed.kind(),
        listed.object(),
        listed.holder(),
        look,
        same);
  }

  /// Gives the name of something up.
  public static void release(Transaction transaction, String kind, String object)
      throws SQLException {
    transaction.update("DELETE FROM listed_name WHERE kind = ? AND object = ?", kind, object);
  }
}
