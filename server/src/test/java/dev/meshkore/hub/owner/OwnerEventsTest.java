package dev.meshkore.hub.owner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.store.Transaction;
import dev.meshkore.hub.testing.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OwnerEventsTest {
  @TempDir private Path folder;

  /// What is told first may be committed last, unless one waits for the other.
  @Test
  void aCursorSkipsNothingThatTwoHubsTellAtOnce() {
    List<DatabaseUrl> shared =
        TestDatabase.each(folder).filter(url -> url.dialect().isShared()).toList();
    for (DatabaseUrl url : shared) {
      try (var one = Database.open(url, () -> 0, () -> {});
          var other = Database.open(url, () -> 0, () -> {})) {
        var ada = new OwnerFields("Ada", null, null, null, false);
        long owner =
            one.write(transaction ->
                SqlOwners.insert(transaction, "own_ada", ada, new byte[32], Instant.EPOCH));
        var ofOne = new OwnerEvents(one, () -> Instant.EPOCH);
        var ofOther = new OwnerEvents(other, () -> Instant.EPOCH);
        var seen = new ArrayList<OwnerEvents.Event>();
        CompletableFuture<Boolean> second =
            one.write(transaction -> {
              tell(ofOne, transaction, owner, "first");
              CompletableFuture<Boolean> told =
                  CompletableFuture.supplyAsync(
                      () -> other.write(later -> tell(ofOther, later, owner, "second")));
              while (!told.isDone() && !isWaitedFor(transaction)) {
                LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
              }
              seen.addAll(ofOther.after(owner, 0, 10));
              return told;
            });
        assertThat(second.join()).isTrue();
        long cursor = seen.isEmpty() ? 0 : seen.getLast().number();
        seen.addAll(ofOther.after(owner, cursor, 10));
        assertThat(seen)
            .extracting(event -> new String(event.notice(), StandardCharsets.UTF_8))
            .containsExactly("{\"notice\":\"first\"}", "{\"notice\":\"second\"}");
      }
    }
  }

  private static boolean tell(OwnerEvents events, Transaction transaction, long owner, String what)
      throws SQLException {
    events.tell(transaction, owner, Json.object().put("notice", what));
    return true;
  }

  /// Whether another transaction waits for this one.
  private static boolean isWaitedFor(Transaction transaction) throws SQLException {
    String sql =
        """
        SELECT COUNT(*) FROM pg_locks
        WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))
        """;
    return transaction.number(sql, 0) > 0;
  }
}
