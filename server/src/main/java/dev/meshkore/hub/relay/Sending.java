package dev.meshkore.hub.relay;

import dev.meshkore.hub.guard.SendRule;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A message on its way to the writer.
///
/// @param draft what the sender said
/// @param sender who sends
/// @param senderId its name
/// @param recipient the agent it goes to, or 0 for a channel's message
/// @param channel the channel it goes to, or null for a direct message
/// @param sentAtMs when it came in
/// @param expiresAtMs when it expires, or 0
/// @param envelope its content but for the id
/// @param session woken after `done`, if the answer goes out by one
/// @param refused what is stored in its place where it is refused, or null
/// @param done told the outcome, on the writer's thread; must not block
record Sending(
    Draft draft,
    long sender,
    String senderId,
    long recipient,
    @Nullable Channel channel,
    long sentAtMs,
    long expiresAtMs,
    byte[] envelope,
    @Nullable Session session,
    @Nullable InItsPlace refused,
    Consumer<SendOutcome> done) {

  /// What is stored, in the same transaction, where a message is refused.
  interface InItsPlace {
    void store(Transaction transaction) throws SQLException;
  }

  /// The message as the rules see it.
  SendRule.Letter letter() {
    return new SendRule.Letter(
        sender,
        senderId,
        recipient,
        draft.to(),
        channelNumber(),
        draft.channel(),
        draft.thread(),
        draft.replyTo(),
        sentAtMs,
        draft.source(),
        draft.payloadStart(),
        draft.payloadLength(),
        false,
        null);
  }

  /// The channel's number, or 0 for a direct message.
  long channelNumber() {
    return channel == null ? 0 : channel.number();
  }

  /// Work for the same inbox goes to the same writer.
  long key() {
    return channel == null ? recipient : channel.number();
  }
}
