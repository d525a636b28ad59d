package dev.meshkore.hub.relay;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// The newest messages, in memory, by stream: what is not indexed yet, and as much more as fits, so
/// that sessions that keep up read no disk. One thread adds at a time for each stream's order; any
/// thread reads.
final class Recent {
  /// What one commit brought.
  ///
  /// @param messages each message once for each stream that sees it, in order
  /// @param bytes what it keeps in memory
  record Group(List<InStream> messages, long bytes) {}

  /// A message as a stream sees it.
  ///
  /// @param stream which stream
  /// @param message the message
  record InStream(long stream, Stored message) {}

  private static final long BYTES_PER_MESSAGE = 96;

  private final ConcurrentHashMap<Long, Ring> rings = new ConcurrentHashMap<>();
  private final Queue<Group> groups = new ArrayDeque<>();
  private final AtomicLong groupsIndexed = new AtomicLong();
  private final long bytesMax;
  private long bytes;

  /// Keeps about so many bytes, and whatever is not indexed.
  Recent(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /// Adds what was committed, and forgets the oldest that is indexed and does not fit any more.
  synchronized void add(Group group) {
    for (InStream in : group.messages()) {
      rings.compute(
          in.stream(), (_, ring) -> (ring == null ? new Ring() : ring).with(in.message()));
    }
    groups.add(group);
    bytes += cost(group);
    forget();
  }

  /// Says that the oldest so many groups of those not indexed are indexed now.
  synchronized void indexed(int groupCount) {
    groupsIndexed.addAndGet(groupCount);
    forget();
  }

  /// Hands a message out of other bytes from now on.
  synchronized void replace(long position, int offset, byte[] content) {
    for (Group group : groups) {
      for (InStream in : group.messages()) {
        Stored message = in.message();
        if (message.position() == position && message.offset() == offset) {
          rings.computeIfPresent(in.stream(), (_, ring) -> ring.with(position, offset, content));
        }
      }
    }
  }

  /// What follows `after` in an inbox, if memory has it without a gap; else nothing.
  List<Stored> after(long stream, long after, int limit) {
    Ring ring = rings.get(stream);
    return ring == null ? List.of() : ring.after(after, limit);
  }

  /// Everything that memory has of a conversation, oldest first.
  List<Stored> all(long stream) {
    Ring ring = rings.get(stream);
    return ring == null ? List.of() : ring.all();
  }

  private void forget() {
    while (bytes > bytesMax && groupsIndexed.get() > 0) {
      Group oldest = groups.remove();
      groupsIndexed.decrementAndGet();
      bytes -= cost(oldest);
      for (InStream in : oldest.messages()) {
        rings.computeIfPresent(in.stream(), (_, ring) -> ring.withoutOldest());
      }
    }
  }

  private static long cost(Group group) {
    return group.bytes() + group.messages().size() * BYTES_PER_MESSAGE;
  }

  /// The messages of one stream, oldest first.
  private static final class Ring {
    private Stored[] slots = new Stored[4];
    private int first;
    private int size;

    synchronized Ring with(Stored message) {
      if (size == slots.length) {
        Stored[] larger = new Stored[size * 2];
        for (int i = 0; i < size; i++) {
          larger[i] = get(i);
        }
        slots = larger;
        first = 0;
      }
      slots[(first + size) & (slots.length - 1)] = message;
      size++;
      return this;
    }

    synchronized Ring with(long position, int offset, byte[] content) {
      for (int i = 0; i < size; i++) {
        Stored message = get(i);
        if (message.position() == position && message.offset() == offset) {
          slots[(first + i) & (slots.length - 1)] = message.within(content, offset);
        }
      }
      return this;
    }

    @SuppressWarnings("NullAway") // A slot is read only after it was filled.
    synchronized @org.jspecify.annotations.Nullable Ring withoutOldest() {
      slots[first] = null;
      first = (first + 1) & (slots.length - 1);
      size--;
      return size == 0 ? null : this;
    }

    synchronized List<Stored> after(long after, int limit) {
      if (size == 0 || after < get(0).sequence() - 1 || after - get(0).sequence() >= size) {
        return List.of();
      }
      int from = (int) (after + 1 - get(0).sequence());
      int to = Math.min(size, from + limit);
      var found = new ArrayList<Stored>(Math.max(0, to - from));
      for (int i = from; i < to; i++) {
        if (get(i).sequence() != after + 1 + i - from) {
          break;
        }
        found.add(get(i));
      }
      return found;
    }

    synchronized List<Stored> all() {
      var found = new ArrayList<Stored>(size);
      for (int i = 0; i < size; i++) {
        found.add(get(i));
      }
      return found;
    }

    private Stored get(int index) {
      return slots[(first + index) & (slots.length - 1)];
    }
  }
}
