package dev.meshkore.hub.store;

import java.sql.SQLException;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;

/// A bounded set of connections that only read. A query holds a carrier thread while it runs in the
/// driver, so there are about as many as cores, and queries are short. Whoever reads may read again
/// within, and does not wait for a place that others who do the same have. Thread-safe.
final class Readers implements AutoCloseable {
  private static final ScopedValue<Readers> READING = ScopedValue.newInstance();

  private final DatabaseUrl url;
  private final Semaphore places;
  private final int size;
  private final ConcurrentLinkedDeque<Transaction> resting = new ConcurrentLinkedDeque<>();

  Readers(DatabaseUrl url, int size) {
    this.url = url;
    this.size = size;
    this.places = new Semaphore(size);
  }

  <T> T read(Database.Work<T> work) {
    if (READING.isBound() && READING.get() == this) {
      return readNow(work);
    }
    places.acquireUninterruptibly();
    try {
      return ScopedValue.where(READING, this).call(() -> readNow(work));
    } finally {
      places.release();
    }
  }

  private <T> T readNow(Database.Work<T> work) {
    Transaction connection = null;
    boolean sound = false;
    try {
      connection = resting.poll();
      if (connection == null) {
        connection = new Transaction(url.openToRead(), url.dialect());
      }
      T answer = work.run(connection);
      sound = true;
      return answer;
    } catch (SQLException cause) {
      throw url.dialect().failure(cause);
    } finally {
      if (connection != null) {
        giveBack(connection, sound);
      }
    }
  }

  /// A connection on which something failed is not used again.
  private void giveBack(Transaction connection, boolean sound) {
    if (sound) {
      resting.push(connection);
      return;
    }
    try {
      connection.connection().close();
    } catch (SQLException _) {
      // It only read; there is nothing to lose.
    }
  }

  @Override
  public void close() {
    places.acquireUninterruptibly(size);
    for (Transaction connection = resting.poll(); connection != null; connection = resting.poll()) {
      giveBack(connection, false);
    }
  }
}
