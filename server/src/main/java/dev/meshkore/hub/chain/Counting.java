package dev.meshkore.hub.chain;

import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.money.Asset;
import dev.meshkore.hub.store.Transaction;
import dev.meshkore.hub.x402.ChainRules;
import dev.meshkore.hub.x402.Verification;
import java.math.BigInteger;
import java.sql.SQLException;
import java.util.Optional;

/// Counts what payers spend by what anybody hands in. What the hub hands in for calls and jobs is
/// counted there. Thread-safe.
final class Counting {
  private final ChainRules rules;
  private final ChainSettings settings;
  private final Asset asset;

  Counting(ChainRules rules, ChainSettings settings) {
    this.rules = rules;
    this.settings = settings;
    this.asset = Asset.ofToken(settings.domain().chain(), settings.domain().contract());
  }

  /// Which stop is in a payer's way, in a word of x402.
  Optional<String> stopped(Address payer) {
    return rules.stopped(payer);
  }

  /// What is seen of a payment that is in order, unless its payer is stopped.
  Verification unlessStopped(Verification seen, Address payer) {
    Optional<String> stopped =
        seen instanceof Verification.Valid ? stopped(payer) : Optional.empty();
    return stopped.isPresent() ? new Verification.Invalid(stopped.get(), payer.text()) : seen;
  }

  /// The gate of an authorization by which a payee is paid, or a channel to it is filled.
  Gate gate(Address payer, String nonce, Address payee, BigInteger atoms) {
    return new Gate.OfPayer(
        rules,
        new ChainRules.Payment(
            payer,
            payee,
            settings.network(),
            asset,
            atoms,
            id(payer, nonce),
            reader -> !hasPaid(reader, payer, payee)));
  }

  /// An authorization works once, so it is counted once.
  private String id(Address payer, String nonce) {
    return "chain:" + asset.code() + "/" + payer.hex() + "/" + nonce;
  }

  private boolean hasPaid(Transaction reader, Address payer, Address payee) throws SQLException {
    return reader.number(
            """
            SELECT 1 FROM chain_settlement
            WHERE network = ? AND token = ? AND payer = ? AND payee = ? AND kind = ? AND state = ?
            LIMIT 1
            """,
            0,
            settings.network(),
            settings.domain().contract().hex(),
            payer.hex(),
            payee.hex(),
            Kind.EXACT.word(),
            State.FINAL.word())
        == 1;
  }

  /// What was reserved is used, or given back, with the outcome.
  void ended(Transaction transaction, Settling one, boolean isPaid) throws SQLException {
    switch (one.deed().kind()) {
      case EXACT, DEPOSIT -> {
        if (isPaid) {
          rules.paid(transaction, id(one.payer(), one.nonce()));
        } else {
          rules.failed(transaction, id(one.payer(), one.nonce()));
        }
      }
      case CLAIM, SETTLE, REFUND, AUTHORIZE, CAPTURE, VOID -> {
        // No money of a payer's leaves it by these, or its rules were asked by whoever ordered it.
      }
    }
  }
}
