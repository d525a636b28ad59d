package dev.meshkore.hub.relay;

import dev.meshkore.hub.store.Database;
import java.util.List;
import java.util.Map;

/// Lets whoever is online here hear of the messages that other hubs on the same database stored: it
/// looks how far their inboxes have grown. What came is read from disk, as after any gap.
final class OtherHubs {
  static final long EVERY_MS = 250;

  private static final int INBOXES_AT_ONCE = 1_000;
  private static final int QUERIES_MAX = 8;

  private final Database database;
  private final Inboxes inboxes;
  private final Presence presence;

  /// Where the next round begins, when there are more than one takes. Used by one thread at a time.
  private int next;

  OtherHubs(Database database, Inboxes inboxes, Presence presence) {
    this.database = database;
    this.inboxes = inboxes;
    this.presence = presence;
  }

  void tick() {
    if (!database.dialect().isShared()) {
      return;
    }
    List<Long> online = presence.online().stream().sorted().toList();
    if (next >= online.size()) {
      next = 0;
    }
    for (int i = 0; i < QUERIES_MAX && next < online.size(); i++) {
      int end = Math.min(next + INBOXES_AT_ONCE, online.size());
      List<Long> some = online.subList(next, end);
      Map<Long, Long> heads = database.read(transaction -> SqlInboxes.heads(transaction, some));
      var wakes = new Wakes();
      heads.forEach((agent, head) -> grew(agent, head, wakes));
      wakes.run();
      next = end;
    }
  }

  private void grew(long agent, long head, Wakes wakes) {
    Inbox inbox = inboxes.known(agent);
    if (inbox != null && inbox.head() < head) {
      inbox.grewTo(head);
      presence.sessionsOf(agent).forEach(wakes::add);
    }
  }
}
