package dev.meshkore.hub.faults;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// Reads inboxes whole, from the first message on and without acknowledging, and compares them with
/// what the clients know.
final class Reconciler {
  private static final Duration NEXT = Duration.ofSeconds(30);

  private final Load load;
  private final History history;

  Reconciler(Load load) {
    this.load = load;
    this.history = load.history();
  }

  /// Compares every inbox with what was accepted up to a moment; more may have come since.
  void check(List<History.Send> accepted) throws IOException, InterruptedException {
    Map<String, SortedMap<Long, String>> inboxes = new HashMap<>();
    for (String recipient : load.recipients()) {
      var handed = new TreeMap<>(history.inbox(recipient).idBySequence);
      SortedMap<Long, String> inbox = read(recipient);
      checkOne(recipient, inbox, handed);
      inboxes.put(recipient, inbox);
    }
    for (History.Send send : accepted) {
      SortedMap<Long, String> inbox = inboxes.getOrDefault(send.recipient, new TreeMap<>());
      if (!send.id.equals(inbox.get(send.sequence))) {
        history.lost(
            send,
            "there is "
                + inbox.get(send.sequence)
                + " and the inbox ends at "
                + (inbox.isEmpty() ? 0 : inbox.lastKey()));
      }
    }
  }

  /// An inbox from its first message on, as a new session sees it.
  SortedMap<Long, String> read(String recipient) throws IOException, InterruptedException {
    var inbox = new TreeMap<Long, String>();
    var stream = new InboxStream(history, recipient);
    try (Socket socket = open(load.player(recipient))) {
      long head = -1;
      while (head < 0 || inbox.size() < head) {
        JsonNode frame = socket.next(NEXT);
        if (frame == null) {
          history.violation(recipient + " got only " + inbox.size() + " messages of " + head);
          return inbox;
        }
        if (frame.path("type").asString("").equals("welcome")) {
          head = frame.get("head").asLong();
        }
        if (stream.took(frame)) {
          inbox.put(frame.get("sequence").asLong(), frame.get("id").asString());
        }
      }
    }
    return inbox;
  }

  /// A token that expired is renewed by the first attempt.
  private static Socket open(Player player) throws IOException, InterruptedException {
    try {
      return Socket.open(player, "?after=0");
    } catch (IOException _) {
      return Socket.open(player, "?after=0");
    }
  }

  private void checkOne(
      String recipient, SortedMap<Long, String> inbox, SortedMap<Long, String> handed) {
    var sequenceById = new HashMap<String, Long>();
    inbox.forEach((sequence, id) -> {
      Long before = sequenceById.put(id, sequence);
      if (before != null) {
        history.violation(id + " is in " + recipient + " at " + before + " and " + sequence);
      }
      History.Send send = history.send(id);
      if (send == null || !send.recipient.equals(recipient)) {
        history.violation(id + " was never sent to " + recipient + " and is at " + sequence);
      } else if (send.outcome == History.Outcome.REFUSED) {
        history.violation(send + " was refused and is at " + sequence);
      } else if (send.outcome == History.Outcome.ACCEPTED && send.sequence != sequence) {
        history.violation(send + " is at " + sequence);
      }
    });
    handed.forEach((sequence, id) -> {
      if (!id.equals(inbox.get(sequence))) {
        history.violation(recipient + " was handed " + id + " at " + sequence + "; it is gone");
      }
    });
    checkOrder(inbox);
  }

  /// A sender's messages are in the order in which it sent them, and whatever was accepted before
  /// something else was sent is before it.
  private void checkOrder(SortedMap<Long, String> inbox) {
    var newestBySender = new HashMap<String, History.Send>();
    long askedLatest = 0;
    for (String id : inbox.values()) {
      History.Send send = history.send(id);
      if (send == null) {
        continue;
      }
      History.Send before = newestBySender.put(send.sender, send);
      if (before != null && before.number > send.number) {
        history.violation(before + " comes before " + send);
      }
      if (send.outcome == History.Outcome.ACCEPTED && send.acceptedAt < askedLatest) {
        history.violation(send + " was accepted before one in front of it was sent");
      }
      askedLatest = Math.max(askedLatest, send.askedAt);
    }
  }
}
