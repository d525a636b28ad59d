package dev.meshkore.hub.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Brings the tables up to date: numbered files under `db/`, forward only, each in a transaction of
/// its own, before the hub listens. A file that was released never changes. A line that ends in
/// `-- @sqlite` or `-- @postgresql` is for that database alone.
final class Migrations {
  /// Every migration, in order.
  static final List<String> FILES =
      List.of(
          "0001_connect.sql",
          "0002_epochs.sql",
          "0003_tasks.sql",
          "0004_outside.sql",
          "0005_audit.sql",
          "0006_keys.sql",
          "0007_guard.sql",
          "0008_owners.sql",
          "0009_tasks_together.sql",
          "0010_proofs.sql",
          "0011_owners_told.sql",
          "0012_task_upkeep.sql",
          "0013_in_order.sql",
          "0014_practice.sql",
          "0015_market.sql",
          "0016_listed_names.sql",
          "0017_feeds.sql",
          "0018_learned_from.sql",
          "0019_ledger.sql",
          "0020_imports_in_order.sql",
          "0021_notices_in_order.sql",
          "0022_jobs.sql",
          "0024_spending_allowed.sql",
          "0025_x402.sql",
          "0026_calls.sql",
          "0027_chain.sql",
          "0028_reputation.sql",
          "0029_batches.sql",
          "0030_call_fees.sql",
          "0031_chain_askers.sql",
          "0032_mended_money.sql",
          "0033_vouchers.sql",
          "0034_task_calls.sql",
          "0035_jobs_on_chain.sql",
          "0036_chain_calls.sql",
          "0037_one_name_of_tokens.sql",
          "0038_measured.sql",
          "0039_live_calls.sql",
          "0040_linked_movements.sql",
          "0041_budgets_in_place.sql",
          "0042_feeds_by_meaning.sql",
          "0043_addresses_of_keys.sql",
          "0044_agreements_by_service.sql",
          "0045_feeds_as_found.sql");

  private static final String LOCK = "SELECT pg_advisory_xact_lock(7301)";

  private Migrations() {}

  /// Applies what is missing, then closes the connection.
  static void apply(Transaction transaction) throws SQLException {
    try (var _ = transaction.connection()) {
      Dialect dialect = transaction.dialect();
      dialect.begin(transaction);
      if (dialect == Dialect.POSTGRESQL) {
        // Where there is much to change, another hub may wait long for it, too.
        transaction.connection().setNetworkTimeout(Runnable::run, 0);
        transaction.execute(LOCK);
      }
      transaction.execute(
          "CREATE TABLE IF NOT EXISTS migration"
              + " (name TEXT PRIMARY KEY, checksum TEXT NOT NULL)");
      Map<String, String> applied =
          transaction
              .list(
                  "SELECT name, checksum FROM migration",
                  row -> Map.entry(row.getString(1), row.getString(2)))
              .stream()
              .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
      requireKnown(applied.keySet());
      for (String file : FILES) {
        applyOne(transaction, file, applied);
      }
      if (dialect == Dialect.POSTGRESQL) {
        TransactionIds.keepGrowing(transaction);
      }
      dialect.commit(transaction);
    }
  }

  private static void requireKnown(Set<String> applied) {
    for (String file : applied) {
      if (!FILES.contains(file)) {
        throw new IllegalStateException(
            "The database was brought up to date by a newer hub (" + file + "); use that one");
      }
    }
  }

  private static void applyOne(Transaction transaction, String file, Map<String, String> applied)
      throws SQLException {
    String text = read(file);
    String checksum = checksum(text);
    String before = applied.get(file);
    if (before == null) {
      for (String statement : statements(text, transaction.dialect())) {
        transaction.execute(statement);
      }
      transaction.update("INSERT INTO migration (name, checksum) VALUES (?, ?)", file, checksum);
    } else if (!before.equals(checksum)) {
      throw new IllegalStateException(
          "The database was made by another version of " + file + "; use the hub that made it");
    }
  }

  static List<String> statements(String text, Dialect dialect) {
    String other = dialect.choose("-- @postgresql", "-- @sqlite");
    String own =
        text.lines()
            .filter(line -> !line.stripTrailing().endsWith(other))
            .map(line -> line.replaceFirst("--.*$", ""))
            .collect(Collectors.joining("\n"));
    return own.lines().collect(Collectors.joining("\n")).transform(Migrations::split);
  }

  private static List<String> split(String text) {
    return List.of(text.split(";")).stream().map(String::strip).filter(s -> !s.isEmpty()).toList();
  }

  static String read(String file) {
    try (InputStream in = Migrations.class.getResourceAsStream("/db/" + file)) {
      if (in == null) {
        throw new IllegalStateException("The migration " + file + " is not in the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  static String checksum(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
