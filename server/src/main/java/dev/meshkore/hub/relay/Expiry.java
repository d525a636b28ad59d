package dev.meshkore.hub.relay;

import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.store.Database;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/// Ends the wait of messages whose time has passed: those unread by then are marked and their
/// senders told.
final class Expiry {
  private static final int AT_ONCE = 1_000;
  private static final int ROUNDS = 100;

  private final Database database;
  private final Inboxes inboxes;
  private final Agents agents;
  private final Watermarks watermarks;
  private final InstantSource clock;

  Expiry(
      Database database,
      Inboxes inboxes,
      Agents agents,
      Watermarks watermarks,
      InstantSource clock) {
    this.database = database;
    this.inboxes = inboxes;
    this.agents = agents;
    this.watermarks = watermarks;
    this.clock = clock;
  }

  /// Handles what is due now, or as much of it as one tick may.
  void tick() {
    long now = clock.millis();
    int rounds = 0;
    while (rounds < ROUNDS && handle(now) == AT_ONCE) {
      rounds++;
    }
  }

  /// Handles some and answers how many they were.
  private int handle(long now) {
    List<SqlInboxes.Due> due =
        database.read(transaction -> SqlInboxes.due(transaction, now, AT_ONCE));
    if (due.isEmpty()) {
      return 0;
    }
    List<SqlInboxes.Due> unread =
        database.write(transaction -> {
          var expired = new ArrayList<SqlInboxes.Due>();
          for (SqlInboxes.Due message : due) {
            SqlInboxes.deleteExpiry(transaction, message);
            Inbox inbox = inboxes.of(transaction, message.recipient());
            if (message.sequence() > inbox.acknowledged()) {
              SqlInboxes.insertExpired(transaction, message.recipient(), message.sequence());
              expired.add(message);
            }
          }
          return expired;
        });
    for (SqlInboxes.Due message : unread) {
      byte[] receipt =
          Frames.receipt(
              agents.idOf(message.recipient()),
              State.EXPIRED,
              message.sequence(),
              message.id(),
              now);
      watermarks.offer(message.sender(), receipt, null);
    }
    return due.size();
  }
}
