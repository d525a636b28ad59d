package dev.meshkore.cli;

/// How a command ended, as the shell sees it.
enum Exit {
  OK(0),
  USER(1),
  NETWORK(2),
  AUTH(3),
  OTHER(4);

  private final int code;

  Exit(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }

  /// How a refusal with this HTTP status ends the command.
  static Exit ofStatus(int status) {
    return switch (status) {
      case 401, 403 -> AUTH;
      case 429 -> OTHER;
      default -> status >= 400 && status < 500 ? USER : OTHER;
    };
  }
}
