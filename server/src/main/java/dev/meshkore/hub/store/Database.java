package dev.meshkore.hub.store;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/// Everything that changes state goes through here. One writer (several on PostgreSQL) groups the
/// work that waits into one transaction and answers after the fsync; readers never wait for it.
/// Thread-safe; callers block, so they run on virtual threads.
public final class Database implements AutoCloseable {
  /// Work within a transaction.
  @FunctionalInterface
  public interface Work<T> {
    /// Runs the work. It may run again after a lost race, so it changes nothing but the
    /// transaction. A thrown exception undoes this work alone and reaches the caller.
    T run(Transaction transaction) throws SQLException;
  }

  private static final int READER_COUNT = Math.max(2, Runtime.getRuntime().availableProcessors());
  private static final int POSTGRESQL_WRITER_COUNT = 4;

  /// Where it is talkative, the driver logs the values of every statement, messages and mandates
  /// among them.
  private static final Logger DRIVER = Logger.getLogger("org.postgresql");

  private final DatabaseUrl url;
  private final Readers readers;
  private final List<Writer> writers = new ArrayList<>();
  private @Nullable Checkpointer checkpointer;
  private final WriterMeter meter;
  private final AtomicBoolean broken = new AtomicBoolean();

  private Database(DatabaseUrl url, WriterMeter meter) {
    this.url = url;
    this.meter = meter;
    this.readers = new Readers(url, READER_COUNT);
  }

  /// Opens the database, brings its tables up to date, and starts the writers. `onBroken` is called
  /// once, on a writer's thread, when the disk failed and the process must end.
  ///
  /// @throws StoreFailure when it cannot be opened
  public static Database open(DatabaseUrl url, LongSupplier nanoTime, Runnable onBroken) {
    Dialect dialect = url.dialect();
    DRIVER.setLevel(Level.INFO);
    var database = new Database(url, new WriterMeter(nanoTime));
    Runnable once =
        () -> {
          if (database.broken.compareAndSet(false, true)) {
            onBroken.run();
          }
        };
    Writer.Opener opener = () -> new Transaction(url.openToWrite(), dialect);
    try {
      Migrations.apply(opener.open());
      Writer.Opener prepared =
          () -> {
            Transaction open = opener.open();
            dialect.prepare(open);
            return open;
          };
      int count = dialect.isShared() ? POSTGRESQL_WRITER_COUNT : 1;
      for (int i = 0; i < count; i++) {
        database.writers.add(new Writer("writer-" + i, prepared, dialect, database.meter, once));
      }
    } catch (SQLException cause) {
      throw dialect.failure(cause);
    }
    database.writers.forEach(Writer::start);
    if (!dialect.isShared()) {
      var checkpointer = new Checkpointer(url, database.writers.getFirst(), once);
      checkpointer.start();
      database.checkpointer = checkpointer;
    }
    return database;
  }

  /// Runs the work in a transaction and returns after it is durable.
  ///
  /// @throws StoreFailure when nothing was stored
  public <T> T write(Work<T> work) {
    var answer = new CompletableFuture<T>();
    writers.getFirst().offer(new Single<>(work), answer);
    return await(answer);
  }

  /// Waits for what a lane's work tells of an item.
  ///
  /// @throws RuntimeException as it was told
  public static <T> T await(CompletableFuture<T> answer) {
    try {
      return answer.join();
    } catch (CompletionException failure) {
      if (failure.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw failure;
    }
  }

  /// Reads, on a connection of its own. What was committed before the call is seen.
  public <T> T read(Work<T> work) {
    return readers.read(work);
  }

  /// Reads what takes many statements. On SQLite they see one state and share the pages that they
  /// read, where each would otherwise begin with none as soon as somebody has written. It is to
  /// take milliseconds: the log cannot begin anew meanwhile, and when it is to, the writer waits.
  /// On PostgreSQL it is [#read].
  public <T> T readTogether(Work<T> work) {
    return readers.read(dialect().isShared() ? work : transaction -> together(transaction, work));
  }

  /// Where this fails the connection is not used again, and its transaction ends with it.
  private static <T> T together(Transaction transaction, Work<T> work) throws SQLException {
    transaction.connection().setAutoCommit(false);
    T answer = work.run(transaction);
    transaction.connection().setAutoCommit(true);
    return answer;
  }

  /// A way to hand over many items of one kind.
  public <I> Lane<I> lane(Lane.Work<I> work) {
    return new WritersLane<>(writers, work);
  }

  /// Which database this is.
  public Dialect dialect() {
    return url.dialect();
  }

  /// Where it is, without credentials.
  public DatabaseUrl url() {
    return url;
  }

  /// What the writers did so far.
  public WriterMeter meter() {
    return meter;
  }

  /// True after the disk failed; nothing is accepted any more.
  public boolean isBroken() {
    return broken.get();
  }

  /// Finishes what waits, then closes.
  @Override
  public void close() {
    writers.forEach(Writer::close);
    if (checkpointer != null) {
      checkpointer.close();
    }
    readers.close();
  }

  private record WritersLane<I>(List<Writer> writers, Lane.Work<I> work) implements Lane<I> {
    @Override
    public void offer(I item, long key) {
      writers.get(Math.floorMod(key, writers.size())).offer(work, item);
    }

    @Override
    public void offerWithin(Transaction transaction, I item) {
      transaction.handOver(new Transaction.HandedOver<>(work, item));
    }
  }

  /// One caller's work. Each is a lane of its own, so that it has a savepoint of its own.
  private static final class Single<T> implements Lane.Work<CompletableFuture<T>> {
    private final Work<T> work;

    /// Used by its writer's thread alone.
    private final Set<Object> counted = new HashSet<>(0);

    Single(Work<T> work) {
      this.work = work;
    }

    @Override
    public Runnable write(Transaction transaction, List<CompletableFuture<T>> items)
        throws SQLException {
      transaction.counts(counted);
      T value = work.run(transaction);
      return () -> items.getFirst().complete(value);
    }

    @Override
    public void failed(CompletableFuture<T> item, RuntimeException cause) {
      item.completeExceptionally(cause);
    }
  }
}
