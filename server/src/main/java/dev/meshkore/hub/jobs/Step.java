package dev.meshkore.hub.jobs;

import dev.meshkore.hub.problem.Refused;
import java.util.Arrays;
import java.util.Locale;

/// What may be done in a job.
enum Step {
  OPEN,
  ACCEPT,
  FUND,
  SUBMIT,
  COMPLETE,
  REJECT,
  DISPUTE,
  EVIDENCE,
  RESOLVE,
  /// By the clock alone.
  EXPIRE;

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// One that a caller may ask for.
  static Step of(String word) {
    return Arrays.stream(values())
        .filter(step -> step != OPEN && step != EXPIRE && step.word().equals(word))
        .findFirst()
        .orElseThrow(() ->
            Refused.field(
                "step",
                "step must be accept, fund, submit, complete, reject, dispute, evidence or"
                    + " resolve"));
  }

  /// Whether it is allowed to whoever is stopped: it pays nobody, and keeps money from being paid,
  /// or says why it should not be.
  boolean isHarmless() {
    return this == REJECT || this == DISPUTE || this == EVIDENCE;
  }
}
