package dev.meshkore.hub.store;

/// A way to hand the writer many items of one kind that are cheaper together. Made by
/// [Database#lane]. Thread-safe.
///
/// @param <I> what is handed over
public interface Lane<I> {
  /// Hands over an item. `key` decides which writer takes it, where there are several: items with
  /// the same key keep their order. The item's fate is told to the lane's [Work], on the writer's
  /// thread.
  ///
  /// @throws StoreFailure.Busy when more waits than may be held; the item was not taken
  /// @throws StoreFailure.Closed when the database takes no more work
  void offer(I item, long key);

  /// Hands over an item to be written in an open transaction, after the work that is at hand: both
  /// are stored or neither. What undoes that work takes the item back. On a database that is shared
  /// the item takes the writer of that work, so that order is kept by locks alone.
  void offerWithin(Transaction transaction, I item);

  /// What a lane does with its items.
  ///
  /// @param <I> what is handed over
  interface Work<I> {
    /// Writes the items, in order, within the open transaction, and answers what to do after the
    /// commit. It may be called again for the same items after a lost race or a failure, so it
    /// changes nothing but the transaction.
    Runnable write(Transaction transaction, java.util.List<I> items) throws java.sql.SQLException;

    /// How much memory an item takes while it waits, where that is worth counting: what waits is
    /// bounded by it, besides by the number of items.
    default long bytes(I item) {
      return 0;
    }

    /// Whether other work of the same group may rest on an item, so that it must not be written
    /// where the item is not.
    default boolean isPremise() {
      return false;
    }

    /// Whether other work may hand it items in its own transaction; it is written after that.
    default boolean isFed() {
      return false;
    }

    /// The item could not be written; nothing of it is stored.
    void failed(I item, RuntimeException cause);
  }
}
