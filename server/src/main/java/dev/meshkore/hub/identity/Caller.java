package dev.meshkore.hub.identity;

/// Who calls.
public sealed interface Caller {
  /// An agent, proved by a token or its API key.
  record OfAgent(long number, String id) implements Caller {}

  /// An owner of agents, proved by its API key.
  record OfOwner(long number, String id) implements Caller {}

  /// Whoever holds the admin key.
  record Admin() implements Caller {}
}
