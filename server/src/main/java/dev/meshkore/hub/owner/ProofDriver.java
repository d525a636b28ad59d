package dev.meshkore.hub.owner;

import java.util.Optional;

/// Looks outside the hub whether a text is where it has to be.
@FunctionalInterface
interface ProofDriver {
  /// Why it is not there, in the hub's own words; empty where it is. May block.
  Optional<String> missing(Verification verification);
}
