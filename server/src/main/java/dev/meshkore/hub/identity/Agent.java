package dev.meshkore.hub.identity;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An agent as the hub knows it.
///
/// @param number the hub's own short name for it, never shown
/// @param id its name
/// @param description what it says of itself
/// @param capabilities what it says it can do
/// @param status `available`, `busy` or `away`
/// @param joinedAt when it joined
/// @param lastSeen when it was last online
/// @param version grows over all agents with each change of a profile
/// @param remote the address of its card, where it is an agent outside the hub, or null
/// @param keys the keys that it has proved to hold
/// @param statedKey the Ed25519 key that it named when it joined, which nobody has proved, in
///   hexadecimal, or null
/// @param practice what it says of how it works
public record Agent(
    long number,
    String id,
    String description,
    List<String> capabilities,
    String status,
    Instant joinedAt,
    Instant lastSeen,
    long version,
    @Nullable String remote,
    List<BoundKey> keys,
    @Nullable String statedKey,
    Practice practice) {
  /// Copies the lists.
  public Agent {
    capabilities = List.copyOf(capabilities);
    keys = List.copyOf(keys);
  }
}
