package dev.meshkore.hub.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.TestDatabase;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Which heads stay when old ones are forgotten.
final class WitnessedHeadsTest {
  @TempDir private Path folder;

  @Test
  void theNewestThatSoManySignedStays() {
    for (DatabaseUrl url : TestDatabase.each(folder).toList()) {
      try (var database = Database.open(url, () -> 0, () -> {})) {
        database.write(transaction -> {
          for (int size = 1; size <= 6; size++) {
            SqlAudit.insertCheckpoint(transaction, size, "head " + size + "\n", size);
          }
          for (int size : new int[] {1, 2, 4}) {
            SqlAudit.putCosignature(transaction, size, "first", "first\n");
          }
          for (int size : new int[] {1, 2}) {
            SqlAudit.putCosignature(transaction, size, "second", "second\n");
          }
          SqlAudit.dropCheckpoints(transaction, 100);
          return true;
        });
        List<Long> kept =
            database.read(reader ->
                reader.list(
                    "SELECT size FROM audit_checkpoint ORDER BY size", row -> row.getLong(1)));
        assertThat(kept).containsExactly(2L, 4L, 6L);
        Optional<String> both = database.read(reader -> SqlAudit.witnessed(reader, 2));
        assertThat(both).hasValue("head 2\nfirst\nsecond\n");
      }
    }
  }
}
