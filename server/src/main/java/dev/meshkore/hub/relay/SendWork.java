package dev.meshkore.hub.relay;

import dev.meshkore.hub.guard.Relations;
import dev.meshkore.hub.guard.SendRules;
import dev.meshkore.hub.http.Problems;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Lane;
import dev.meshkore.hub.store.StoreFailure;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Writes the messages that wait, as one group: first the ids that came before, then the places in
/// the inboxes, then the journal. Runs on the writer's thread, within its transaction.
final class SendWork implements Lane.Work<Sending> {
  private final Journal journal;
  private final Inboxes inboxes;
  private final Contacts contacts;
  private final Channels channels;
  private final States states;
  private final Listener listener;
  private final Supplier<Follower> follower;
  private final SendRules rules;
  private final Relations relations;
  private final long unreadMax;

  /// Told of what was committed, on the writer's thread.
  interface Listener {
    /// The inboxes have grown; the senders are told after this returns.
    void arrived(List<Accepted> accepted);

    /// The senders were told: whoever waits for these messages, or sent any of `items`, may wake.
    void told(List<Accepted> accepted, List<Sending> items);
  }

  /// An accepted message with its places.
  ///
  /// @param sending the message
  /// @param id its id
  /// @param targets where it went
  record Accepted(Sending sending, String id, List<JournalRow.Target> targets) {}

  SendWork(
      Journal journal,
      Inboxes inboxes,
      Contacts contacts,
      Channels channels,
      States states,
      Listener listener,
      Supplier<Follower> follower,
      SendRules rules,
      long unreadMax) {
    this.journal = journal;
    this.inboxes = inboxes;
    this.contacts = contacts;
    this.channels = channels;
    this.states = states;
    this.listener = listener;
    this.follower = follower;
    this.rules = rules;
    this.relations = new SqlRelations();
    this.unreadMax = unreadMax;
  }

  @Override
  public Runnable write(Transaction transaction, List<Sending> items) throws SQLException {
    return new Group(transaction).write(items);
  }

  /// The hub tells of what is done where it is done.
  @Override
  public boolean isFed() {
    return true;
  }

  @Override
  public long bytes(Sending item) {
    return item.draft().source().length + (long) item.envelope().length;
  }

  @Override
  public void failed(Sending item, RuntimeException cause) {
    Refused refused =
        switch (cause) {
          case StoreFailure failure -> Problems.of(failure);
          case Refused already -> already;
          default -> Refused.later(ProblemType.BUSY, "The message could not be stored", 1);
        };
    item.done().accept(new SendOutcome.Rejected(refused));
    listener.told(List.of(), List.of(item));
  }

  /// A message that passed the checks and waits for its places.
  private static final class Planned {
    final Sending sending;
    final List<Long> recipients;
    final List<JournalRow.Target> targets = new ArrayList<>();
    String id = "";

    Planned(Sending sending, List<Long> recipients) {
      this.sending = sending;
      this.recipients = recipients;
    }
  }

  private record OwnId(long sender, String id) {}

  /// One attempt to write one group.
  private final class Group {
    private final Transaction transaction;
    private final List<Planned> planned = new ArrayList<>();
    private final Map<OwnId, Planned> byOwnId = new HashMap<>();
    private final Map<Long, Integer> counts = new TreeMap<>();
    private final List<Runnable> answers = new ArrayList<>();
    private final List<Runnable> followed = new ArrayList<>();

    /// Whom the hub tells something later, so that it hears nothing after that before it.
    private final Set<Long> later = new HashSet<>();

    Group(Transaction transaction) {
      this.transaction = transaction;
    }

    Runnable write(List<Sending> items) throws SQLException {
      rules.begin(transaction);
      for (Sending item : items) {
        plan(item);
      }
      place();
      List<JournalRow> rows = rows();
      Journal.Appended appended = journal.append(transaction, rows);
      remember(appended);
      var accepted = new ArrayList<Accepted>(planned.size());
      for (Planned one : planned) {
        accepted.add(new Accepted(one.sending, one.id, one.targets));
      }
      return () -> {
        journal.committed(appended);
        tell(() -> listener.arrived(accepted));
        followed.forEach(Group::tell);
        answers.forEach(Group::tell);
        tell(() -> listener.told(accepted, items));
      };
    }

    /// The event loops end before the writer does, and with them whoever was to be told.
    private static void tell(Runnable answer) {
      try {
        answer.run();
      } catch (RejectedExecutionException _) {
        // What was to be told is stored, and is handed over when they come back.
      }
    }

    private void plan(Sending item) throws SQLException {
      String ownId = item.draft().id();
      if (ownId != null) {
        var key = new OwnId(item.sender(), ownId);
        Planned earlier = byOwnId.get(key);
        if (earlier != null) {
          answers.add(() -> item.done().accept(new SendOutcome.Accepted(sent(earlier, true))));
          return;
        }
        var first = SqlMessageIds.find(transaction, ownId, item.sender());
        if (first.isPresent()) {
          Sent again = states.again(transaction, item, ownId, first.get());
          answers.add(() -> item.done().accept(new SendOutcome.Accepted(again)));
          return;
        }
      }
      Sending.InItsPlace inItsPlace = item.refused();
      if (inItsPlace != null && later.contains(item.recipient())) {
        inItsPlace.store(transaction);
        return;
      }
      List<Long> recipients;
      try {
        Follower.Followed seen = seen(item);
        recipients = recipients(item, seen);
        if (rules.concern(item.sender(), item.recipient(), item.channelNumber())) {
          transaction.undoable(_ -> checked(item, seen)).ifPresent(followed::add);
        } else {
          noted(seen).ifPresent(followed::add);
        }
      } catch (Refused refused) {
        rules.refused(item.sender(), item.senderId(), refused.type(), item.sentAtMs());
        if (inItsPlace != null) {
          inItsPlace.store(transaction);
          later.add(item.recipient());
        }
        answers.add(() -> item.done().accept(new SendOutcome.Rejected(refused)));
        return;
      }
      var one = new Planned(item, recipients);
      planned.add(one);
      recipients.forEach(recipient -> counts.merge(recipient, 1, Integer::sum));
      if (ownId != null) {
        byOwnId.put(new OwnId(item.sender(), ownId), one);
      }
      answers.add(() -> item.done().accept(new SendOutcome.Accepted(sent(one, false))));
    }

    private Follower.@Nullable Followed seen(Sending item) {
      boolean isSeen =
          item.channel() == null
              && follower.get().follows(item.draft().thread(), item.draft().replyTo());
      return isSeen ? Follower.Followed.of(item) : null;
    }

    /// A rule that refuses must not leave behind what other rules and the follower stored.
    private Optional<Runnable> checked(Sending item, Follower.@Nullable Followed seen)
        throws SQLException {
      rules.check(transaction, item.letter(), relations);
      return noted(seen);
    }

    private Optional<Runnable> noted(Follower.@Nullable Followed seen) throws SQLException {
      return seen == null
          ? Optional.empty()
          : Optional.of(follower.get().stored(transaction, seen));
    }

    private List<Long> recipients(Sending item, Follower.@Nullable Followed seen)
        throws SQLException {
      if (item.channel() != null) {
        return membersWithRoom(item, item.channel());
      }
      long unread = unread(item.recipient());
      if (unread >= unreadMax && (seen == null || !follower.get().isOwed(transaction, seen))) {
        throw Refused.later(
            ProblemType.INBOX_FULL,
            item.draft().to() + " has " + unread + " unread messages; try again later",
            60);
      }
      return List.of(item.recipient());
    }

    /// The members that a channel's message reaches. One who does not read must not silence the
    /// others, so a full inbox is passed over; the member finds the message in the history.
    private List<Long> membersWithRoom(Sending item, Channel channel) throws SQLException {
      List<Long> members = channels.recipients(transaction, channel, item.sender());
      var withRoom = new ArrayList<Long>(members.size());
      for (long member : members) {
        if (unread(member) < unreadMax) {
          withRoom.add(member);
        }
      }
      if (withRoom.isEmpty() && !members.isEmpty()) {
        throw Refused.later(
            ProblemType.INBOX_FULL,
            "Every other member of "
                + channel.id()
                + " has "
                + unreadMax
                + " unread messages; try again later",
            60);
      }
      return withRoom;
    }

    private long unread(long agent) throws SQLException {
      Inbox inbox = inboxes.of(transaction, agent);
      return inbox.head() - inbox.acknowledged() + counts.getOrDefault(agent, 0);
    }

    /// Gives each message its places; the counters are taken in sorted order, so that two hubs on
    /// one database cannot wait for each other.
    private void place() throws SQLException {
      var next = new HashMap<Long, Long>();
      for (Map.Entry<Long, Integer> count : counts.entrySet()) {
        long agent = count.getKey();
        Inbox inbox = inboxes.of(transaction, agent);
        long before =
            transaction.dialect().isShared()
                ? SqlInboxes.addToHead(transaction, agent, count.getValue()) - count.getValue()
                : inbox.head();
        next.put(agent, before + 1);
      }
      for (Planned one : planned) {
        for (long recipient : one.recipients) {
          long sequence = next.merge(recipient, 1L, Long::sum) - 1;
          one.targets.add(new JournalRow.Target(recipient, sequence));
        }
        one.id = id(one);
      }
    }

    private String id(Planned one) throws SQLException {
      String ownId = one.sending.draft().id();
      Channel channel = one.sending.channel();
      long ofChannel = channel == null ? 0 : channels.nextMessage(transaction, channel);
      if (ownId != null) {
        return ownId;
      }
      if (channel != null) {
        return channel.id() + "::" + ofChannel;
      }
      return one.sending.draft().to() + ":" + one.targets.getFirst().sequence();
    }

    private List<JournalRow> rows() throws SQLException {
      var rows = new ArrayList<JournalRow>();
      JournalRow row = new JournalRow();
      rows.add(row);
      for (Planned one : planned) {
        if (row.isFull()) {
          row = new JournalRow();
          rows.add(row);
        }
        Sending sending = one.sending;
        Channel channel = sending.channel();
        row.add(
            sending.sender(),
            channel == null ? 0 : channel.number(),
            channel == null
                ? Stream.conversation(sending.sender(), sending.recipient())
                : Stream.channel(channel.number()),
            sending.expiresAtMs(),
            one.targets,
            Frames.idMember(one.id),
            sending.envelope());
      }
      return planned.isEmpty() ? List.of() : rows;
    }

    private void remember(Journal.Appended appended) throws SQLException {
      for (Planned one : planned) {
        Sending sending = one.sending;
        Channel channel = sending.channel();
        if (channel == null) {
          contacts.note(transaction, sending.sender(), sending.recipient(), sending.sentAtMs());
        }
        if (sending.draft().id() != null || channel != null) {
          SqlMessageIds.insert(transaction, one.id, sending.sender(), first(one, appended));
        }
        if (sending.expiresAtMs() != 0) {
          for (JournalRow.Target target : one.targets) {
            SqlInboxes.insertExpiry(
                transaction,
                new SqlInboxes.Due(
                    sending.expiresAtMs(),
                    target.agent(),
                    target.sequence(),
                    sending.sender(),
                    one.id));
          }
        }
      }
    }

    private SqlMessageIds.First first(Planned one, Journal.Appended appended) {
      Channel channel = one.sending.channel();
      if (channel == null) {
        JournalRow.Target target = one.targets.getFirst();
        return new SqlMessageIds.First(target.agent(), target.sequence(), one.sending.sentAtMs());
      }
      long stream = Stream.channel(channel.number());
      long position =
          appended.group().messages().stream()
              .filter(in -> in.stream() == stream)
              .filter(in -> in.message().sender() == one.sending.sender())
              .filter(in -> in.message().id().equals(one.id))
              .mapToLong(in -> in.message().position())
              .findFirst()
              .orElseThrow();
      return new SqlMessageIds.First(-channel.number(), position, one.sending.sentAtMs());
    }

    private Sent sent(Planned one, boolean isDuplicate) {
      Channel channel = one.sending.channel();
      return new Sent(
          one.id,
          one.sending.draft().to(),
          channel == null ? null : channel.id(),
          channel == null ? one.targets.getFirst().sequence() : 0,
          one.targets.size(),
          one.sending.sentAtMs(),
          State.QUEUED.word(),
          isDuplicate);
    }
  }
}
