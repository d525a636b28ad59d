package dev.meshkore.hub.owner;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Who answers for agents.
///
/// @param number the hub's own short name for it, never shown
/// @param id its name, made by the hub
/// @param name what it calls itself
/// @param publicKey its Ed25519 key, or null
/// @param nostrKey its secp256k1 key, x only, or null
/// @param requiresMandates whether its agents may do only what a mandate allows
/// @param madeAt when it was made
record Owner(
    long number,
    String id,
    String name,
    byte @Nullable [] publicKey,
    byte @Nullable [] nostrKey,
    boolean requiresMandates,
    Instant madeAt) {}
