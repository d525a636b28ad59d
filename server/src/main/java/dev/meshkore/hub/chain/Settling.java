package dev.meshkore.hub.chain;

import dev.meshkore.hub.evm.Address;
import java.math.BigInteger;

/// A payment that was handed in, and what has become of it.
///
/// @param number of its row
/// @param payer whose money it is
/// @param nonce the authorization's, which works once for the payer
/// @param payee who is paid
/// @param value how many atoms
/// @param validBefore the second from which on it cannot be settled
/// @param call what the token's contract is asked
/// @param state where it is
/// @param reason why it failed or does not go on, or ""
/// @param sender who pays for the gas
/// @param senderNonce which of the sender's transactions it is
/// @param isNonceOpen whether that place is not taken up in the chain yet
/// @param gas the most units of gas
/// @param transaction the one that settled it or was sent last
/// @param block where it is, or 0
/// @param blockHash which block that is, or ""
/// @param madeBlock the newest block when it was prepared
/// @param sentAtMs when it was sent last, or 0
record Settling(
    long number,
    Address payer,
    String nonce,
    Address payee,
    BigInteger value,
    long validBefore,
    byte[] call,
    State state,
    String reason,
    Address sender,
    long senderNonce,
    boolean isNonceOpen,
    long gas,
    String transaction,
    long block,
    String blockHash,
    long madeBlock,
    long sentAtMs) {

  /// One of the transactions by which it was tried.
  ///
  /// @param hash by which it is found
  /// @param signed what is sent
  /// @param senderNonce which of the sender's transactions it is
  /// @param tip what whoever takes it up gets for a unit of gas, in wei
  /// @param feeMax what a unit of gas may cost in all, in wei
  /// @param madeAtMs when it was signed
  record Attempt(
      String hash, byte[] signed, long senderNonce, long tip, long feeMax, long madeAtMs) {}
}
