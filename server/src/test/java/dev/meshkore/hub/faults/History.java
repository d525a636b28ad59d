package dev.meshkore.hub.faults;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// What the clients asked and what they saw, and every contradiction in it. Thread-safe.
final class History {
  /// What a client knows of a message it sent.
  enum Outcome {
    /// Sent, not answered: it may be stored or not.
    UNKNOWN,
    /// Answered as durable.
    ACCEPTED,
    /// Answered as not stored.
    REFUSED
  }

  /// One message that a client wanted to send. Its sender's thread alone changes it.
  static final class Send {
    final String sender;
    final String recipient;
    final long number;
    final String id;
    final long askedAt;
    volatile Outcome outcome = Outcome.UNKNOWN;
    volatile long sequence;
    volatile long acceptedAt;
    volatile @Nullable String sentAt;
    volatile boolean wasInDoubt;
    volatile boolean wasSentAgain;

    private Send(String sender, String recipient, long number, long askedAt) {
      this.sender = sender;
      this.recipient = recipient;
      this.number = number;
      this.id = sender + "-" + number;
      this.askedAt = askedAt;
    }

    @Override
    public String toString() {
      return id + " to " + recipient + " (" + outcome + ", sequence " + sequence + ")";
    }
  }

  /// What was seen of one inbox.
  static final class Seen {
    final Map<Long, String> idBySequence = new ConcurrentSkipListMap<>();
    final AtomicLong acknowledged = new AtomicLong();
  }

  private static final int VIOLATIONS_MAX = 50;

  private final AtomicLong stamps = new AtomicLong();
  private final AtomicLong accepted = new AtomicLong();
  private final AtomicLong received = new AtomicLong();
  private final AtomicLong lost = new AtomicLong();
  private final Map<String, Send> sends = new ConcurrentHashMap<>();
  private final Map<String, Seen> seen = new ConcurrentHashMap<>();
  private final Map<String, AtomicLong> refusals = new ConcurrentHashMap<>();
  private final Queue<String> violations = new ConcurrentLinkedQueue<>();

  Send asked(String sender, String recipient, long number) {
    var send = new Send(sender, recipient, number, stamps.incrementAndGet());
    sends.put(send.id, send);
    return send;
  }

  /// The hub said that it has the message. Every such answer must be the same.
  void accepted(Send send, String to, long sequence, String sentAt) {
    if (!to.equals(send.recipient)) {
      violation(send + " was answered for " + to);
    }
    switch (send.outcome) {
      case ACCEPTED -> {
        if (send.sequence != sequence || !sentAt.equals(send.sentAt)) {
          violation(send + " was answered again with " + sequence + " at " + sentAt);
        }
      }
      case REFUSED -> violation(send + " was accepted after it was refused");
      case UNKNOWN -> {
        send.sequence = sequence;
        send.sentAt = sentAt;
        send.acceptedAt = stamps.incrementAndGet();
        send.outcome = Outcome.ACCEPTED;
        accepted.incrementAndGet();
      }
    }
  }

  /// The hub said that it did not take the message, or that it does not know. After an attempt
  /// without an answer, a refusal speaks of the last attempt alone.
  void refused(Send send, String slug) {
    refusals.computeIfAbsent(slug, _ -> new AtomicLong()).incrementAndGet();
    if (slug.equals("in-doubt")) {
      send.wasInDoubt = true;
    }
    if (send.outcome == Outcome.ACCEPTED) {
      return;
    }
    if (!send.wasInDoubt) {
      send.outcome = Outcome.REFUSED;
    }
  }

  /// A reader was handed a message: all readers at all times see the same one at a sequence.
  void saw(String recipient, long sequence, String id) {
    received.incrementAndGet();
    String before = inbox(recipient).idBySequence.putIfAbsent(sequence, id);
    if (before != null && !before.equals(id)) {
      violation(recipient + " saw " + before + " and then " + id + " at " + sequence);
    }
  }

  Seen inbox(String recipient) {
    return seen.computeIfAbsent(recipient, _ -> new Seen());
  }

  /// A message that was accepted is not there. It is counted also where too much went wrong to
  /// tell.
  void lost(Send send, String text) {
    lost.incrementAndGet();
    violation(send + " was accepted and is lost; " + text);
  }

  void violation(String text) {
    if (violations.size() < VIOLATIONS_MAX) {
      violations.add(text);
    }
  }

  List<String> violations() {
    return List.copyOf(violations);
  }

  Collection<Send> sends() {
    return sends.values();
  }

  @Nullable Send send(String id) {
    return sends.get(id);
  }

  /// The messages whose acceptance was seen up to now.
  List<Send> acceptedNow() {
    var found = new ArrayList<Send>();
    for (Send send : sends.values()) {
      if (send.outcome == Outcome.ACCEPTED) {
        found.add(send);
      }
    }
    return found;
  }

  long acceptedCount() {
    return accepted.get();
  }

  long lostCount() {
    return lost.get();
  }

  long receivedCount() {
    return received.get();
  }

  long refusedCount(String slug) {
    AtomicLong count = refusals.get(slug);
    return count == null ? 0 : count.get();
  }

  @Override
  public String toString() {
    return sends.size()
        + " sent, "
        + accepted
        + " accepted, "
        + received
        + " received, refused "
        + refusals;
  }
}
