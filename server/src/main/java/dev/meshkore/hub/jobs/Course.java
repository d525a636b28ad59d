package dev.meshkore.hub.jobs;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/// The rules of jobs, as a function: who may take which step, what follows, and what follows by
/// time alone. Every state that is not an end has a time; of what is released and given back, a
/// position after a step says how much there is in all.
final class Course {
  /// How often something may be submitted for a milestone.
  static final int SUBMISSIONS_MAX = 20;

  private Course() {}

  /// The steps that may be taken in a position before its time, and by whom.
  static Map<Step, Set<Role>> steps(JobTerms terms, Position at) {
    var steps = new EnumMap<Step, Set<Role>>(Step.class);
    switch (at.state()) {
      case OPEN -> {
        Role other = at.opener() == Role.CLIENT ? Role.PROVIDER : Role.CLIENT;
        if (!at.isAgreed()) {
          steps.put(Step.ACCEPT, EnumSet.of(other));
        }
        if (terms.isEscrow() && (at.isAgreed() || other == Role.CLIENT)) {
          steps.put(Step.FUND, EnumSet.of(Role.CLIENT));
        }
        if (!terms.isEscrow() && at.isAgreed()) {
          steps.put(Step.SUBMIT, EnumSet.of(Role.PROVIDER));
        }
        steps.put(Step.REJECT, EnumSet.of(Role.CLIENT, Role.PROVIDER));
      }
      case FUNDED -> {
        steps.put(Step.SUBMIT, EnumSet.of(Role.PROVIDER));
        steps.put(Step.REJECT, EnumSet.of(Role.PROVIDER));
      }
      case SUBMITTED -> {
        if (at.submissions() < SUBMISSIONS_MAX) {
          steps.put(Step.SUBMIT, EnumSet.of(Role.PROVIDER));
        }
        Role judge = terms.hasEvaluator() ? Role.EVALUATOR : Role.CLIENT;
        steps.put(Step.COMPLETE, EnumSet.of(judge));
        // A client that holds back what was promised goes to the arbiter; it is no judge of its own
        // cause, but where it has promised nothing.
        boolean mayJudge = terms.hasEvaluator() || !terms.isEscrow();
        steps.put(
            Step.REJECT, mayJudge ? EnumSet.of(judge, Role.PROVIDER) : EnumSet.of(Role.PROVIDER));
        if (terms.isEscrow()) {
          steps.put(Step.DISPUTE, EnumSet.of(Role.CLIENT, Role.PROVIDER));
        }
      }
      case DISPUTED -> {
        steps.put(Step.EVIDENCE, EnumSet.of(Role.CLIENT, Role.PROVIDER));
        steps.put(Step.RESOLVE, EnumSet.of(Role.ARBITER));
        steps.put(Step.COMPLETE, EnumSet.of(Role.CLIENT));
        steps.put(Step.REJECT, EnumSet.of(Role.PROVIDER));
      }
      case COMPLETED, REJECTED, EXPIRED -> {
        // Nothing follows.
      }
    }
    return steps;
  }

  /// The position after a step that may be taken.
  ///
  /// @param share what the arbiter gives the provider of what is held; of no other step
  static Position after(JobTerms terms, Position at, Step step, long share, long nowMs) {
    return switch (step) {
      case ACCEPT -> terms.isEscrow() ? at.agreed() : begun(terms, at.agreed(), nowMs);
      case FUND -> begun(terms, at.funded(terms.price()), nowMs);
      case SUBMIT -> at.submitted().in(JobState.SUBMITTED, nowMs + terms.reviewSeconds() * 1_000);
      case COMPLETE -> paid(terms, at, nowMs);
      case REJECT -> at.emptied().in(JobState.REJECTED, 0);
      case DISPUTE -> at.in(JobState.DISPUTED, nowMs + terms.resolveSeconds() * 1_000);
      case EVIDENCE -> at;
      case RESOLVE ->
          at.released(share).emptied().in(share > 0 ? JobState.COMPLETED : JobState.REJECTED, 0);
      case EXPIRE -> at.emptied().in(JobState.EXPIRED, 0);
      case OPEN -> throw new IllegalArgumentException("A job is opened once");
    };
  }

  /// What the clock does when the time of a position has passed.
  static Step dueStep(JobTerms terms, Position at) {
    return switch (at.state()) {
      case OPEN, FUNDED -> Step.EXPIRE;
      case SUBMITTED -> step(terms.silence());
      case DISPUTED -> step(terms.unresolved());
      case COMPLETED, REJECTED, EXPIRED ->
          throw new IllegalArgumentException("Nothing follows an end");
    };
  }

  private static Step step(JobTerms.Rule rule) {
    return rule == JobTerms.Rule.COMPLETE ? Step.COMPLETE : Step.EXPIRE;
  }

  /// The position after that. Where no arbiter decides, what comes after the disputed milestone is
  /// not begun.
  static Position afterTime(JobTerms terms, Position at, long nowMs) {
    Step step = dueStep(terms, at);
    return at.state() == JobState.DISPUTED && step == Step.COMPLETE
        ? at.released(due(terms, at)).emptied().in(JobState.COMPLETED, 0)
        : after(terms, at, step, 0, nowMs);
  }

  /// What is paid for the milestone that is under way.
  static long due(JobTerms terms, Position at) {
    return terms.milestones().get(at.milestone()).atoms();
  }

  /// The milestone begins.
  private static Position begun(JobTerms terms, Position at, long nowMs) {
    long within = terms.milestones().get(at.milestone()).deliverSeconds() * 1_000;
    return at.in(terms.isEscrow() ? JobState.FUNDED : JobState.OPEN, nowMs + within);
  }

  /// The milestone is paid, and the next one begins if there is one.
  private static Position paid(JobTerms terms, Position at, long nowMs) {
    Position paid = at.released(due(terms, at));
    return at.milestone() + 1 < terms.milestones().size()
        ? begun(terms, paid.next(), nowMs)
        : paid.in(JobState.COMPLETED, 0);
  }
}
