package dev.meshkore.hub.relay;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/// What memory knows of one inbox: its counter and its watermarks. Thread-safe.
final class Inbox {
  /// Nothing after the sequence is before the epoch.
  private record Mark(long sequence, long epoch) {}

  private final long agent;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition grown = lock.newCondition();
  private final AtomicBoolean moved = new AtomicBoolean();
  private volatile long head;
  private volatile long acknowledged;
  private volatile long acknowledgedEpoch;
  private volatile Mark read = new Mark(0, 0);
  private volatile long delivered;
  private volatile long toldDelivered;
  private volatile long toldRead;
  private volatile long storedAcknowledged;
  private volatile long storedDelivered;

  Inbox(long agent, SqlInboxes.Row row) {
    this.agent = agent;
    this.head = row.head();
    this.acknowledged = row.acknowledged();
    this.acknowledgedEpoch = row.acknowledgedEpoch();
    this.delivered = row.delivered();
    this.toldDelivered = row.delivered();
    this.toldRead = row.acknowledged();
    this.storedAcknowledged = row.acknowledged();
    this.storedDelivered = row.delivered();
  }

  long agent() {
    return agent;
  }

  /// The last sequence given.
  long head() {
    return head;
  }

  /// Up to where the agent has read.
  long acknowledged() {
    return acknowledged;
  }

  /// Up to where the table knows that the agent has read.
  long storedAcknowledged() {
    return storedAcknowledged;
  }

  /// An epoch before which nothing after a sequence can be. The epoch is read first: an
  /// acknowledgement that comes in between may make the answer smaller, never too large.
  long epochAfter(long sequence) {
    long epoch = acknowledgedEpoch;
    if (sequence < acknowledged) {
      return 0;
    }
    Mark furthest = read;
    return sequence >= furthest.sequence() ? Math.max(epoch, furthest.epoch()) : epoch;
  }

  /// Somebody has read up to a sequence; nothing after it is before this epoch.
  void readTo(long sequence, long epoch) {
    lock.lock();
    try {
      if (sequence > read.sequence()) {
        read = new Mark(sequence, Math.max(epoch, read.epoch()));
      }
    } finally {
      lock.unlock();
    }
  }

  /// An epoch before which nothing unread can be.
  long acknowledgedEpoch() {
    return acknowledgedEpoch;
  }

  /// Up to where messages were handed to a session or a poll.
  long delivered() {
    return delivered;
  }

  /// The inbox has grown: whoever waits for it may look.
  void grewTo(long sequence) {
    lock.lock();
    try {
      head = Math.max(head, sequence);
      grown.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Somebody is being handed a message: readers find it in the journal a moment before the writer
  /// has told this inbox, and on a shared database long before another hub's writer has. Whoever
  /// has a message may acknowledge it.
  void holds(long sequence) {
    if (sequence > head) {
      grewTo(sequence);
    }
  }

  /// Lets all who wait see whether they still have to.
  void lookAgain() {
    lock.lock();
    try {
      grown.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Waits until there is something after `sequence`, at most so long, and as long as somebody
  /// wants to know.
  boolean awaitAfter(long sequence, long nanos, BooleanSupplier isGone)
      throws InterruptedException {
    long left = nanos;
    lock.lock();
    try {
      while (head <= sequence && left > 0 && !isGone.getAsBoolean()) {
        left = grown.awaitNanos(left);
      }
      return head > sequence;
    } finally {
      lock.unlock();
    }
  }

  /// Moves the watermark of what was handed over; true when this inbox was not marked as moved.
  boolean deliverTo(long sequence) {
    lock.lock();
    try {
      if (sequence <= delivered) {
        return false;
      }
      delivered = sequence;
      return moved.compareAndSet(false, true);
    } finally {
      lock.unlock();
    }
  }

  /// Moves the watermark of what was read; true when this inbox was not marked as moved.
  ///
  /// @param epoch the epoch that new entries go to
  boolean acknowledgeTo(long sequence, long epoch) {
    lock.lock();
    try {
      if (sequence <= acknowledged) {
        return false;
      }
      acknowledged = sequence;
      delivered = Math.max(delivered, sequence);
      if (sequence == head) {
        acknowledgedEpoch = epoch;
      } else if (sequence >= read.sequence()) {
        acknowledgedEpoch = Math.max(acknowledgedEpoch, read.epoch());
      }
      return moved.compareAndSet(false, true);
    } finally {
      lock.unlock();
    }
  }

  /// Takes the mark away before the watermarks are written, so that a later move marks anew.
  void clearMoved() {
    moved.set(false);
  }

  /// Whether the table has the watermarks as they are.
  boolean isStored() {
    return acknowledged == storedAcknowledged && delivered == storedDelivered;
  }

  /// The table has these watermarks now.
  void stored(long acknowledgedTo, long deliveredTo) {
    lock.lock();
    try {
      storedAcknowledged = Math.max(storedAcknowledged, acknowledgedTo);
      storedDelivered = Math.max(storedDelivered, deliveredTo);
    } finally {
      lock.unlock();
    }
  }

  /// Up to where senders were told that their messages were handed over.
  long toldDelivered() {
    return toldDelivered;
  }

  /// Up to where senders were told that their messages were read.
  long toldRead() {
    return toldRead;
  }

  void told(long deliveredTo, long readTo) {
    toldDelivered = Math.max(toldDelivered, deliveredTo);
    toldRead = Math.max(toldRead, readTo);
  }

  static long nanos(long seconds) {
    return TimeUnit.SECONDS.toNanos(seconds);
  }
}
