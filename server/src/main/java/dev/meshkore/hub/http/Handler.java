package dev.meshkore.hub.http;

/// Answers one request. Runs on a virtual thread and may block.
@FunctionalInterface
public interface Handler {
  /// Answers, or throws [dev.meshkore.hub.problem.Refused].
  Response handle(Request request);
}
