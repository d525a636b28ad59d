package dev.meshkore.hub.relay;

import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.Dialect;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Where messages live. A commit appends its messages as a row or a few; that is all it takes to
/// keep them. An index by stream follows: on SQLite, where one process writes, some thousand
/// messages later and for all of them at once, which is many times cheaper than a row for each;
/// what is not indexed yet is in memory, and is indexed at start from the rows themselves. On
/// PostgreSQL, which others may read, it follows in the same transaction.
final class Journal {
  /// What a transaction appended; handed back after its commit.
  ///
  /// @param group what the streams see
  /// @param isIndexed whether the index has it already
  /// @param indexedGroups how many groups, this one not counted, the transaction indexed
  /// @param indexed where the index stands after the commit
  record Appended(
      Recent.Group group, boolean isIndexed, int indexedGroups, SqlJournal.Indexed indexed) {}

  /// How much the journal leaves to memory.
  ///
  /// @param unindexedMessagesMax the most messages, once for each stream, that are not indexed yet
  /// @param unindexedBytesMax the most bytes of theirs
  /// @param epochEntriesMax the entries after which a new epoch begins
  /// @param recentBytesMax the bytes of messages that memory keeps
  record Sizes(
      int unindexedMessagesMax, long unindexedBytesMax, long epochEntriesMax, long recentBytesMax) {
    /// What a hub runs with.
    static final Sizes NORMAL = new Sizes(4_096, 16L << 20, 8_192, 48L << 20);
  }

  private static final int REPLAY_ROWS = 64;
  private static final int ENTRIES_AT_ONCE = 64;

  private final Database database;
  private final Dialect dialect;
  private final Sizes sizes;
  private final Recent recent;
  private final List<Recent.Group> unindexed = new ArrayList<>();
  private long unindexedBytes;
  private int unindexedMessages;
  private volatile SqlJournal.Indexed indexed;
  private volatile long settledEpoch;

  /// Opens the journal and indexes what a crash or stop left unindexed.
  Journal(Database database, Sizes sizes) {
    this.database = database;
    this.sizes = sizes;
    this.recent = new Recent(sizes.recentBytesMax());
    this.dialect = database.dialect();
    this.indexed = database.read(SqlJournal::indexed);
    if (!dialect.isShared()) {
      replay();
    }
    this.settledEpoch = indexed.epoch();
  }

  /// Appends rows to the journal within the transaction, in order.
  Appended append(Transaction transaction, List<JournalRow> rows) throws SQLException {
    var messages = new ArrayList<Recent.InStream>();
    long bytes = 0;
    long position = 0;
    for (JournalRow row : rows) {
      byte[] body = row.toBytes();
      bytes += body.length;
      position = SqlJournal.append(transaction, body);
      JournalRow.intoStreams(
          row.records(),
          position,
          body,
          (stream, message) -> messages.add(new Recent.InStream(stream, message)));
    }
    var group = new Recent.Group(messages, bytes);
    if (dialect.isShared()) {
      index(transaction, List.of(group), 0);
      return new Appended(group, true, 0, indexed);
    }
    boolean due =
        unindexedMessages + messages.size() > sizes.unindexedMessagesMax()
            || unindexedBytes + bytes > sizes.unindexedBytesMax();
    if (!due) {
      return new Appended(group, false, 0, indexed);
    }
    var groups = new ArrayList<>(unindexed);
    groups.add(group);
    return new Appended(group, true, unindexed.size(), index(transaction, groups, position));
  }

  /// After the commit, on the writer's thread: what was appended can be read.
  void committed(Appended appended) {
    if (dialect.isShared()) {
      recent.add(appended.group());
      recent.indexed(1);
      return;
    }
    recent.add(appended.group());
    settledEpoch = indexed.epoch();
    indexed = appended.indexed();
    if (appended.isIndexed()) {
      recent.indexed(appended.indexedGroups() + 1);
      unindexed.clear();
      unindexedBytes = 0;
      unindexedMessages = 0;
    } else {
      unindexed.add(appended.group());
      unindexedBytes += appended.group().bytes();
      unindexedMessages += appended.group().messages().size();
    }
  }

  /// The messages of an inbox after a sequence, without a gap, from memory alone.
  List<Stored> recentAfter(long agent, long after, int limit) {
    return recent.after(Stream.inbox(agent), after, limit);
  }

  /// The messages of an inbox after a sequence, up to so many and so many bytes.
  ///
  /// @param fromEpoch an epoch before which nothing after `after` can be
  List<Stored> after(long agent, long after, int limit, long bytesMax, long fromEpoch) {
    var found = new ArrayList<Stored>(recentAfter(agent, after, limit));
    if (found.isEmpty()) {
      database.read(transaction -> {
        stored(transaction, agent, after, limit, bytesMax, fromEpoch, found);
        return found;
      });
    }
    long bytes = 0;
    for (int i = 0; i < found.size(); i++) {
      bytes += found.get(i).length();
      if (bytes > bytesMax && i > 0) {
        return found.subList(0, i);
      }
    }
    return found;
  }

  /// The newest messages of a conversation before a place, newest first.
  List<Stored> before(long conversation, Place before, int limit) {
    var found = new ArrayList<Stored>();
    Place bound = before;
    if (!dialect.isShared()) {
      List<Stored> newest = recent.all(conversation);
      for (Stored message : newest.reversed()) {
        if (found.size() < limit && before.isAfter(message)) {
          found.add(message);
          bound = Place.of(message);
        }
      }
    }
    if (found.size() < limit) {
      Place rest = bound;
      database.read(transaction -> {
        storedBefore(transaction, conversation, rest, limit, found);
        return found;
      });
    }
    return found;
  }

  /// The recipients of a channel's message in this row, and their places. An id is its sender's
  /// alone, and others in the row may have chosen the same.
  static List<JournalRow.Target> targets(
      Transaction transaction, long position, long sender, String id) throws SQLException {
    byte[] body = SqlJournal.body(transaction, position);
    byte[] idMember = Frames.idMember(id);
    for (JournalRow.Item record : JournalRow.read(body)) {
      boolean matches =
          record.sender() == sender
              && java.util.Arrays.equals(
                  body,
                  record.offset(),
                  Math.min(record.offset() + idMember.length, body.length),
                  idMember,
                  0,
                  idMember.length);
      if (matches) {
        return record.targets();
      }
    }
    return List.of();
  }

  /// An epoch before which nothing is that an inbox has not been told of. It follows the index one
  /// commit behind, because inboxes are told after the index moved.
  long epoch() {
    return settledEpoch;
  }

  private void stored(
      Transaction transaction,
      long agent,
      long after,
      int limit,
      long bytesMax,
      long fromEpoch,
      List<Stored> found)
      throws SQLException {
    long last = after;
    long bytes = 0;
    long newestEpoch = SqlJournal.indexed(transaction).epoch();
    for (long epoch = fromEpoch; epoch <= newestEpoch; epoch++) {
      List<byte[]> entries;
      do {
        entries =
            SqlJournal.entriesAfter(transaction, epoch, Stream.inbox(agent), last, ENTRIES_AT_ONCE);
        for (byte[] entry : entries) {
          for (Stored message : withContent(transaction, Slices.read(entry))) {
            if (message.sequence() > last) {
              found.add(message);
              last = message.sequence();
              bytes += message.length();
            }
            if (found.size() == limit || bytes > bytesMax) {
              return;
            }
          }
        }
      } while (entries.size() == ENTRIES_AT_ONCE);
    }
  }

  private void storedBefore(
      Transaction transaction, long conversation, Place before, int limit, List<Stored> found)
      throws SQLException {
    long newestEpoch = SqlJournal.indexed(transaction).epoch();
    Place bound = before;
    for (long epoch = newestEpoch; epoch >= 0 && found.size() < limit; epoch--) {
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
      }
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

  /// Writes entries for the groups and tells the inboxes how far they reach.
  private SqlJournal.Indexed index(
      Transaction transaction, List<Recent.Group> groups, long position) throws SQLException {
    Map<Long, List<Stored>> byStream = new TreeMap<>();
    for (Recent.Group group : groups) {
      for (Recent.InStream in : group.messages()) {
        byStream.computeIfAbsent(in.stream(), _ -> new ArrayList<>()).add(in.message());
      }
    }
    boolean isShared = dialect.isShared();
    long epoch = isShared ? 0 : indexed.epoch();
    for (Map.Entry<Long, List<Stored>> of : byStream.entrySet()) {
      long stream = of.getKey();
      List<Stored> messages = of.getValue();
      Stored newest = messages.getLast();
      long last = Stream.isInbox(stream) ? newest.sequence() : newest.position();
      SqlJournal.insertEntry(transaction, epoch, stream, last, Slices.write(messages));
      if (Stream.isInbox(stream) && !isShared) {
        SqlInboxes.setHead(transaction, stream, newest.sequence(), epoch);
      }
    }
    if (isShared) {
      return indexed;
    }
    long entries = indexed.epochEntries() + byStream.size();
    var after =
        entries >= sizes.epochEntriesMax()
            ? new SqlJournal.Indexed(position, epoch + 1, 0)
            : new SqlJournal.Indexed(position, epoch, entries);
    SqlJournal.setIndexed(transaction, after);
    return after;
  }

  private void replay() {
    List<SqlJournal.Row> rows = rowsAfterIndex();
    while (!rows.isEmpty()) {
      List<SqlJournal.Row> some = rows;
      indexed =
          database.write(transaction -> {
            var groups = new ArrayList<Recent.Group>();
            for (SqlJournal.Row row : some) {
              var messages = new ArrayList<Recent.InStream>();
              JournalRow.intoStreams(
                  JournalRow.read(row.body()),
                  row.position(),
                  row.body(),
                  (stream, message) -> messages.add(new Recent.InStream(stream, message)));
              groups.add(new Recent.Group(messages, row.body().length));
            }
            return index(transaction, groups, some.getLast().position());
          });
      rows = rowsAfterIndex();
    }
  }

  private List<SqlJournal.Row> rowsAfterIndex() {
    return database.read(
        transaction -> SqlJournal.rowsAfter(transaction, indexed.position(), REPLAY_ROWS));
  }
}
