package dev.meshkore.hub.relay;

import dev.meshkore.hub.http.Outlet;
import dev.meshkore.hub.identity.Proof;
import dev.meshkore.hub.identity.Revocations;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// One live connection of an agent. It remembers the last sequence it wrote and reads from there,
/// from memory where memory has it and from disk where not, so that history and live are one path.
/// Its state belongs to the outlet's event loop; [#offer], [#answer] and [#markWoken] may be called
/// from any thread.
final class Session {
  /// An answer that is still being made; answers leave in the order of their questions.
  static final class Answer {
    private volatile byte @Nullable [] frame;
  }

  /// What every session works with.
  record Parts(
      Journal journal,
      Watermarks watermarks,
      Executor blocking,
      java.time.InstantSource clock,
      LongSupplier nanoTime) {}

  private record Waiting(String type, byte[] frame) {}

  private static final Logger LOG = System.getLogger(Session.class.getName());
  private static final int OFFERED_MAX = 10_000;
  private static final int UNWRITTEN_MAX = 10 * OFFERED_MAX;
  private static final int MESSAGES_AT_ONCE = 256;
  private static final long FETCH_BYTES_MAX = 1L << 18;

  private final long agent;
  private final Proof proof;
  private final Inbox inbox;
  private final Outlet outlet;
  private final Journal journal;
  private final Watermarks watermarks;
  private final Executor blocking;
  private final java.time.InstantSource clock;
  private final LongSupplier nanoTime;
  private final ConcurrentLinkedQueue<Waiting> offered = new ConcurrentLinkedQueue<>();
  private final AtomicInteger offeredCount = new AtomicInteger();
  private final AtomicBoolean woken = new AtomicBoolean();
  private final ArrayDeque<Answer> answers = new ArrayDeque<>();
  private long cursor;
  private long handedOver;

  /// What was read from disk and not taken yet.
  private List<Stored> unwritten = List.of();

  private long cursorEpoch;
  private Runnable afterPump = () -> {};
  private boolean isFetching;
  private volatile boolean isClosed;
  private volatile Set<Long> watched = Set.of();
  private volatile long stalledSince;

  Session(Inbox inbox, Proof proof, long after, Outlet outlet, Parts parts) {
    this.agent = inbox.agent();
    this.proof = proof;
    this.inbox = inbox;
    this.outlet = outlet;
    this.journal = parts.journal();
    this.watermarks = parts.watermarks();
    this.blocking = parts.blocking();
    this.clock = parts.clock();
    this.nanoTime = parts.nanoTime();
    this.cursor = after;
    this.handedOver = after;
    this.cursorEpoch = inbox.epochAfter(after);
    outlet.onWritable(this::pump);
  }

  long agent() {
    return agent;
  }

  Inbox inbox() {
    return inbox;
  }

  Outlet outlet() {
    return outlet;
  }

  /// True when the session was not marked; whoever marks it sees to it that [#pump] runs.
  boolean markWoken() {
    return woken.compareAndSet(false, true);
  }

  /// Adds a frame that is no message. A session whose peer leaves too many waiting is ended: what
  /// it missed is told again when it comes back. More may wait for a moment when it is the hub that
  /// made them faster than it wrote them.
  void offer(String type, byte[] frame) {
    if (isClosed) {
      return;
    }
    int waiting = offeredCount.incrementAndGet();
    if (waiting > UNWRITTEN_MAX || (waiting > OFFERED_MAX && stalledSince != 0)) {
      outlet.loop().execute(() -> outlet.close(Outlet.Closing.SLOW_READER));
      return;
    }
    offered.add(new Waiting(type, frame));
  }

  /// Runs after each pump, on the event loop.
  void afterPump(Runnable action) {
    afterPump = action;
  }

  /// Keeps a place in the order of answers. On the event loop.
  Answer expectAnswer() {
    var answer = new Answer();
    answers.add(answer);
    return answer;
  }

  /// Fills the place; the session must be woken afterwards.
  static void answer(Answer answer, byte[] frame) {
    answer.frame = frame;
  }

  /// Answers and other frames that are not written yet. On the event loop.
  int waiting() {
    return answers.size() + offeredCount.get();
  }

  /// Writes what there is, as far as the peer takes it, and flushes once. A session that fails ends
  /// alone. On the event loop.
  void pump() {
    woken.set(false);
    if (isClosed) {
      return;
    }
    try {
      pumpOnce();
    } catch (RuntimeException failure) {
      LOG.log(Level.ERROR, "A session of agent " + agent + " failed and is ended", failure);
      outlet.loop().execute(() -> outlet.close(Outlet.Closing.STOPPING));
    }
  }

  private void pumpOnce() {
    writeAnswers();
    writeOffered();
    boolean more = writeMessages();
    outlet.flush();
    afterPump.run();
    tellDelivered();
    if (!outlet.isWritable()) {
      if (stalledSince == 0) {
        stalledSince = nanoTime.getAsLong() | 1;
      }
      return;
    }
    stalledSince = 0;
    if (more && markWoken()) {
      outlet.loop().execute(this::pump);
    }
  }

  private void tellDelivered() {
    if (cursor > handedOver) {
      handedOver = cursor;
      if (inbox.deliverTo(cursor)) {
        watermarks.moved(inbox);
      }
    }
  }

  /// Ends a session whose proof holds no longer.
  void endIfRevoked(Revocations revocations) {
    if (revocations.isRevoked(agent, proof)) {
      outlet.loop().execute(() -> outlet.close(Outlet.Closing.REVOKED));
    }
  }

  /// Ends a session whose peer has taken nothing for so long.
  void endIfStalled(long nanos) {
    long since = stalledSince;
    if (since != 0 && nanoTime.getAsLong() - since > nanos) {
      outlet.loop().execute(() -> outlet.close(Outlet.Closing.SLOW_READER));
    }
  }

  void closed() {
    isClosed = true;
    offered.clear();
    answers.clear();
    unwritten = List.of();
  }

  boolean isClosed() {
    return isClosed;
  }

  /// The agents whose presence it is told; kept here for [Presence], which sets it.
  Set<Long> watched() {
    return watched;
  }

  void watched(Set<Long> agents) {
    watched = agents;
  }

  private void writeAnswers() {
    for (Answer next = answers.peek(); next != null; next = answers.peek()) {
      byte[] frame = next.frame;
      if (frame == null || !outlet.isWritable()) {
        return;
      }
      answers.remove();
      outlet.write("receipt", frame);
    }
  }

  private void writeOffered() {
    while (outlet.isWritable()) {
      Waiting next = offered.poll();
      if (next == null) {
        return;
      }
      offeredCount.decrementAndGet();
      outlet.write(next.type(), next.frame());
    }
  }

  /// True when there is more that can be written at once.
  private boolean writeMessages() {
    long epoch = journal.epoch();
    if (cursor >= inbox.head()) {
      cursorEpoch = epoch;
      return false;
    }
    if (isFetching || !outlet.isWritable()) {
      return false;
    }
    if (!unwritten.isEmpty()) {
      unwritten = write(unwritten);
      return cursor < inbox.head();
    }
    List<Stored> recent = journal.recentAfter(agent, cursor, MESSAGES_AT_ONCE);
    if (recent.isEmpty()) {
      fetch();
      return false;
    }
    var _ = write(recent);
    return cursor < inbox.head();
  }

  /// Writes as many as the peer takes, and returns the rest.
  private List<Stored> write(List<Stored> messages) {
    inbox.holds(messages.getLast().sequence());
    long now = clock.millis();
    for (int i = 0; i < messages.size(); i++) {
      if (!outlet.isWritable()) {
        return messages.subList(i, messages.size());
      }
      Stored message = messages.get(i);
      if (!message.isExpired(now)) {
        outlet.write(
            "message",
            message.sequence(),
            Frames.messageHead(message.sequence()),
            message.bytes(),
            message.start(),
            message.length());
      }
      cursor = message.sequence();
    }
    return List.of();
  }

  /// Reads from disk on another thread, then goes on here.
  private void fetch() {
    isFetching = true;
    long after = cursor;
    long fromEpoch = cursorEpoch;
    blocking.execute(() -> {
      Journal.Part found;
      try {
        found = journal.after(agent, after, MESSAGES_AT_ONCE, FETCH_BYTES_MAX, fromEpoch);
      } catch (RuntimeException failure) {
        outlet.loop().execute(() -> outlet.close(Outlet.Closing.STOPPING));
        return;
      }
      outlet
          .loop()
          .execute(() -> {
            isFetching = false;
            if (!isClosed) {
              unwritten = found.messages();
              cursorEpoch = Math.max(cursorEpoch, found.epoch());
              pump();
            }
          });
    });
  }
}
