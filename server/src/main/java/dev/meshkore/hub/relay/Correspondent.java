package dev.meshkore.hub.relay;

import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Transaction;
import java.io.ByteArrayOutputStream;
import java.util.Optional;

/// An agent that lives elsewhere: the hub itself reads its inbox and writes in its name, by the
/// same rules as every agent but the rate limit. Thread-safe; calls may block.
public final class Correspondent {
  /// A message in its inbox.
  ///
  /// @param sequence its place
  /// @param json the message, as every door hands it over
  public record Letter(long sequence, byte[] json) {}

  private final Relay relay;
  private final Caller.OfAgent self;
  private final DraftReader reader = new DraftReader();

  Correspondent(Relay relay, Caller.OfAgent self) {
    this.relay = relay;
    this.self = self;
  }

  /// Its id.
  public String id() {
    return self.id();
  }

  /// Whether anything was not acknowledged.
  public boolean hasMail() {
    Inbox inbox = relay.inbox(self.number());
    return inbox.head() > inbox.acknowledged();
  }

  /// The first message that was not acknowledged; it counts as delivered. What has expired is
  /// passed over.
  public Optional<Letter> next() {
    Inbox inbox = relay.inbox(self.number());
    while (inbox.head() > inbox.acknowledged()) {
      Relay.Page page = relay.read(inbox, inbox.acknowledged(), 1, Long.MAX_VALUE);
      if (!page.messages().isEmpty()) {
        var json = new ByteArrayOutputStream();
        Stored message = page.messages().getFirst();
        Frames.message(json, message, null);
        return Optional.of(new Letter(message.sequence(), json.toByteArray()));
      }
      if (page.last() <= inbox.acknowledged()) {
        return Optional.empty();
      }
      acknowledge(page.last());
    }
    return Optional.empty();
  }

  /// Acknowledges up to a sequence, durably.
  public void acknowledge(long sequence) {
    relay.acknowledge(relay.inbox(self.number()), sequence, true);
  }

  /// Has what `POST /send` would take stored with what is done in an open transaction.
  ///
  /// @param recipient the number of the agent that it names
  /// @param refused what is stored in its place where it is refused
  void sendWithin(
      Transaction transaction, byte[] json, long recipient, Sending.InItsPlace refused) {
    relay.sendWithin(transaction, self, reader.readSend(json), recipient, refused);
  }

  /// Sends what `POST /send` would take, and returns after it is durable.
  ///
  /// @throws Refused when it is not accepted
  public void send(byte[] json) {
    if (relay.send(self, reader.readSend(json)) instanceof SendOutcome.Rejected rejected) {
      throw rejected.refused();
    }
  }
}
