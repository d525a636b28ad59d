package dev.meshkore.hub.relay;

import dev.meshkore.hub.problem.ProblemType;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// The relay as plainly as it can be said: lists in memory. Agents are numbered from 0.
final class RelayModel {
  static final class InboxModel {
    final List<MessageModel> messages = new ArrayList<>();
    final Set<Long> expired = new HashSet<>();
    long acknowledged;
    long delivered;
    long storedAcknowledged;
    long storedDelivered;

    /// How often the watermarks were stored: each time under another version.
    int stores;

    /// Watermarks that moved are stored.
    void store() {
      if (acknowledged != storedAcknowledged || delivered != storedDelivered) {
        storedAcknowledged = acknowledged;
        storedDelivered = delivered;
        stores++;
      }
    }
  }

  /// What a sender is told: an accepted message, or the refusal.
  record Told(MessageModel message, boolean isDuplicate, State state) {}

  private record Due(long at, int agent, long sequence) {}

  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

  final ChannelModel channels = new ChannelModel();
  final List<InboxModel> inboxes = new ArrayList<>();
  private final long unreadMax;
  private final List<MessageModel> all = new ArrayList<>();
  private final Map<String, MessageModel> byId = new HashMap<>();
  private final List<Due> due = new ArrayList<>();

  RelayModel(int agents, long unreadMax) {
    this.unreadMax = unreadMax;
    for (int i = 0; i < agents; i++) {
      inboxes.add(new InboxModel());
    }
  }

  static String name(int agent) {
    return "agent-" + agent;
  }

  Optional<MessageModel> find(int sender, String id) {
    return Optional.ofNullable(byId.get(sender + " " + id));
  }

  /// Direct messages between two, oldest first.
  List<MessageModel> conversation(int one, int other) {
    return all.stream()
        .filter(message -> message.channel().isEmpty())
        .filter(message ->
            (message.sender() == one && message.recipient() == other)
                || (message.sender() == other && message.recipient() == one))
        .toList();
  }

  /// To whom somebody wrote.
  Set<Integer> recipientsOf(int sender) {
    var recipients = new HashSet<Integer>();
    for (MessageModel message : all) {
      if (message.sender() == sender && message.channel().isEmpty()) {
        recipients.add(message.recipient());
      }
    }
    return recipients;
  }

  /// Sends directly; empty where the inbox is full.
  Optional<Told> send(int sender, int recipient, DraftModel draft, long nowMs) {
    Optional<MessageModel> first = draft.id().flatMap(id -> find(sender, id));
    if (first.isPresent()) {
      return Optional.of(new Told(first.get(), true, again(first.get(), nowMs)));
    }
    InboxModel inbox = inboxes.get(recipient);
    if (inbox.messages.size() - inbox.acknowledged >= unreadMax) {
      return Optional.empty();
    }
    long sequence = inbox.messages.size() + 1L;
    String id = draft.id().orElse(name(recipient) + ":" + sequence);
    String target = "\"to\":\"" + name(recipient) + "\"";
    var sequences = new TreeMap<>(Map.of(recipient, sequence));
    MessageModel message =
        message(sender, recipient, Optional.empty(), id, draft, target, nowMs, sequences);
    return Optional.of(new Told(message, false, State.QUEUED));
  }

  /// Sends to a channel of which the sender is a member, past those whose inbox is full; empty
  /// where all are.
  Optional<Told> sendToChannel(int sender, String channel, DraftModel draft, long nowMs) {
    Optional<MessageModel> first = draft.id().flatMap(id -> find(sender, id));
    if (first.isPresent()) {
      return Optional.of(new Told(first.get(), true, again(first.get(), nowMs)));
    }
    ChannelModel.Group group = channels.group(channel);
    var sequences = new TreeMap<Integer, Long>();
    for (int member : group.roles.keySet()) {
      InboxModel inbox = inboxes.get(member);
      if (member != sender && inbox.messages.size() - inbox.acknowledged < unreadMax) {
        sequences.put(member, inbox.messages.size() + 1L);
      }
    }
    if (sequences.isEmpty() && group.roles.size() > 1) {
      return Optional.empty();
    }
    group.made++;
    String id = draft.id().orElse(channel + "::" + group.made);
    String target = "\"channel\":\"" + channel + "\"";
    MessageModel message =
        message(sender, -1, Optional.of(channel), id, draft, target, nowMs, sequences);
    group.messages.add(message);
    return Optional.of(new Told(message, false, State.QUEUED));
  }

  private MessageModel message(
      int sender,
      int recipient,
      Optional<String> channel,
      String id,
      DraftModel draft,
      String target,
      long nowMs,
      Map<Integer, Long> sequences) {
    long expiresAt = draft.expiresIn() == 0 ? 0 : nowMs + draft.expiresIn() * 1_000;
    String content = draft.content(id, name(sender), target, time(nowMs), time(expiresAt));
    var message =
        new MessageModel(sender, recipient, channel, id, expiresAt, nowMs, content, sequences);
    all.add(message);
    byId.put(sender + " " + id, message);
    sequences.forEach((agent, sequence) -> {
      inboxes.get(agent).messages.add(message);
      if (expiresAt != 0) {
        due.add(new Due(expiresAt, agent, sequence));
      }
    });
    return message;
  }

  private State again(MessageModel first, long nowMs) {
    return first.channel().isPresent() ? State.QUEUED : state(first.recipient(), first, nowMs);
  }

  /// The state of a message for one who got it.
  State state(int recipient, MessageModel message, long nowMs) {
    InboxModel inbox = inboxes.get(recipient);
    Long sequence = message.sequences().get(recipient);
    if (sequence == null) {
      throw new AssertionError("The model has no such recipient");
    }
    if (inbox.expired.contains(sequence)) {
      return State.EXPIRED;
    }
    if (sequence <= inbox.acknowledged) {
      return State.READ;
    }
    if (message.isExpired(nowMs)) {
      return State.EXPIRED;
    }
    return sequence <= inbox.delivered ? State.DELIVERED : State.QUEUED;
  }

  /// What follows `after` was handed over, up to `last`; nothing was if they are the same.
  void delivered(int agent, long after, long last) {
    InboxModel inbox = inboxes.get(agent);
    if (last > after) {
      inbox.delivered = Math.max(inbox.delivered, last);
    }
  }

  Optional<ProblemType> acknowledge(int agent, long sequence, boolean durably) {
    InboxModel inbox = inboxes.get(agent);
    if (sequence > inbox.messages.size()) {
      return Optional.of(ProblemType.INVALID_FIELD);
    }
    if (sequence > inbox.acknowledged) {
      inbox.acknowledged = sequence;
      inbox.delivered = Math.max(inbox.delivered, sequence);
    }
    if (durably && sequence > inbox.storedAcknowledged) {
      inbox.store();
    }
    return Optional.empty();
  }

  /// All watermarks that moved are stored.
  void store() {
    inboxes.forEach(InboxModel::store);
  }

  /// What expired is marked.
  void expire(long nowMs) {
    for (Due one : List.copyOf(due)) {
      if (one.at() <= nowMs) {
        due.remove(one);
        InboxModel inbox = inboxes.get(one.agent());
        if (one.sequence() > inbox.acknowledged) {
          inbox.expired.add(one.sequence());
        }
      }
    }
  }

  /// The hub was killed: what was only in memory is gone.
  void kill() {
    for (InboxModel inbox : inboxes) {
      inbox.acknowledged = inbox.storedAcknowledged;
      inbox.delivered = inbox.storedDelivered;
    }
  }

  private static String time(long ms) {
    return TIME.format(Instant.ofEpochMilli(ms));
  }
}
