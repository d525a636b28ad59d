package dev.meshkore.hub.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.DatabaseUrl;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How much a page costs does not grow with what the account has moved.
final class StatementsPlanTest {
  @TempDir private Path folder;

  @Test
  void aPageIsReadInOrderFromAnIndex() {
    var url = new DatabaseUrl.SqliteFile(folder.resolve("hub.db"));
    try (var database = Database.open(url, () -> 0, () -> {})) {
      for (String side : List.of("debit", "credit")) {
        assertThat(plan(database, SqlStatements.movedSql(side), 6))
            .contains(
                "ledger_transfer_by_" + side + " (" + side + "=? AND made_at>? AND made_at<?)")
            .doesNotContain("ORDER BY");
        assertThat(plan(database, SqlStatements.pageSql(side), 5))
            .contains("ledger_transfer_by_" + side + " (" + side + "=? AND made_at<?)")
            .doesNotContain("ORDER BY");
      }
    }
  }

  private static String plan(Database database, String sql, int arguments) {
    Object[] all = new Object[arguments];
    Arrays.fill(all, 1L);
    return String.join(
        "\n",
        database.<List<String>>read(
            reader -> reader.list("EXPLAIN QUERY PLAN " + sql, row -> row.getString(4), all)));
  }
}
