package dev.meshkore.hub.jobs;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// Where a job is. The names are those of ERC-8183, and `disputed` besides.
enum JobState {
  OPEN,
  FUNDED,
  SUBMITTED,
  DISPUTED,
  COMPLETED,
  REJECTED,
  EXPIRED;

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<JobState> of(String word) {
    return Arrays.stream(values()).filter(state -> state.word().equals(word)).findFirst();
  }

  /// Whether nothing follows any more.
  boolean isOver() {
    return this == COMPLETED || this == REJECTED || this == EXPIRED;
  }
}
