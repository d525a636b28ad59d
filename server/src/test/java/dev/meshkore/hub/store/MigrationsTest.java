package dev.meshkore.hub.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meshkore.hub.audit.Audit;
import dev.meshkore.hub.ledger.Ledger;
import dev.meshkore.hub.testing.TestDatabase;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MigrationsTest {
  @TempDir private Path folder;

  @Test
  void aStatementMayBeForOneDatabaseAlone() {
    String text =
        """
        -- A comment; with a semicolon.
        CREATE TABLE t (
          a INTEGER PRIMARY KEY, -- @sqlite
          a BIGINT,              -- @postgresql
          b TEXT                 -- what it is
        );
        CREATE INDEX i ON t (b);
        """;
    assertThat(Migrations.statements(text, Dialect.SQLITE))
        .hasSize(2)
        .first()
        .asString()
        .contains("a INTEGER PRIMARY KEY,")
        .doesNotContain("BIGINT", "--");
    assertThat(Migrations.statements(text, Dialect.POSTGRESQL))
        .hasSize(2)
        .first()
        .asString()
        .contains("a BIGINT,")
        .doesNotContain("INTEGER", "--");
  }

  @Test
  void everyFileIsThereAndIsAppliedOnce() {
    TestDatabase.each(folder)
        .forEach(url -> {
          Database.open(url, () -> 0, () -> {}).close();
          try (var again = Database.open(url, () -> 0, () -> {})) {
            assertThat(
                    again.<List<String>>read(transaction ->
                        transaction.list(
                            "SELECT name || ' ' || checksum FROM migration ORDER BY name",
                            row -> row.getString(1))))
                .containsExactlyElementsOf(
                    Migrations.FILES.stream()
                        .map(file -> file + " " + Migrations.checksum(Migrations.read(file)))
                        .toList());
          }
        });
  }

  @Test
  void tasksThatBeganBeforeTheyLayTogetherAreThere() {
    int together = Migrations.FILES.indexOf("0009_tasks_together.sql");
    String query = "SELECT task_id || first || version FROM task";
    TestDatabase.each(folder)
        .forEach(url -> {
          Dialect dialect = url.dialect();
          try (var connection = url.openToWrite()) {
            var transaction = new Transaction(connection, dialect);
            for (String file : Migrations.FILES.subList(0, together)) {
              apply(transaction, file);
            }
            for (String end : List.of("0123456789012345678901", "_-abcdefghijklmnopqrst")) {
              transaction.update(
                  "INSERT INTO task (task_id, agent, caller, context_id, state, is_shown,"
                      + " hooks, updated_at, version, body)"
                      + " VALUES (?, 1, 2, 'c', 'working', 1, 0, 7, 3, ?)",
                  "a2a-" + end,
                  new byte[] {'{', '}'});
            }
            apply(transaction, Migrations.FILES.get(together));
            assertThat(transaction.<String>list(query, row -> row.getString(1)))
                .containsExactlyInAnyOrder(
                    "a2a-012345678901234567890101234567890123456789013",
                    "a2a-_-abcdefghijklmnopqrst_-abcdefghijklmnopqrst3");
          } catch (SQLException failure) {
            throw new IllegalStateException(failure);
          }
        });
  }

  /// What was counted of a token under two names is counted under one.
  @Test
  void aTokenThatWasNamedTwiceIsNamedOnce() {
    int once = Migrations.FILES.indexOf("0037_one_name_of_tokens.sql");
    String budget =
        "INSERT INTO budget (scope, unit, window_ms, kind, cap, used, reserved, window_start)"
            + " VALUES ('m', ?, ?, 'rolling', 9, ?, ?, 0)";
    String bucket =
        "INSERT INTO budget_bucket (scope, unit, window_ms, started_at, used)"
            + " VALUES ('m', ?, 60, 5, ?)";
    String held =
        "INSERT INTO reservation (reservation_id, scope, unit, window_ms, amount, expires_at)"
            + " VALUES ('r', 'm', ?, 60, 2, 7)";
    TestDatabase.each(folder)
        .forEach(url -> {
          try (var connection = url.openToWrite()) {
            var transaction = new Transaction(connection, url.dialect());
            for (String file : Migrations.FILES.subList(0, once)) {
              apply(transaction, file);
            }
            for (String unit : List.of("eip155:1/erc20:0xAb", "eip155:1/erc20:0xab")) {
              transaction.update(budget, unit, 60, 3, 2);
              transaction.update(bucket, unit, 3);
            }
            transaction.update(budget, "eip155:1/erc20:0xCd", 0, 4, 0);
            transaction.update(budget, "CREDIT", 0, 1, 0);
            transaction.update(held, "eip155:1/erc20:0xAb");
            apply(transaction, "0037_one_name_of_tokens.sql");
            assertThat(
                    transaction.list(
                        "SELECT unit || ' ' || used || ' ' || reserved FROM budget ORDER BY unit",
                        row -> row.getString(1)))
                .containsExactlyInAnyOrder(
                    "CREDIT 1 0", "eip155:1/erc20:0xab 6 4", "eip155:1/erc20:0xcd 4 0");
            assertThat(
                    transaction.list(
                        "SELECT unit || ' ' || used FROM budget_bucket", row -> row.getString(1)))
                .containsExactly("eip155:1/erc20:0xab 6");
            assertThat(transaction.list("SELECT unit FROM reservation", row -> row.getString(1)))
                .containsExactly("eip155:1/erc20:0xab");
          } catch (SQLException failure) {
            throw new AssertionError(failure);
          }
        });
  }

  /// What moved before movements were linked is linked, and the books come out even.
  @Test
  void whatMovedBeforeIsLinked() {
    String linked = "0040_linked_movements.sql";
    String transfer =
        "INSERT INTO ledger_transfer (transfer_id, digest, kind, debit, credit, atoms, purpose,"
            + " about, expires_at, act, made_at)"
            + " VALUES (?, '', ?, ?, ?, 2, 'payment', '', 0, 1, ?)";
    String account =
        "INSERT INTO ledger_account (number, name, asset, bounded, debits_pending, debits_posted,"
            + " credits_pending, credits_posted) VALUES (?, ?, 'CREDIT', 0, 0, ?, 0, ?)";
    TestDatabase.each(folder)
        .forEach(url -> {
          try (var connection = url.openToWrite()) {
            var transaction = new Transaction(connection, url.dialect());
            for (String file : Migrations.FILES.subList(0, Migrations.FILES.indexOf(linked))) {
              apply(transaction, file);
            }
            transaction.update(account, 1, "agent:1", 300, 100);
            transaction.update(account, 2, "agent:2", 100, 300);
            transaction.update(account, 3, "agent:3", 0, 0);
            for (int i = 0; i < 200; i++) {
              int from = i % 4 == 3 ? 2 : 1;
              transaction.update(transfer, "t" + i, "posted", from, 3 - from, 1_000 - i);
            }
            apply(transaction, linked);
            assertThat(
                    transaction.list(
                        "SELECT side || ' ' || account || ' ' || newest || ' ' || latest"
                            + " || ' ' || earliest || ' ' || atoms FROM ledger_page"
                            + " ORDER BY account, side, newest",
                        row -> row.getString(1)))
                .containsExactly(
                    "debit 1 85 1000 916 128",
                    "debit 1 170 915 831 128",
                    "credit 2 85 1000 916 128",
                    "credit 2 170 915 831 128");
            assertThat(
                    transaction.list(
                        "SELECT debit || ' ' || credit || ' ' || first FROM ledger_payee"
                            + " ORDER BY debit",
                        row -> row.getString(1)))
                .containsExactly("1 2 1", "2 1 4");
            var ledger =
                new Ledger(new Audit(() -> Instant.EPOCH, new SecureRandom()), () -> Instant.EPOCH);
            assertThat(ledger.differences(transaction)).isEmpty();
          } catch (SQLException failure) {
            throw new AssertionError(failure);
          }
        });
  }

  private static void apply(Transaction transaction, String file) throws SQLException {
    for (String statement : Migrations.statements(Migrations.read(file), transaction.dialect())) {
      transaction.execute(statement);
    }
  }

  @Test
  void aDatabaseOfAnotherVersionOfAFileIsRefused() {
    TestDatabase.each(folder)
        .forEach(url -> {
          try (var database = Database.open(url, () -> 0, () -> {})) {
            database.write(
                transaction -> transaction.update("UPDATE migration SET checksum = 'other'"));
          }
          assertThatThrownBy(() -> Database.open(url, () -> 0, () -> {}))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining(Migrations.FILES.getFirst());
        });
  }

  @Test
  void aDatabaseOfANewerHubIsRefused() {
    TestDatabase.each(folder)
        .forEach(url -> {
          try (var database = Database.open(url, () -> 0, () -> {})) {
            database.write(transaction ->
                transaction.update(
                    "INSERT INTO migration (name, checksum) VALUES ('9999_later.sql', 'x')"));
          }
          assertThatThrownBy(() -> Database.open(url, () -> 0, () -> {}))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("newer hub (9999_later.sql)");
        });
  }

  @Test
  void aMissingFileIsNamed() {
    assertThatThrownBy(() -> Migrations.read("9999_none.sql"))
        .hasMessageContaining("9999_none.sql");
    assertThat(Migrations.checksum("")).startsWith("e3b0c442");
  }

  @Test
  void aFileThatFailsLeavesNothing() throws SQLException {
    var url = new DatabaseUrl.SqliteFile(folder.resolve("taken.db"));
    try (var connection = url.openToWrite();
        var statement = connection.createStatement()) {
      statement.execute("CREATE TABLE journal (x INTEGER)");
    }
    assertThatThrownBy(() -> Database.open(url, () -> 0, () -> {}))
        .isInstanceOf(StoreFailure.class);
    try (var connection = url.openToRead();
        var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT COUNT(*) FROM sqlite_master")) {
      assertThat(rows.getLong(1)).isEqualTo(1);
    }
  }
}
