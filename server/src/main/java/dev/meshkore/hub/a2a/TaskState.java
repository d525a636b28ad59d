package dev.meshkore.hub.a2a;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// What has become of a task.
enum TaskState {
  SUBMITTED,
  WORKING,
  INPUT_REQUIRED,
  AUTH_REQUIRED,
  COMPLETED,
  FAILED,
  CANCELED,
  REJECTED,
  /// The agent answered with a message at once, so that no task came of it. Not on the wire.
  ANSWERED;

  private static final Map<String, TaskState> BY_VERB =
      Arrays.stream(values()).collect(Collectors.toMap(TaskState::verb, Function.identity()));
  private static final Map<String, TaskState> BY_WIRE =
      Arrays.stream(values()).collect(Collectors.toMap(TaskState::wire, Function.identity()));

  /// How agents of the hub, the database and A2A 0.3 write it.
  String verb() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// How A2A 1.0 writes it.
  String wire() {
    return "TASK_STATE_" + name();
  }

  /// Nothing follows.
  boolean isEnd() {
    return compareTo(COMPLETED) >= 0;
  }

  /// The agent waits for its caller.
  boolean isPause() {
    return this == INPUT_REQUIRED || this == AUTH_REQUIRED;
  }

  /// Whoever waits for an answer has it.
  boolean isSettled() {
    return isEnd() || isPause();
  }

  static Optional<TaskState> ofVerb(String verb) {
    return Optional.ofNullable(BY_VERB.get(verb)).filter(state -> state != ANSWERED);
  }

  static Optional<TaskState> ofWire(String wire) {
    return Optional.ofNullable(BY_WIRE.get(wire)).filter(state -> state != ANSWERED);
  }

  static TaskState stored(String verb) {
    return Optional.ofNullable(BY_VERB.get(verb))
        .orElseThrow(() -> new IllegalStateException("No task is " + verb));
  }
}
