package dev.meshkore.hub.x402;

import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.evm.SignDomain;
import dev.meshkore.hub.money.Asset;
import dev.meshkore.hub.money.Money;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;

/// A rail on which money goes from a buyer to a seller by a chain, and takes its time. What is
/// bought by it is done between the look at a payment and its settling, so a payment is looked at
/// first and handed in later, by an owner: whoever may ask again as often as it likes. Thread-safe.
public interface ChainRail extends Rail {
  /// What is paid.
  Asset asset();

  /// Of what is signed.
  SignDomain domain();

  /// What is required of whoever pays this to an address.
  Requirements quote(Address payTo, Money price, long timeoutSeconds);

  /// Whether a payment is signed by the payer whom it names; asks nobody.
  boolean isSigned(SignedPayment payment);

  /// What is wrong with a payment as far as it tells itself, its signature too, in a word of x402;
  /// asks nobody.
  Optional<String> mistake(SignedPayment payment, Requirements requirements);

  /// What a payer has signed beside, and an owner may hand in.
  ///
  /// @param nonce of what is signed
  /// @param atoms how many it moves
  record Promise(String nonce, BigInteger atoms) {}

  /// Looks whether a payment would move the money beside what its payer has promised already, and
  /// would do so until a second; moves nothing.
  ///
  /// @param promised the payer's other payments; those that were handed in count as the chain says
  /// @param until the second up to which it must count, where work begins now; 0 where it is handed
  ///   in at once
  Verification look(
      SignedPayment payment, Requirements requirements, List<Promise> promised, long until);

  /// Hands a payment in for its owner, where that was not done, and says how it stands; waits for
  /// nothing but the node. One owner asks at a time.
  ///
  /// @param owner what it is for; nobody else's asking is answered as the owner's
  Stand stand(SignedPayment payment, Requirements requirements, String owner);

  /// How a payment stands.
  sealed interface Stand {
    /// The money has moved, for good.
    ///
    /// @param transaction which moved it
    record Paid(String transaction) implements Stand {}

    /// It may move yet.
    ///
    /// @param reason why it has not, in a word of x402, or "" where nothing is in the way
    /// @param isByPayer whether its payer brought that about
    record Open(String reason, boolean isByPayer) implements Stand {}

    /// It has not moved for its owner, and the hub does not move it any more.
    ///
    /// @param reason a word of x402
    /// @param isByPayer whether its payer brought that about
    record Failed(String reason, boolean isByPayer) implements Stand {}
  }
}
