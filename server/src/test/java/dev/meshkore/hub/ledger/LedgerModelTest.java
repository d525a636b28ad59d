package dev.meshkore.hub.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.audit.Audit;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.store.Transaction;
import dev.meshkore.hub.testing.Seeds;
import dev.meshkore.hub.testing.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Random histories beside a model: two hubs take turns on one database, their clocks jump, ids
/// come again, transactions are undone as a whole or in part, and the database is closed and opened
/// in the middle. After each step all accounts are where the model has them and come out even; at
/// the end of each database its transfers make its balances. `-Dledger.histories` says how many
/// there are on SQLite; PostgreSQL has one for each forty.
final class LedgerModelTest {
  private static final int HISTORIES = Integer.getInteger("ledger.histories", 8_000);
  private static final int TRANSACTIONS = 10;

  /// A database has so many, and another is made.
  private static final int EACH = 1_000;

  @TempDir private Path folder;

  @Test
  void everyHistoryIsThatOfTheModel() throws Exception {
    Path empty = folder.resolve("empty.db");
    Database.open(new DatabaseUrl.SqliteFile(empty), () -> 0, () -> {}).close();
    try (var stage = new Stage(number -> copy(empty, folder.resolve(number + ".db")))) {
      Seeds.forAll(HISTORIES, stage::play);
    }
  }

  @Test
  void everyHistoryOnAServerIsThatOfTheModel() {
    if (TestDatabase.each(folder).count() > 1) {
      try (var stage =
          new Stage(_ -> TestDatabase.each(folder).skip(1).findFirst().orElseThrow())) {
        Seeds.forAll(Math.max(1, HISTORIES / 40), stage::play);
      }
    }
  }

  private static DatabaseUrl copy(Path from, Path to) {
    try {
      return new DatabaseUrl.SqliteFile(Files.copy(from, to), "OFF");
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /// Where the database of a number is.
  private interface Urls {
    DatabaseUrl of(int number);
  }

  private interface Step {
    void run(Transaction transaction) throws SQLException;
  }

  /// Undoes a transaction.
  private static final class Undone extends RuntimeException {
    private static final long serialVersionUID = 1;

    Undone() {
      super(null, null, false, false);
    }
  }

  /// One database after another.
  private static final class Stage implements AutoCloseable {
    private final Urls urls;
    private DatabaseUrl url;
    private Database database;
    private int histories;

    Stage(Urls urls) {
      this.urls = urls;
      this.url = urls.of(0);
      this.database = Database.open(url, () -> 0, () -> {});
    }

    void play(SplittableRandom random) {
      if (histories > 0 && histories % EACH == 0) {
        close();
        url = urls.of(histories / EACH);
        database = Database.open(url, () -> 0, () -> {});
      }
      var history = new LedgerHistory(random, histories++);
      for (int i = 0; i < TRANSACTIONS; i++) {
        transaction(history, random);
        if (random.nextInt(20 * TRANSACTIONS) == 0) {
          database.close();
          database = Database.open(url, () -> 0, () -> {});
        }
      }
      written(history::end);
    }

    /// Some steps that are stored together, undone together, or undone in part.
    private void transaction(LedgerHistory history, SplittableRandom random) {
      LedgerModel before = history.before();
      int steps = random.nextInt(1, 6);
      int way = random.nextInt(10);
      Step some =
          transaction -> {
            for (int i = 0; i < steps; i++) {
              history.step(transaction);
            }
          };
      switch (way) {
        case 0 -> {
          try {
            written(transaction -> {
              some.run(transaction);
              throw new Undone();
            });
          } catch (Undone _) {
            history.undo(before);
          }
        }
        case 1 ->
            written(transaction -> {
              undone(transaction, some);
              history.undo(before);
              some.run(transaction);
            });
        default -> written(some);
      }
    }

    private static void undone(Transaction transaction, Step some) throws SQLException {
      try {
        transaction.undoable(part -> {
          some.run(part);
          throw new Undone();
        });
      } catch (Undone _) {
        return;
      }
      throw new AssertionError("It was undone");
    }

    /// What a step finds wrong is told here: the writer's thread is no place for it.
    private void written(Step step) {
      Optional<AssertionError> wrong =
          database.write(transaction -> {
            try {
              step.run(transaction);
              return Optional.empty();
            } catch (AssertionError found) {
              return Optional.of(found);
            }
          });
      if (wrong.isPresent()) {
        throw wrong.get();
      }
    }

    @Override
    public void close() {
      var ledger =
          new Ledger(new Audit(InstantSource.system(), new SecureRandom()), InstantSource.system());
      try (Database last = database) {
        assertThat(last.read(ledger::differences)).isEmpty();
      }
      if (url instanceof DatabaseUrl.SqliteFile file) {
        try {
          Files.delete(file.file());
        } catch (IOException failure) {
          throw new UncheckedIOException(failure);
        }
      }
    }
  }
}
