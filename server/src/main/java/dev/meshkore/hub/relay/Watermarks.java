package dev.meshkore.hub.relay;

import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.StoreFailure;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Stores how far inboxes were handed over and read, and tells the senders. Many moves become one
/// row and one receipt: a receipt says how far, not which. Thread-safe.
final class Watermarks {
  private static final int TOLD_AT_ONCE = 4_096;

  private static final int INBOXES_TOGETHER = 128;
  private static final int MESSAGES_TOGETHER = 2_048;

  private final Database database;
  private final Journal journal;
  private final Agents agents;
  private final Channels channels;
  private final Presence presence;
  private final InstantSource clock;
  private final ConcurrentLinkedQueue<Inbox> moved = new ConcurrentLinkedQueue<>();
  private final AtomicLong version;

  Watermarks(
      Database database,
      Journal journal,
      Agents agents,
      Channels channels,
      Presence presence,
      InstantSource clock) {
    this.database = database;
    this.journal = journal;
    this.agents = agents;
    this.channels = channels;
    this.presence = presence;
    this.clock = clock;
    this.version = new AtomicLong(database.read(SqlInboxes::newestVersion));
  }

  /// An inbox moved since it was last stored.
  void moved(Inbox inbox) {
    moved.add(inbox);
  }

  /// Stores one inbox's watermarks now, and returns when they are durable.
  void store(Inbox inbox) {
    store(List.of(inbox));
  }

  /// Stores what moved, then tells the senders. What fails is tried again at the next.
  void tick() {
    // An inbox that moves again meanwhile is in the queue once more.
    var due = new LinkedHashSet<Inbox>();
    for (Inbox inbox = moved.poll(); inbox != null; inbox = moved.poll()) {
      inbox.clearMoved();
      due.add(inbox);
    }
    try {
      store(due);
      tell(due);
    } catch (StoreFailure failure) {
      moved.addAll(due);
      throw failure;
    }
  }

  /// Stores those that moved since they were stored, so that a version stands for a move.
  private void store(Collection<Inbox> inboxes) {
    List<Inbox> changed = inboxes.stream().filter(inbox -> !inbox.isStored()).toList();
    if (changed.isEmpty()) {
      return;
    }
    List<Runnable> stored =
        database.write(transaction -> {
          var marks = new ArrayList<Runnable>(changed.size());
          for (Inbox inbox : changed) {
            marks.add(store(transaction, inbox));
          }
          return marks;
        });
    stored.forEach(Runnable::run);
  }

  private Runnable store(Transaction transaction, Inbox inbox) throws SQLException {
    long acknowledgedEpoch = inbox.acknowledgedEpoch();
    long acknowledged = inbox.acknowledged();
    long delivered = inbox.delivered();
    SqlInboxes.setWatermarks(
        transaction,
        inbox.agent(),
        acknowledged,
        acknowledgedEpoch,
        delivered,
        version.updateAndGet(before -> Math.max(before + 1, clock.millis())));
    return () -> inbox.stored(acknowledged, delivered);
  }

  /// Tells the senders, of some inboxes at a time: as long as it reads, the log of the database
  /// cannot begin anew, for which the writer waits.
  private void tell(Collection<Inbox> due) {
    var wakes = new Wakes();
    var inChannels = new LinkedHashMap<InChannel, List<String>>();
    var moves = new ArrayList<Move>();
    int messages = 0;
    for (Inbox inbox : due) {
      Move move = Move.of(inbox);
      moves.add(move);
      messages += move.messages();
      if (moves.size() == INBOXES_TOGETHER || messages > MESSAGES_TOGETHER) {
        tell(moves, inChannels, wakes);
        moves.clear();
        messages = 0;
      }
    }
    tell(moves, inChannels, wakes);
    tellChannels(inChannels, wakes);
    wakes.run();
  }

  /// Tells the senders of some inboxes.
  private void tell(List<Move> moves, Map<InChannel, List<String>> inChannels, Wakes wakes) {
    if (presence.sessionCount() > 0) {
      List<Part> parts = moves.stream().map(Move::parts).flatMap(List::stream).toList();
      List<List<Stored>> places = journal.places(parts.stream().map(Part::span).toList());
      var receipts = new ArrayList<Receipt>();
      for (int i = 0; i < parts.size(); i++) {
        gather(parts.get(i), places.get(i), receipts, inChannels);
      }
      List<Stored> newest = journal.withHeads(receipts.stream().map(Receipt::newest).toList());
      long now = clock.millis();
      for (int i = 0; i < receipts.size(); i++) {
        Receipt receipt = receipts.get(i);
        Stored message = newest.get(i);
        byte[] frame =
            Frames.receipt(
                receipt.agentId(), receipt.state(), message.sequence(), message.id(), now);
        offer(message.sender(), frame, wakes);
      }
    }
    moves.forEach(move -> move.inbox().told(move.deliveredTo(), move.readTo()));
  }

  /// Finds who is told of a part: each live sender of its newest message there.
  private void gather(
      Part part,
      List<Stored> messages,
      List<Receipt> receipts,
      Map<InChannel, List<String>> inChannels) {
    if (messages.isEmpty()) {
      return;
    }
    String agentId = agents.idOf(part.span().agent());
    Map<Long, Stored> newestBySender = new TreeMap<>();
    for (Stored message : messages) {
      if (presence.sessionsOf(message.sender()).isEmpty()) {
        continue;
      }
      if (message.channel() == 0) {
        newestBySender.put(message.sender(), message);
      } else {
        var place = new InChannel(message.position(), message.offset(), part.state(), message);
        inChannels.computeIfAbsent(place, _ -> new ArrayList<>()).add(agentId);
      }
    }
    newestBySender
        .values()
        .forEach(newest -> receipts.add(new Receipt(agentId, part.state(), newest)));
  }

  /// One receipt for each message and state, that names all who moved, however many they are.
  private void tellChannels(Map<InChannel, List<String>> moves, Wakes wakes) {
    if (moves.isEmpty()) {
      return;
    }
    List<InChannel> places = List.copyOf(moves.keySet());
    List<Stored> whole = journal.withHeads(places.stream().map(InChannel::message).toList());
    Map<Long, String> channelIds = new HashMap<>();
    long now = clock.millis();
    for (int i = 0; i < places.size(); i++) {
      InChannel place = places.get(i);
      Stored message = whole.get(i);
      String channel =
          channelIds.computeIfAbsent(message.channel(), number -> channels.byNumber(number).id());
      List<String> names = moves.getOrDefault(place, List.of());
      byte[] receipt = Frames.channelReceipt(channel, place.state(), message.id(), names, now);
      offer(message.sender(), receipt, wakes);
    }
  }

  /// Tells a sender's live sessions.
  void offer(long sender, byte[] frame, @Nullable Wakes wakes) {
    Wakes own = wakes == null ? new Wakes() : wakes;
    for (Session session : presence.sessionsOf(sender)) {
      session.offer("receipt", frame);
      own.add(session);
    }
    if (wakes == null) {
      own.run();
    }
  }

  /// How far an inbox has come since its senders were told.
  private record Move(Inbox inbox, long deliveredTo, long readTo) {
    static Move of(Inbox inbox) {
      return new Move(inbox, inbox.delivered(), inbox.acknowledged());
    }

    List<Part> parts() {
      return List.of(
          Part.of(inbox.agent(), inbox.toldDelivered(), deliveredTo, State.DELIVERED),
          Part.of(inbox.agent(), inbox.toldRead(), readTo, State.READ));
    }

    int messages() {
      return parts().stream().mapToInt(part -> part.span().count()).sum();
    }
  }

  /// What of an inbox came to a state.
  private record Part(Journal.Span span, State state) {
    static Part of(long agent, long told, long to, State state) {
      long after = Math.min(to, Math.max(told, to - TOLD_AT_ONCE));
      return new Part(new Journal.Span(agent, after, to), state);
    }
  }

  /// What one sender is told of one inbox.
  private record Receipt(String agentId, State state, Stored newest) {}

  /// A channel's message and what became of it; the message is one of its many copies.
  private record InChannel(long position, int offset, State state, Stored message) {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof InChannel that
          && position == that.position
          && offset == that.offset
          && state == that.state;
    }

    @Override
    public int hashCode() {
      return Objects.hash(position, offset, state);
    }
  }
}
