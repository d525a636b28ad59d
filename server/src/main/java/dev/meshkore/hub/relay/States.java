package dev.meshkore.hub.relay;

import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;

/// What became of messages. The state of a message is not stored: it follows from the recipient's
/// two watermarks, and from the few messages that expired unread.
final class States {
  /// The state of one message for one recipient.
  ///
  /// @param agentId the recipient
  /// @param sequence the place in its inbox
  /// @param state what became of it
  record OfRecipient(String agentId, long sequence, State state) {}

  private final Database database;
  private final Journal journal;
  private final Inboxes inboxes;
  private final Agents agents;
  private final Channels channels;
  private final InstantSource clock;

  States(
      Database database,
      Journal journal,
      Inboxes inboxes,
      Agents agents,
      Channels channels,
      InstantSource clock) {
    this.database = database;
    this.journal = journal;
    this.inboxes = inboxes;
    this.agents = agents;
    this.channels = channels;
    this.clock = clock;
  }

  /// The state of a direct message, as history shows it to its sender.
  State of(long recipient, Stored message) {
    return database.read(transaction -> of(transaction, recipient, message.sequence()));
  }

  /// The state of a message that `sender` sent, for each recipient.
  List<OfRecipient> ofMessage(long sender, String id) {
    int colon = id.lastIndexOf(':');
    var first = database.read(transaction -> SqlMessageIds.find(transaction, id, sender));
    if (first.isPresent()) {
      SqlMessageIds.First found = first.get();
      return found.recipient() > 0
          ? List.of(ofRecipient(new JournalRow.Target(found.recipient(), found.sequence())))
          : database
              .read(transaction -> Journal.targets(transaction, found.sequence(), sender, id))
              .stream()
              .map(this::ofRecipient)
              .toList();
    }
    if (colon > 0 && id.length() - colon <= 19) {
      long recipient = agents.numberOf(id.substring(0, colon)).orElseThrow(() -> unknown(id));
      long sequence = sequence(id.substring(colon + 1), id);
      long epoch = inboxes.of(recipient).epochAfter(sequence - 1);
      List<Stored> there =
          journal.after(recipient, sequence - 1, 1, Long.MAX_VALUE, epoch).messages();
      boolean isOwn =
          !there.isEmpty()
              && there.getFirst().sequence() == sequence
              && there.getFirst().sender() == sender
              && there.getFirst().id().equals(id);
      if (isOwn) {
        return List.of(ofRecipient(new JournalRow.Target(recipient, sequence)));
      }
    }
    throw unknown(id);
  }

  /// The journal row that has a message which `sender` sent.
  long position(long sender, String id) {
    var first = database.read(transaction -> SqlMessageIds.find(transaction, id, sender));
    if (first.isPresent() && first.get().recipient() < 0) {
      return first.get().sequence();
    }
    OfRecipient of = ofMessage(sender, id).getFirst();
    long recipient = agents.numberOf(of.agentId()).orElseThrow(() -> unknown(id));
    long before = of.sequence() - 1;
    long epoch = inboxes.of(recipient).epochAfter(before);
    return journal.after(recipient, before, 1, Long.MAX_VALUE, epoch).messages().stream()
        .findFirst()
        .orElseThrow(() -> unknown(id))
        .position();
  }

  /// The first result of an id that came before.
  Sent again(Transaction transaction, Sending sending, String id, SqlMessageIds.First first)
      throws SQLException {
    if (first.recipient() < 0) {
      Channel channel = channels.byNumber(transaction, -first.recipient());
      int recipients = Journal.targets(transaction, first.sequence(), sending.sender(), id).size();
      return new Sent(
          id, null, channel.id(), 0, recipients, first.sentAtMs(), State.QUEUED.word(), true);
    }
    State state = of(transaction, first.recipient(), first.sequence());
    String to = agents.idOf(first.recipient());
    return new Sent(id, to, null, first.sequence(), 1, first.sentAtMs(), state.word(), true);
  }

  private OfRecipient ofRecipient(JournalRow.Target target) {
    State state = database.read(transaction -> of(transaction, target.agent(), target.sequence()));
    return new OfRecipient(agents.idOf(target.agent()), target.sequence(), state);
  }

  private State of(Transaction transaction, long recipient, long sequence) throws SQLException {
    if (SqlInboxes.isExpired(transaction, recipient, sequence)) {
      return State.EXPIRED;
    }
    Inbox inbox = inboxes.of(transaction, recipient);
    if (sequence <= inbox.acknowledged()) {
      return State.READ;
    }
    if (SqlInboxes.isDue(transaction, recipient, sequence, clock.millis())) {
      return State.EXPIRED;
    }
    return sequence <= inbox.delivered() ? State.DELIVERED : State.QUEUED;
  }

  private static long sequence(String text, String id) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException _) {
      throw unknown(id);
    }
  }

  private static Refused unknown(String id) {
    return new Refused(ProblemType.UNKNOWN_MESSAGE, "You sent no message with the id " + id);
  }
}
