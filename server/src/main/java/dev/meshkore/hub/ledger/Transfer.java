package dev.meshkore.hub.ledger;

import dev.meshkore.hub.money.Money;
import java.util.Locale;
import java.util.OptionalLong;

/// One movement of money, or the end of one that was held. It never changes.
///
/// @param number its place in the ledger
/// @param id as it was wanted
/// @param kind what it does
/// @param debit what pays
/// @param credit what is paid
/// @param amount how much
/// @param purpose what kind of movement it is
/// @param about what it is for
/// @param pending the number of the transfer that it ends, if it ends one
/// @param refunds the number of the transfer that it gives back, if it does
/// @param expiresAtMs when a pending one ends by itself, or 0
/// @param act the number of its leaf among the acts of the audit
/// @param madeAtMs when it was stored
public record Transfer(
    long number,
    String id,
    Kind kind,
    Account.Name debit,
    Account.Name credit,
    Money amount,
    String purpose,
    String about,
    OptionalLong pending,
    OptionalLong refunds,
    long expiresAtMs,
    long act,
    long madeAtMs) {
  /// The purpose of what one agent pays another, or holds for it.
  public static final String PAYMENT = "payment";

  /// The purpose of what is held for the answer to a call of a service. Only the call ends it.
  public static final String CALL = "call";

  /// The purposes of what the hub takes of what an account was paid: for a job, and for calls.
  /// Nobody decides to spend that.
  public static final String FEE = "fee";

  /// See [#FEE].
  public static final String CALL_FEE = "call-fee";

  /// Whether it has moved money, and not only held it or given it back.
  boolean isMoved() {
    return kind == Kind.POSTED || kind == Kind.POST;
  }

  /// What it is called outside of the ledger.
  public String name() {
    return "t" + number;
  }

  /// What a transfer does.
  public enum Kind {
    /// Moves its amount at once.
    POSTED,
    /// Holds its amount until it is ended.
    PENDING,
    /// Ends one that was held by moving all or a part of it; the rest is free again.
    POST,
    /// Ends one that was held by moving nothing.
    VOID,
    /// The same, because its time has passed.
    EXPIRY;

    /// The word for it.
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
