package dev.meshkore.hub.intent;

/// Reads requests in plain words. It never fails: what cannot be read stays among the words.
/// Thread-safe; may block for as long as a language model is given.
@FunctionalInterface
public interface Interpreter {
  /// Reads one request.
  Understood read(Asked asked);
}
