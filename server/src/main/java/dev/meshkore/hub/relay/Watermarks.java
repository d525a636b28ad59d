package dev.meshkore.hub.relay;

import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Stores how far inboxes were handed over and read, and tells the senders. Many moves become one
/// row and one receipt: a receipt says how far, not which. Thread-safe.
final class Watermarks {
  private static final int TOLD_AT_ONCE = 4_096;

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

  /// Stores what moved, then tells the senders.
  void tick() {
    var due = new ArrayList<Inbox>();
    for (Inbox inbox = moved.poll(); inbox != null; inbox = moved.poll()) {
      inbox.clearMoved();
      due.add(inbox);
    }
    if (due.isEmpty()) {
      return;
    }
    try {
      store(due);
    } catch (RuntimeException failure) {
      moved.addAll(due);
      throw failure;
    }
    var wakes = new Wakes();
    due.forEach(inbox -> tell(inbox, wakes));
    wakes.run();
  }

  /// Stores those that moved since they were stored, so that a version stands for a move.
  private void store(List<Inbox> inboxes) {
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

  private void tell(Inbox inbox, Wakes wakes) {
    long deliveredTo = inbox.delivered();
    long readTo = inbox.acknowledged();
    if (presence.sessionCount() > 0) {
      tell(inbox.agent(), inbox.toldDelivered(), deliveredTo, State.DELIVERED, wakes);
      tell(inbox.agent(), inbox.toldRead(), readTo, State.READ, wakes);
    }
    inbox.told(deliveredTo, readTo);
  }

  private void tell(long agent, long from, long to, State state, Wakes wakes) {
    if (to <= from) {
      return;
    }
    Map<Long, Stored> newestBySender = new TreeMap<>();
    var inChannels = new ArrayList<Stored>();
    long after = Math.max(from, to - TOLD_AT_ONCE);
    for (Stored message : journal.places(agent, after, to)) {
      if (presence.sessionsOf(message.sender()).isEmpty()) {
        continue;
      }
      if (message.channel() == 0) {
        newestBySender.put(message.sender(), message);
      } else {
        inChannels.add(message);
      }
    }
    if (newestBySender.isEmpty() && inChannels.isEmpty()) {
      return;
    }
    String agentId = agents.idOf(agent);
    long now = clock.millis();
    for (Stored newest : journal.withHeads(List.copyOf(newestBySender.values()))) {
      byte[] receipt = Frames.receipt(agentId, state, newest.sequence(), newest.id(), now);
      offer(newest.sender(), receipt, wakes);
    }
    journal
        .withHeads(inChannels)
        .forEach(message -> tellChannel(message, agentId, state, now, wakes));
  }

  private void tellChannel(Stored message, String agentId, State state, long now, Wakes wakes) {
    String channel = channels.byNumber(message.channel()).id();
    offer(
        message.sender(),
        Frames.channelReceipt(channel, state, message.id(), List.of(agentId), now),
        wakes);
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
}
