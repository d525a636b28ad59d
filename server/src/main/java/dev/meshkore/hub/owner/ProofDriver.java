package dev.meshkore.hub.owner;

/// Looks outside the hub whether a text is where it has to be.
@FunctionalInterface
interface ProofDriver {
  /// Looks. May block.
  Finding look(Verification verification);
}
