package dev.meshkore.hub.chain;

/// The node of the chain did not answer, or answered what cannot be. What was asked of it may have
/// been done.
final class NodeFailure extends RuntimeException {
  NodeFailure(String message) {
    super(message, null, false, false);
  }
}
