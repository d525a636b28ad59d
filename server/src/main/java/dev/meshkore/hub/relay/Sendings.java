package dev.meshkore.hub.relay;

import dev.meshkore.hub.identity.Caller;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Makes what goes to the writer of what senders say.
///
/// @param payloadBytesMax the most that a payload may have
/// @param clock says when a message came in
record Sendings(int payloadBytesMax, InstantSource clock) {
  Sending of(
      Caller.OfAgent sender,
      Draft draft,
      long recipient,
      @Nullable Channel channel,
      @Nullable Session session,
      Sending.@Nullable InItsPlace refused,
      Consumer<SendOutcome> done) {
    draft.checkSize(payloadBytesMax);
    long now = clock.millis();
    long expiresAt =
        draft.expiresIn() == 0 ? 0 : now + Duration.ofSeconds(draft.expiresIn()).toMillis();
    return new Sending(
        draft,
        sender.number(),
        sender.id(),
        recipient,
        channel,
        now,
        expiresAt,
        Frames.envelope(draft, sender.id(), now, expiresAt),
        session,
        refused,
        done);
  }
}
