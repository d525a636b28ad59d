package dev.meshkore.hub.guard;

import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/// What a message must keep to be stored, and a request to be a contact to be told. Called on the
/// writers' threads.
public interface SendRule {
  /// A message that is about to be stored.
  ///
  /// @param sender the agent that sends it
  /// @param senderId its id
  /// @param recipient the agent it goes to, or 0 for a channel's message
  /// @param to that agent's id, or null
  /// @param channel the channel's number, or 0 for a direct message
  /// @param channelId that channel's id, or null
  /// @param thread what it belongs to
  /// @param replyTo the id that it answers
  /// @param sentAtMs when it came in
  /// @param source the bytes that held it, as the sender's own
  /// @param payloadStart where in them the payload begins
  /// @param payloadLength the payload's bytes
  /// @param isRequest whether it needs no consent: it asks the recipient to be a contact, or
  ///   answers what the recipient has put to the sender and carries no text
  /// @param act what it is where it is no message and no such request, or null
  record Letter(
      long sender,
      String senderId,
      long recipient,
      @Nullable String to,
      long channel,
      @Nullable String channelId,
      @Nullable String thread,
      @Nullable String replyTo,
      long sentAtMs,
      byte[] source,
      int payloadStart,
      int payloadLength,
      boolean isRequest,
      @Nullable Act act) {
    /// Whether anybody may bring it, by what its sender has signed.
    boolean isSigned() {
      return act != null && act.isSigned();
    }
  }

  /// Something that agents do with one another which is no message and yet keeps the rules of one.
  ///
  /// @param route as mandates name it, such as `POST /negotiations`
  /// @param target the path by which it was asked for, as an approval keeps it
  /// @param isPayment whether it pays, so that [#spend] is asked of it, too
  /// @param isSigned whether anybody may bring it, by what the agent has signed
  record Act(String route, String target, boolean isPayment, boolean isSigned) {}

  /// Money that an agent is about to pay to another, or to hold for it.
  ///
  /// @param payer the agent that pays
  /// @param payee the agent that is paid, or 0 for somebody who is no agent of the hub
  /// @param payeeId its id, or by what that one is known
  /// @param asset what is paid
  /// @param atoms how much
  /// @param about what it is for, as the payer names it
  /// @param reservationId under which it is held, or null where it is paid at once
  /// @param heldUntilMs how long it may be held
  /// @param isFirst tells whether the payer never paid the payee before
  /// @param way how it is paid, and for what kind of thing
  record Spending(
      long payer,
      long payee,
      String payeeId,
      String asset,
      long atoms,
      String about,
      @Nullable String reservationId,
      long heldUntilMs,
      Database.Work<Boolean> isFirst,
      Way way) {
    /// For [#heldUntilMs] of what is held until it is paid or given back, whatever the time is.
    public static final long UNTIL_ENDED = Long.MAX_VALUE;

    /// How money is paid, and for what kind of thing.
    ///
    /// @param category of what it is for, as the market names categories, or "" where nobody said
    /// @param rail what carries it: [#LEDGER], or a network by CAIP-2, such as `eip155:8453`
    /// @param isEscrowed whether it is held until what it is for is done
    public record Way(String category, String rail, boolean isEscrowed) {
      /// The hub's own ledger.
      public static final String LEDGER = "ledger";

      /// From one agent to another by the ledger, and nobody said for what.
      public static final Way PLAIN = new Way("", LEDGER, false);
    }
  }

  /// Called once for each group of messages, before any of them is checked, in their transaction.
  default void begin(Transaction transaction) throws SQLException {}

  /// Whether it has anything to say of a message. Asked for every one, so it must cost next to
  /// nothing: it looks into memory, and who has no rules pays for nothing more.
  ///
  /// @param recipient the agent it goes to, or 0 for a channel's message
  /// @param channel the channel's number, or 0 for a direct message
  boolean concerns(long sender, long recipient, long channel);

  /// Checks a message that was not stored before, within the transaction that stores it, and
  /// reserves what it takes. What it changed is undone when it, or a rule after it, refuses. It may
  /// run again after a lost race.
  ///
  /// @throws dev.meshkore.hub.problem.Refused to have this message refused, and no other
  void check(Transaction transaction, Letter letter, Relations relations) throws SQLException;

  /// Lets an agent spend money, within the transaction that moves it, and answers what is counted
  /// for it: done by whoever moves the money, when every rule has let it.
  ///
  /// @throws dev.meshkore.hub.problem.Refused where it may not
  default Counting spend(Transaction transaction, Spending spending) throws SQLException {
    return Counting.NOTHING;
  }

  /// What is counted of something that every rule has let pass, in the same transaction.
  @FunctionalInterface
  interface Counting {
    /// Nothing.
    Counting NOTHING = _ -> {};

    /// Counts it; this refuses nothing.
    void count(Transaction transaction) throws SQLException;

    /// Both.
    default Counting and(Counting more) {
      return transaction -> {
        count(transaction);
        more.count(transaction);
      };
    }
  }

  /// Every rule has let a message pass, in the same transaction: what a rule keeps in memory, where
  /// a refusal undoes nothing, it keeps now.
  ///
  /// @throws dev.meshkore.hub.problem.Refused as [#check] does, for what has changed since
  default void passed(Letter letter) {}

  /// A message is erased by its sender, in this transaction: what was kept of it goes, too.
  ///
  /// @param id what the message is known by
  default void erased(Transaction transaction, long sender, String id, byte[] payload)
      throws SQLException {}

  /// Called when a message was refused, by a rule or by anything else on the writer's way.
  default void refused(long sender, String senderId, ProblemType type, long atMs) {}
}
