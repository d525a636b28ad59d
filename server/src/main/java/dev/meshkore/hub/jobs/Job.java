package dev.meshkore.hub.jobs;

import java.util.EnumSet;
import java.util.Set;

/// A job as it is stored.
///
/// @param number as the hub counts jobs
/// @param evaluator the agent that approves, or 0
/// @param arbiter the agent that decides disputes, or 0 for the operator
/// @param head the hash of the last step
/// @param moves how many steps there are
/// @param isOwn whether client and provider belong to one owner
/// @param fundedAtMs or 0, as the times after it
/// @param endedBy the step that ended it, or `time`; "" before that
record Job(
    long number,
    String id,
    long client,
    long provider,
    long evaluator,
    long arbiter,
    JobTerms terms,
    Position at,
    String head,
    long moves,
    boolean isOwn,
    long openedAtMs,
    long fundedAtMs,
    long submittedAtMs,
    long endedAtMs,
    String endedBy) {
  /// The operator, where it is the arbiter.
  static final long OPERATOR = 0;

  /// What somebody is in it.
  ///
  /// @param agent its number, or [#OPERATOR]
  Set<Role> rolesOf(long agent) {
    Set<Role> roles = EnumSet.noneOf(Role.class);
    for (Role role : Role.values()) {
      boolean isNobody = role == Role.EVALUATOR && evaluator == 0;
      if (!isNobody && numberOf(role) == agent) {
        roles.add(role);
      }
    }
    return roles;
  }

  long numberOf(Role role) {
    return switch (role) {
      case CLIENT -> client;
      case PROVIDER -> provider;
      case EVALUATOR -> evaluator;
      case ARBITER -> arbiter;
    };
  }

  FeeRates.Taken taken() {
    return terms.taken(at);
  }

  /// The same after a step.
  ///
  /// @param by what ended it, if it did
  Job after(Position next, String hash, String by, long nowMs) {
    boolean isFunded = at.paidIn() == 0 && next.paidIn() > 0;
    boolean isSubmitted = next.submissions() > at.submissions();
    boolean isOver = next.state().isOver();
    return new Job(
        number,
        id,
        client,
        provider,
        evaluator,
        arbiter,
        terms,
        next,
        hash,
        moves + 1,
        isOwn,
        openedAtMs,
        isFunded ? nowMs : fundedAtMs,
        isSubmitted ? nowMs : submittedAtMs,
        isOver ? nowMs : 0,
        isOver ? by : "");
  }
}
