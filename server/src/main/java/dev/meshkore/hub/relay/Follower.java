package dev.meshkore.hub.relay;

import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Sees the direct messages of some threads as they are stored, so that what it keeps of them is in
/// the same transaction as they are. Called on the writers' threads.
public interface Follower {
  /// Follows nothing.
  Follower NONE =
      new Follower() {
        @Override
        public boolean follows(@Nullable String thread, @Nullable String replyTo) {
          return false;
        }

        @Override
        public boolean isOwed(Transaction transaction, Followed message) {
          return false;
        }

        @Override
        public Runnable stored(Transaction transaction, Followed message) {
          return () -> {};
        }
      };

  /// A message that is being stored.
  ///
  /// @param sender the agent that sends it
  /// @param recipient the agent it goes to
  /// @param id the id that the sender chose
  /// @param thread what it belongs to
  /// @param replyTo the id that it answers
  /// @param sentAtMs when it came in
  /// @param payload its JSON, as it came
  record Followed(
      long sender,
      long recipient,
      @Nullable String id,
      @Nullable String thread,
      @Nullable String replyTo,
      long sentAtMs,
      byte[] payload) {

    /// A message as it is stored.
    static Followed of(JournalRow.Item item, JsonNode content, byte[] payload) {
      return new Followed(
          item.sender(),
          item.targets().getFirst().agent(),
          content.path("id").asString(""),
          content.has("thread") ? content.get("thread").stringValue() : null,
          content.has("reply_to") ? content.get("reply_to").stringValue() : null,
          0,
          payload);
    }

    static Followed of(Sending sending) {
      Draft draft = sending.draft();
      int start = draft.payloadStart();
      return new Followed(
          sending.sender(),
          sending.recipient(),
          draft.id(),
          draft.thread(),
          draft.replyTo(),
          sending.sentAtMs(),
          Arrays.copyOfRange(draft.source(), start, start + draft.payloadLength()));
    }
  }

  /// A message of those that it follows is erased, in this transaction: what it keeps of it goes,
  /// too.
  default void erased(Transaction transaction, Followed message) throws SQLException {}

  /// Whether it wants to see the messages of a thread, or those that answer an id. Asked for every
  /// direct message, so it must cost next to nothing.
  boolean follows(@Nullable String thread, @Nullable String replyTo);

  /// Whether the recipient waits for this message so that a full inbox must take it, too.
  boolean isOwed(Transaction transaction, Followed message) throws SQLException;

  /// Notes a message that was not sent before, within the transaction that stores it. It may run
  /// again after a lost race, so it changes nothing but the transaction.
  ///
  /// @return what to do after the commit, before the sender is answered; it must not block
  /// @throws dev.meshkore.hub.problem.Refused to have this message refused, and no other
  Runnable stored(Transaction transaction, Followed message) throws SQLException;
}
