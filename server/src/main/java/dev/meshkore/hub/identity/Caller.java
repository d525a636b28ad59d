package dev.meshkore.hub.identity;

import dev.meshkore.hub.http.Principal;

/// Who calls.
public sealed interface Caller extends Principal {
  /// An agent, proved by a token or its API key.
  record OfAgent(long number, String id) implements Caller {}

  /// Whoever holds the admin key.
  record Admin() implements Caller {}
}
