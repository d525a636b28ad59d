package dev.meshkore.hub.keys;

import dev.meshkore.hub.problem.Refused;

/// The kinds of keys that an agent may have.
public enum KeyType {
  /// EdDSA over Curve25519 (RFC 8032): signed requests, `did:key`, `did:wba`, Solana.
  ED25519("ed25519"),
  /// Schnorr over secp256k1 (BIP-340): Nostr, and by the same secret EVM.
  SECP256K1("secp256k1");

  private final String word;

  KeyType(String word) {
    this.word = word;
  }

  /// The word of the contract.
  public String word() {
    return word;
  }

  /// The type of this word.
  ///
  /// @throws Refused when there is none
  public static KeyType of(String field, String word) {
    for (KeyType type : values()) {
      if (type.word.equals(word)) {
        return type;
      }
    }
    throw Refused.field(field, field + " must be ed25519 or secp256k1");
  }
}
