package dev.meshkore.hub.ledger;

/// A place in the order of what moved: by time, and by number where the time is the same.
///
/// @param atMs the time
/// @param number the number of the last transfer of that time that lies before it; 0 for none
public record Moment(long atMs, long number) {
  /// Before all that moved from a time on.
  public static Moment before(long atMs) {
    return new Moment(atMs, 0);
  }

  /// After a transfer.
  public static Moment after(Transfer transfer) {
    return new Moment(transfer.madeAtMs(), transfer.number());
  }
}
