package dev.meshkore.hub.jobs;

import java.util.Locale;

/// What somebody is in a job.
enum Role {
  /// Pays.
  CLIENT,
  /// Does the work, and is paid.
  PROVIDER,
  /// Approves what is submitted, or rejects it, where a job has one.
  EVALUATOR,
  /// Decides a dispute.
  ARBITER;

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
