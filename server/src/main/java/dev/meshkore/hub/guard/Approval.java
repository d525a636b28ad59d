package dev.meshkore.hub.guard;

/// A call that waits for a person, or what became of it.
///
/// @param id how it is named; nobody guesses it
/// @param agent who called
/// @param kind why it waits
/// @param call what was called, exactly
/// @param state `waiting`, `approved` while it runs, `done`, `failed`, `rejected` or `expired`
/// @param askedAtMs when it was called
/// @param expiresAtMs when it cannot be approved any more
/// @param decidedAtMs when it was decided, or 0
/// @param decidedBy who decided, or ""
/// @param status what the call answered, or 0 where it did not run
public record Approval(
    String id,
    long agent,
    String kind,
    Call call,
    String state,
    long askedAtMs,
    long expiresAtMs,
    long decidedAtMs,
    String decidedBy,
    int status) {
  /// A call, as it is made again.
  ///
  /// @param method in upper case
  /// @param target the path and query
  /// @param body its bytes
  public record Call(String method, String target, byte[] body) {}
}
