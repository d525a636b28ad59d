package dev.meshkore.hub.chain;

import dev.meshkore.hub.evm.Address;
import java.math.BigInteger;
import java.util.Arrays;

/// What was handed in to the chain, and what has become of it.
///
/// @param number of its row
/// @param deed what is done on the chain
/// @param payer whose money it is, or for whom it is done
/// @param nonce what is done once for the payer: an authorization's nonce, which works once
/// @param payee who is paid
/// @param value how many atoms
/// @param validBefore the second from which on it cannot be settled
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
/// @param isRetried whether it was tried once more because somebody asked
/// @param telling who is told that it is final
record Settling(
    long number,
    Deed deed,
    Address payer,
    String nonce,
    Address payee,
    BigInteger value,
    long validBefore,
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
    long sentAtMs,
    boolean isRetried,
    Telling telling) {

  /// Whether it waits for somebody to ask again, since its transaction failed. Others may still
  /// hand it in.
  boolean isPaused() {
    return state.isOpen() && !reason.isEmpty();
  }

  /// Whether it asks just this of its contract.
  boolean isCall(byte[] call) {
    return Arrays.equals(deed.call(), call);
  }

  /// Whether somebody asks for this payment as the first did: with the same signature, and in the
  /// same words.
  boolean isAskedBy(Asker asker, byte[] call) {
    return Arrays.equals(deed.call(), call)
        && (telling.mark().isEmpty() || telling.mark().equals(asker.mark()));
  }

  /// Who is told that a payment is final.
  ///
  /// @param mark a hash of what the first said who asked, or "" where that is not known
  /// @param isSecret whether nobody else can know that
  /// @param seat the request that is told before others, or ""
  /// @param seatUntilMs until when
  /// @param isDone whether somebody was told
  record Telling(String mark, boolean isSecret, String seat, long seatUntilMs, boolean isDone) {
    /// Before anybody is told.
    static Telling by(Asker asker, long seatUntilMs) {
      return new Telling(asker.mark(), asker.isSecret(), asker.seat(), seatUntilMs, false);
    }

    /// Whether a request would be told now, of those that may be.
    boolean isFor(Asker asker, long nowMs) {
      return !isDone && (isSecret || seat.equals(asker.seat()) || seatUntilMs <= nowMs);
    }
  }

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
