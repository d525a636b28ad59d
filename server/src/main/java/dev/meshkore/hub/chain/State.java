package dev.meshkore.hub.chain;

import java.util.Locale;

/// Where a settlement is on its way.
enum State {
  /// Its transaction is stored, and nobody has it yet.
  PREPARED,
  /// A node has its transaction.
  BROADCAST,
  /// It is in a block that may still be replaced by another.
  MINED,
  /// The money has moved, deep enough in the chain.
  FINAL,
  /// The money has not moved and cannot any more.
  FAILED;

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  boolean isOpen() {
    return this != FINAL && this != FAILED;
  }

  static State of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }
}
