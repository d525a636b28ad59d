package dev.meshkore.hub.ledger;

import dev.meshkore.hub.money.Money;
import java.util.OptionalLong;

/// A transfer that is wanted.
///
/// @param id chosen by whoever wants it, unique in the ledger: the same id moves money once
/// @param by who wants it, as the audit names actors
/// @param with whom it concerns besides, as the audit names objects
/// @param debit what pays
/// @param credit what is paid
/// @param amount how much; more than nothing
/// @param purpose what kind of movement it is, such as `payment`
/// @param about what it is for, as the payer names it, or ""
/// @param holdSeconds for how long it is only held; 0 for what is moved at once
/// @param refunds the number of the transfer that it gives back, if it does
public record Order(
    String id,
    String by,
    String with,
    Account.Name debit,
    Account.Name credit,
    Money amount,
    String purpose,
    String about,
    long holdSeconds,
    OptionalLong refunds) {
  /// Refuses what moves nothing.
  public Order {
    if (amount.atoms() <= 0 || debit.equals(credit) || holdSeconds < 0) {
      throw new IllegalArgumentException("A transfer moves something from one account to another");
    }
  }

  /// All that it says; two orders of one id must agree in it.
  String digest() {
    return String.join(
        "\n",
        by,
        debit.text(),
        credit.text(),
        amount.asset().code(),
        Long.toString(amount.atoms()),
        purpose,
        about,
        Long.toString(holdSeconds),
        refunds.isPresent() ? Long.toString(refunds.getAsLong()) : "");
  }
}
