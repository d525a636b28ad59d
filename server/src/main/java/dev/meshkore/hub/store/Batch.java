package dev.meshkore.hub.store;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// The items of one lane in one group.
final class Batch<I> {
  private final Lane.Work<I> work;
  private final List<I> items = new ArrayList<>();
  private boolean hasFed;

  Batch(Lane.Work<I> work) {
    this.work = work;
  }

  void add(I item) {
    items.add(item);
  }

  boolean isFed() {
    return work.isFed();
  }

  /// Adds what other work of the group has handed over.
  void feed(I item) {
    items.add(item);
    hasFed = true;
  }

  /// Writes the items. A failure that concerns this work alone undoes it alone: one item has a
  /// savepoint, and many are undone with the whole group, to be tried one by one. So the many cost
  /// no copy of every page that they change. Where other work of the group may rest on what failed,
  /// all are tried one by one, too. What has handed over an item that fails is undone with it.
  void write(Transaction open, Dialect dialect, List<Runnable> after, boolean isAlone)
      throws SQLException {
    boolean isOne = items.size() == 1;
    Transaction.Mark mark = open.mark();
    if (isOne) {
      open.update("SAVEPOINT piece");
    }
    RuntimeException cause;
    try {
      after.add(work.write(open, items));
      if (isOne) {
        open.update("RELEASE SAVEPOINT piece");
      }
      return;
    } catch (SQLException failure) {
      if (!dialect.concernsTheWorkAlone(failure)) {
        throw failure;
      }
      cause = new IllegalStateException("The database refused a statement", failure);
    } catch (StoreFailure failure) {
      throw failure;
    } catch (RuntimeException failure) {
      cause = failure;
    }
    if (hasFed && isAlone) {
      throw new HandedOverFailed(cause);
    }
    if (!isOne || hasFed || (work.isPremise() && !isAlone)) {
      throw new OneFailedAmongMany();
    }
    open.update("ROLLBACK TO SAVEPOINT piece");
    open.takeBack(mark);
    open.update("RELEASE SAVEPOINT piece");
    after.add(() -> work.failed(items.getFirst(), cause));
  }

  /// What was handed over within a transaction cannot be written, so that the work is not either.
  static final class HandedOverFailed extends RuntimeException {
    final RuntimeException reason;

    HandedOverFailed(RuntimeException reason) {
      super(null, null, false, false);
      this.reason = reason;
    }
  }

  /// Items of one lane were undone together, so each must be tried in a transaction of its own:
  /// what a lane plans for one item may rest on what it knows to be committed.
  static final class OneFailedAmongMany extends RuntimeException {
    OneFailedAmongMany() {
      super(null, null, false, false);
    }
  }
}
