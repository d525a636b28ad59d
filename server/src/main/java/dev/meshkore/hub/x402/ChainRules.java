package dev.meshkore.hub.x402;

import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.money.Asset;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.Transaction;
import java.math.BigInteger;
import java.sql.SQLException;
import java.util.Optional;

/// What a payment on a chain must keep that somebody hands in by what its payer has signed: of an
/// agent of the hub all rules of its payments, of anybody else the stop of the hub. What is counted
/// is reserved in the transaction that stores the payment, before the chain has it, and used or
/// given back in the one that stores what the chain has decided. Thread-safe.
public interface ChainRules {
  /// A payment that is to be handed in.
  ///
  /// @param payer who has signed it
  /// @param payee who has the money then
  /// @param network by CAIP-2
  /// @param asset what is paid
  /// @param atoms how much
  /// @param id by which it is counted, once
  /// @param isFirst tells whether the payer never paid the payee before
  record Payment(
      Address payer,
      Address payee,
      String network,
      Asset asset,
      BigInteger atoms,
      String id,
      Database.Work<Boolean> isFirst) {}

  /// Which stop is in a payer's way, as a word of `errorReason`; asks no chain and counts nothing.
  Optional<String> stopped(Address payer);

  /// Does something for a payment in one transaction.
  ///
  /// @throws Refused as the work does; that is counted as the payer's
  <T> T write(Payment payment, Database.Work<T> work);

  /// Lets a payment be handed in that never was, and reserves what it takes; within [#write].
  ///
  /// @throws Refused where a rule is in the way
  void reserve(Transaction transaction, Payment payment) throws SQLException;

  /// Lets a payment be tried once more, for which all is reserved; within [#write].
  ///
  /// @throws Refused where its payer is stopped, or the hub
  void again(Transaction transaction, Payment payment) throws SQLException;

  /// The money has moved, for good.
  void paid(Transaction transaction, String id) throws SQLException;

  /// The money has not moved and cannot any more.
  void failed(Transaction transaction, String id) throws SQLException;

  /// What a refusal is called in `errorReason`.
  static String reason(Refused refused) {
    return Reasons.of(refused);
  }
}
