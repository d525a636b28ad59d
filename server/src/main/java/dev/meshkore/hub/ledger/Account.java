package dev.meshkore.hub.ledger;

import dev.meshkore.hub.money.Asset;

/// One side of transfers: its sums in one asset. What it may still pay out is what came in, less
/// what was paid out and what is held to be.
///
/// @param number as the ledger counts accounts
/// @param name whose it is
/// @param asset what it holds
/// @param debitsPending what is held to be paid out
/// @param debitsPosted what was paid out
/// @param creditsPending what is held to come in
/// @param creditsPosted what came in
/// @param debits the movements by which it paid
/// @param credits the movements by which it was paid
public record Account(
    long number,
    Name name,
    Asset asset,
    long debitsPending,
    long debitsPosted,
    long creditsPending,
    long creditsPosted,
    Chain debits,
    Chain credits) {

  /// What an account is called.
  ///
  /// @param text unique in the ledger, together with an asset
  /// @param isBounded whether no more may be paid out than came in
  public record Name(String text, boolean isBounded) {
    private static final String AGENT = "agent:";

    private static final String ISSUED = "issued:";
    private static final String JOB = "job:";
    private static final String FEES = "fees:";

    /// Where the credits come from that somebody puts in, and go to that it takes out.
    public static Name issuedBy(String person) {
      return new Name(ISSUED + person, false);
    }

    /// What an agent has.
    public static Name ofAgent(long agent) {
      return new Name(AGENT + agent, true);
    }

    /// What is in escrow for a job.
    public static Name ofJob(long job) {
      return new Name(JOB + job, true);
    }

    /// What the hub has taken for something.
    public static Name ofFees(String what) {
      return new Name(FEES + what, true);
    }

    /// Whether it holds what is in escrow for a job.
    public boolean isEscrow() {
      return text.startsWith(JOB);
    }

    /// What an account that is no agent's is called outside: `issued`, `escrow` or `fees`.
    public String word() {
      return text.startsWith(JOB) ? "escrow" : text.startsWith(FEES) ? "fees" : "issued";
    }

    /// The agent whose account it is, or 0.
    public long agent() {
      return text.startsWith(AGENT) ? Long.parseLong(text.substring(AGENT.length())) : 0;
    }
  }

  /// One on which nothing has moved.
  public static Account empty(Name name, Asset asset) {
    return new Account(0, name, asset, 0, 0, 0, 0, Chain.EMPTY, Chain.EMPTY);
  }

  /// What may be paid out now; a bounded account's is never below nothing.
  public long available() {
    return creditsPosted - debitsPosted - debitsPending;
  }

  Account debited(long pending, long posted) {
    return new Account(
        number,
        name,
        asset,
        debitsPending + pending,
        Math.addExact(debitsPosted, posted),
        creditsPending,
        creditsPosted,
        debits,
        credits);
  }

  Account credited(long pending, long posted) {
    return new Account(
        number,
        name,
        asset,
        debitsPending,
        debitsPosted,
        creditsPending + pending,
        Math.addExact(creditsPosted, posted),
        debits,
        credits);
  }

  /// With one more movement on a side.
  Account and(Chain.Side side, long transfer) {
    boolean isDebit = side == Chain.Side.DEBIT;
    return new Account(
        number,
        name,
        asset,
        debitsPending,
        debitsPosted,
        creditsPending,
        creditsPosted,
        isDebit ? debits.and(transfer) : debits,
        isDebit ? credits : credits.and(transfer));
  }

  Chain chain(Chain.Side side) {
    return side == Chain.Side.DEBIT ? debits : credits;
  }

  /// How much it would have paid out too much; 0 where it may pay.
  long missing() {
    return name.isBounded() ? Math.max(0, -available()) : 0;
  }
}
