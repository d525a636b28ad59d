package dev.meshkore.hub.owner;

import dev.meshkore.hub.keys.Key;
import dev.meshkore.hub.keys.KeyType;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Who answers for agents.
///
/// @param number the hub's own short name for it, never shown
/// @param id its name, made by the hub
/// @param name what it calls itself
/// @param publicKey its Ed25519 key, or null
/// @param nostrKey its secp256k1 key, x only, or null
/// @param p256Key its key of P-256, a point without compression, or null
/// @param requiresMandates whether its agents may do only what a mandate allows
/// @param madeAt when it was made
record Owner(
    long number,
    String id,
    String name,
    byte @Nullable [] publicKey,
    byte @Nullable [] nostrKey,
    byte @Nullable [] p256Key,
    boolean requiresMandates,
    Instant madeAt) {
  /// The key that signs mandates.
  Optional<Key> ed25519() {
    return key(KeyType.ED25519, publicKey);
  }

  /// The key that signs attestations.
  Optional<Key> secp256k1() {
    return key(KeyType.SECP256K1, nostrKey);
  }

  private static Optional<Key> key(KeyType type, byte @Nullable [] bytes) {
    return bytes == null
        ? Optional.empty()
        : Optional.of(new Key(type, HexFormat.of().formatHex(bytes), false));
  }
}
