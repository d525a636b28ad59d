package dev.meshkore.sdk;

import java.util.Locale;

/// The kinds of keys that an agent has.
public enum KeyType {
  /// Signs requests, and is a member of groups.
  ED25519,
  /// Encrypts from one agent to another.
  SECP256K1;

  /// The word of the contract.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
