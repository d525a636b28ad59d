package dev.meshkore.hub.jobs;

/// Where a job stands: all that its steps move. A value of its own, so that the rules are a
/// function of it.
///
/// @param opener who opened it, which agrees to it
/// @param isAgreed whether both sides have agreed
/// @param milestone the one that is under way, from 0
/// @param submissions how often something was submitted for it
/// @param dueAtMs when the clock goes on by itself; 0 after the end
/// @param paidIn what the client has put into escrow
/// @param released what was paid out for the provider, before fees
/// @param refunded what was given back to the client
record Position(
    JobState state,
    Role opener,
    boolean isAgreed,
    int milestone,
    int submissions,
    long dueAtMs,
    long paidIn,
    long released,
    long refunded) {

  /// A job that was just opened.
  static Position opened(JobTerms terms, Role opener, long nowMs) {
    long due = nowMs + terms.fundSeconds() * 1_000;
    return new Position(JobState.OPEN, opener, false, 0, 0, due, 0, 0, 0);
  }

  /// What is in escrow.
  long held() {
    return paidIn == 0 ? 0 : paidIn - released - refunded;
  }

  Position in(JobState next, long due) {
    return new Position(
        next, opener, isAgreed, milestone, submissions, due, paidIn, released, refunded);
  }

  Position agreed() {
    return new Position(
        state, opener, true, milestone, submissions, dueAtMs, paidIn, released, refunded);
  }

  Position funded(long atoms) {
    return new Position(
        state, opener, true, milestone, submissions, dueAtMs, atoms, released, refunded);
  }

  Position submitted() {
    return new Position(
        state, opener, isAgreed, milestone, submissions + 1, dueAtMs, paidIn, released, refunded);
  }

  Position next() {
    return new Position(
        state, opener, isAgreed, milestone + 1, 0, dueAtMs, paidIn, released, refunded);
  }

  Position released(long atoms) {
    return new Position(
        state,
        opener,
        isAgreed,
        milestone,
        submissions,
        dueAtMs,
        paidIn,
        released + atoms,
        refunded);
  }

  /// All that is held goes back.
  Position emptied() {
    return new Position(
        state,
        opener,
        isAgreed,
        milestone,
        submissions,
        dueAtMs,
        paidIn,
        released,
        refunded + held());
  }
}
