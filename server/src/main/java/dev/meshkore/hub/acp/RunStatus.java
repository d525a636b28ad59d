package dev.meshkore.hub.acp;

/// How far a run is, in the words of ACP.
enum RunStatus {
  CREATED("created"),
  IN_PROGRESS("in-progress"),
  AWAITING("awaiting"),
  CANCELLED("cancelled"),
  COMPLETED("completed"),
  FAILED("failed");

  private final String word;

  RunStatus(String word) {
    this.word = word;
  }

  String word() {
    return word;
  }

  /// Nothing changes it any more.
  boolean isFinal() {
    return this == CANCELLED || this == COMPLETED || this == FAILED;
  }

  /// The agent has nothing to do now.
  boolean isSettled() {
    return isFinal() || this == AWAITING;
  }

  /// What a reply says of the work: the verbs of tasks where it uses them; any other reply ends it.
  static RunStatus ofReply(String state) {
    return switch (state) {
      case "submitted", "working" -> IN_PROGRESS;
      case "input-required", "auth-required" -> AWAITING;
      case "failed", "rejected" -> FAILED;
      case "canceled" -> CANCELLED;
      case String _ -> COMPLETED;
    };
  }
}
