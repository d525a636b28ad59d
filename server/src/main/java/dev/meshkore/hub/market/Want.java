package dev.meshkore.hub.market;

/// A request for offers as it stands.
///
/// @param state `open`, `opened` or `withdrawn`, as stored
/// @param deadlineMs from when on no offer is taken, and all are opened together
record Want(
    long number,
    String id,
    long buyer,
    String state,
    WantTerms terms,
    long deadlineMs,
    long change,
    long madeAtMs) {
  /// What it is called by the clock: nobody need have opened its offers yet.
  String state(long nowMs) {
    return state.equals("open") && nowMs >= deadlineMs ? "opened" : state;
  }

  boolean isDue(long nowMs) {
    return state.equals("open") && nowMs >= deadlineMs;
  }
}
