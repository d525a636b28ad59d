package dev.meshkore.hub.chain;

import java.util.Optional;

/// What is given for a unit of gas, in wei.
///
/// @param tip what whoever takes a transaction up gets of it
/// @param most what it may cost in all
record Fees(long tip, long most) {
  /// Nodes take another transaction in the place of one when it gives a tenth more.
  private static final long PART = 8;

  /// What gets a transaction into one of the next blocks, also when they become twice as dear;
  /// empty where that is more than is allowed.
  static Optional<Fees> now(Node node, Node.Block head, long feeMax) {
    if (head.baseFee() >= feeMax) {
      return Optional.empty();
    }
    long tip = Math.max(1, node.tip());
    long most = Math.min(2 * head.baseFee() + tip, feeMax);
    return Optional.of(new Fees(Math.min(tip, most), most));
  }

  /// What takes the place of these; empty where that is more than is allowed.
  Optional<Fees> higher(Fees now, long feeMax) {
    long most = Math.max(now.most, this.most + this.most / PART + 1);
    long tip = Math.max(now.tip, this.tip + this.tip / PART + 1);
    return most <= feeMax ? Optional.of(new Fees(Math.min(tip, most), most)) : Optional.empty();
  }
}
