package dev.meshkore.hub.relay;

import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Predicate;

/// Reads streams through the journal's index.
final class JournalIndex {
  private static final int ENTRIES_AT_ONCE = 64;

  /// The most that `"id":"` and the longest id take, and more.
  private static final int HEAD_BYTES = 256;

  private JournalIndex() {}

  /// Adds the messages of an inbox after a sequence, up to so many and so many bytes.
  ///
  /// @return the epoch of the last; where there is none, `fromEpoch`
  static long after(
      Transaction transaction,
      long agent,
      long after,
      int limit,
      long bytesMax,
      long fromEpoch,
      List<Stored> found)
      throws SQLException {
    long last = after;
    long newest = fromEpoch;
    long bytes = 0;
    long stream = Stream.inbox(agent);
    EpochWalk walk = EpochWalk.upwards(transaction, stream, fromEpoch);
    for (long epoch = walk.next(); epoch != EpochWalk.END; epoch = walk.next()) {
      List<byte[]> entries;
      do {
        entries = SqlJournal.entriesAfter(transaction, epoch, stream, last, ENTRIES_AT_ONCE);
        for (byte[] entry : entries) {
          List<Stored> wanted =
              wanted(Slices.read(entry), last, limit - found.size(), bytesMax - bytes);
          for (Stored message : withContent(transaction, wanted)) {
            found.add(message);
            last = message.sequence();
            bytes += message.length();
            newest = epoch;
          }
          if (found.size() == limit || bytes > bytesMax) {
            return newest;
          }
        }
      } while (entries.size() == ENTRIES_AT_ONCE);
    }
    return newest;
  }

  /// What of an entry is still wanted, so that only its content is read: up to so many, and up to
  /// the first that exceeds the bytes.
  private static List<Stored> wanted(List<Stored> slices, long after, int countMax, long bytesMax) {
    var wanted = new ArrayList<Stored>();
    long bytes = 0;
    for (Stored slice : slices) {
      if (wanted.size() == countMax || bytes > bytesMax) {
        break;
      }
      if (slice.sequence() > after) {
        wanted.add(slice);
        bytes += slice.length();
      }
    }
    return wanted;
  }

  /// Adds the newest messages of a conversation before a place, newest first.
  static void before(
      Transaction transaction, long conversation, Place before, int limit, List<Stored> found)
      throws SQLException {
    Place bound = before;
    long bytes = Stored.bytesOf(found);
    EpochWalk walk = EpochWalk.downwards(transaction, conversation);
    long epoch = walk.next();
    while (epoch != EpochWalk.END && found.size() < limit) {
      var slices = new ArrayList<Stored>();
      long beyond = bound.position() == Long.MAX_VALUE ? Long.MAX_VALUE : bound.position() - 1;
      for (byte[] entry : SqlJournal.entriesAfter(transaction, epoch, conversation, beyond, 1)) {
        slices.addAll(Slices.read(entry));
      }
      for (byte[] entry :
          SqlJournal.entriesBefore(transaction, epoch, conversation, bound.position(), limit)) {
        slices.addAll(Slices.read(entry));
      }
      Place limitOfEpoch = bound;
      slices.removeIf(slice -> !limitOfEpoch.isAfter(slice));
      slices.sort(Collections.reverseOrder(Stored.BY_PLACE));
      List<Stored> wanted = slices.subList(0, Math.min(slices.size(), limit - found.size()));
      for (Stored message : wanted) {
        found.addAll(withContent(transaction, List.of(message)));
        bound = Place.of(message);
        bytes += message.length();
        if (bytes >= Journal.PAGE_BYTES) {
          return;
        }
      }
      epoch = walk.next();
    }
  }

  /// The message with as much of its content as has the id.
  static Stored withHead(Transaction transaction, Stored place) throws SQLException {
    int length = Math.min(place.length(), HEAD_BYTES);
    byte[] head = SqlJournal.part(transaction, place.position(), place.offset(), length);
    return place.within(head, place.offset());
  }

  /// Shows what the index has of a stream, newest first and without content, from the entry that
  /// has `from` on, as long as the visitor wants more.
  static void backwards(Transaction transaction, long stream, long from, Predicate<Stored> visitor)
      throws SQLException {
    EpochWalk walk = EpochWalk.downwards(transaction, stream);
    for (long epoch = walk.next(); epoch != EpochWalk.END; epoch = walk.next()) {
      List<byte[]> entries =
          from == Long.MAX_VALUE
              ? List.of()
              : SqlJournal.entriesAfter(transaction, epoch, stream, from - 1, 1);
      long bound = from;
      do {
        for (byte[] entry : entries) {
          List<Stored> slices = Slices.read(entry);
          for (Stored slice : slices.reversed()) {
            if (!visitor.test(slice)) {
              return;
            }
          }
          Stored last = slices.getLast();
          bound = Math.min(bound, Stream.isInbox(stream) ? last.sequence() : last.position());
        }
        entries = SqlJournal.entriesBefore(transaction, epoch, stream, bound, ENTRIES_AT_ONCE);
      } while (!entries.isEmpty());
    }
  }

  /// Reads the content of an entry's messages, a journal row at a time.
  private static List<Stored> withContent(Transaction transaction, List<Stored> slices)
      throws SQLException {
    var whole = new ArrayList<Stored>(slices.size());
    int from = 0;
    while (from < slices.size()) {
      int to = from;
      long position = slices.get(from).position();
      int end = 0;
      while (to < slices.size() && slices.get(to).position() == position) {
        end = Math.max(end, slices.get(to).offset() + slices.get(to).length());
        to++;
      }
      int start = slices.get(from).offset();
      byte[] part = SqlJournal.part(transaction, position, start, end - start);
      for (Stored slice : slices.subList(from, to)) {
        whole.add(slice.within(part, start));
      }
      from = to;
    }
    return whole;
  }
}
