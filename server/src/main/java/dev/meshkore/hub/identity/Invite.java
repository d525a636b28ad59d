package dev.meshkore.hub.identity;

import java.time.Instant;

/// An invite without its secret.
///
/// @param id by which it is removed
/// @param label what its maker wrote on it, or ""
/// @param madeBy an agent id, or `admin`
/// @param maxUses how many agents may join with it
/// @param uses how many have joined
/// @param madeAt when it was made
/// @param expiresAt from when on it is void
public record Invite(
    String id,
    String label,
    String madeBy,
    long maxUses,
    long uses,
    Instant madeAt,
    Instant expiresAt) {}
