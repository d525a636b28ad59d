package dev.meshkore.hub.a2a;

/// The errors that A2A names (specification §3.3.2, §5.4), and those of JSON-RPC 2.0.
enum A2aError {
  TASK_NOT_FOUND(-32001, 404, "NOT_FOUND"),
  TASK_NOT_CANCELABLE(-32002, 400, "FAILED_PRECONDITION"),
  PUSH_NOTIFICATION_NOT_SUPPORTED(-32003, 400, "FAILED_PRECONDITION"),
  UNSUPPORTED_OPERATION(-32004, 400, "FAILED_PRECONDITION"),
  CONTENT_TYPE_NOT_SUPPORTED(-32005, 415, "INVALID_ARGUMENT"),
  EXTENSION_SUPPORT_REQUIRED(-32008, 400, "FAILED_PRECONDITION"),
  VERSION_NOT_SUPPORTED(-32009, 400, "FAILED_PRECONDITION"),
  PARSE_ERROR(-32700, 400, "INVALID_ARGUMENT"),
  INVALID_REQUEST(-32600, 400, "INVALID_ARGUMENT"),
  METHOD_NOT_FOUND(-32601, 404, "NOT_FOUND"),
  INVALID_PARAMS(-32602, 400, "INVALID_ARGUMENT");

  private final int code;
  private final int status;
  private final String word;

  A2aError(int code, int status, String word) {
    this.code = code;
    this.status = status;
    this.word = word;
  }

  /// JSON-RPC's code.
  int code() {
    return code;
  }

  /// The HTTP status of the HTTP+JSON binding.
  int status() {
    return status;
  }

  /// The same as google.rpc.Code has it.
  String word() {
    return word;
  }
}
