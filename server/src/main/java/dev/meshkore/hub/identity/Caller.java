package dev.meshkore.hub.identity;

import dev.meshkore.hub.http.Principal;

/// Who calls.
public sealed interface Caller extends Principal {
  /// An agent.
  ///
  /// @param number the hub's own short name for it
  /// @param id its name
  /// @param proof how it proved to call
  record OfAgent(long number, String id, Proof proof) implements Caller {
    /// An agent for which the hub itself acts.
    public OfAgent(long number, String id) {
      this(number, id, Proof.OF_HUB);
    }
  }

  /// An owner of agents, proved by its API key.
  record OfOwner(long number, String id) implements Caller {}

  /// Whoever holds the admin key.
  record Admin() implements Caller {}
}
