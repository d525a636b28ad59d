package dev.meshkore.hub.relay;

import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.Dialect;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Where messages live. A commit appends its messages as a row or a few; that is all it takes to
/// keep them. An index by stream follows: on SQLite, where one process writes, some thousand
/// messages later and for all of them at once, which is many times cheaper than a row for each;
/// what is not indexed yet is in memory, and is indexed at start from the rows themselves. On
/// PostgreSQL, which others may read, it follows in the same transaction.
final class Journal {
  /// What a transaction appended; handed back after its commit.
  ///
  /// @param group what the streams see
  /// @param position the last row
  /// @param step what it did for an index that follows, or null where the index does not
  record Appended(Recent.Group group, long position, Indexing.@Nullable Step step) {}

  /// How much the journal leaves to memory.
  ///
  /// @param unindexedMessagesMax the messages, once for each stream, after which they are indexed
  /// @param unindexedBytesMax the bytes of theirs after which they are
  /// @param entriesAtOnce the index entries that one commit writes
  /// @param recentBytesMax the bytes of messages that memory keeps. What lives longer than a few
  ///   collections of garbage is copied by each of them, and agents wait meanwhile: more is not
  ///   faster
  record Sizes(
      int unindexedMessagesMax, long unindexedBytesMax, int entriesAtOnce, long recentBytesMax) {
    /// What a hub runs with.
    static final Sizes NORMAL = new Sizes(16_384, 8L << 20, 512, 8L << 20);
  }

  /// A page of a conversation ends with the message that brings it to so many bytes.
  static final long PAGE_BYTES = 4L << 20;

  /// Where all entries go when the index does not follow.
  private static final long SHARED_EPOCH = 0;

  private static final int REPLAY_ROWS = 128;
  private final Database database;
  private final Dialect dialect;
  private final Recent recent;
  private final Indexing indexing;
  private volatile SqlJournal.Indexed indexed;
  private volatile long settledEpoch;

  /// Opens the journal and indexes what a crash or stop left unindexed.
  Journal(Database database, Sizes sizes) {
    this.database = database;
    this.recent = new Recent(sizes.recentBytesMax());
    this.dialect = database.dialect();
    this.indexed = database.read(SqlJournal::indexed);
    if (!dialect.isShared()) {
      replay();
    }
    this.indexing = new Indexing(sizes, recent, indexed);
    this.settledEpoch = dialect.isShared() ? SHARED_EPOCH : indexed.epoch();
  }

  /// Appends rows to the journal within the transaction, in order.
  Appended append(Transaction transaction, List<JournalRow> rows) throws SQLException {
    if (rows.isEmpty()) {
      return new Appended(new Recent.Group(List.of(), 0), 0, null);
    }
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
      index(transaction, List.of(group), SHARED_EPOCH, false);
      return new Appended(group, position, null);
    }
    return new Appended(group, position, indexing.step(transaction, group, position));
  }

  /// After the commit, on the writer's thread: what was appended can be read.
  void committed(Appended appended) {
    if (appended.group().messages().isEmpty()) {
      return;
    }
    recent.add(appended.group());
    Indexing.Step step = appended.step();
    if (step == null) {
      recent.indexed(1);
      return;
    }
    settledEpoch = indexed.epoch();
    indexed = indexing.committed(step, appended.group(), appended.position());
  }

  /// The messages of an inbox after a sequence, without a gap, from memory alone.
  List<Stored> recentAfter(long agent, long after, int limit) {
    return recent.after(Stream.inbox(agent), after, limit);
  }

  /// A part of an inbox.
  ///
  /// @param messages in order
  /// @param epoch one before which nothing after the last of them is
  record Part(List<Stored> messages, long epoch) {
    List<Stored> unexpired(long nowMs) {
      return messages.stream().filter(message -> !message.isExpired(nowMs)).toList();
    }
  }

  /// The messages of an inbox after a sequence, up to so many and so many bytes.
  ///
  /// @param fromEpoch an epoch before which nothing after `after` can be
  Part after(long agent, long after, int limit, long bytesMax, long fromEpoch) {
    var found = new ArrayList<Stored>(recentAfter(agent, after, limit));
    long epoch =
        found.isEmpty()
            ? database.readTogether(transaction ->
                JournalIndex.after(transaction, agent, after, limit, bytesMax, fromEpoch, found))
            : fromEpoch;
    long bytes = 0;
    for (int i = 0; i < found.size(); i++) {
      bytes += found.get(i).length();
      if (bytes > bytesMax && i > 0) {
        return new Part(found.subList(0, i), fromEpoch);
      }
    }
    return new Part(found, epoch);
  }

  /// The newest messages of a conversation before a place, newest first, up to so many and to
  /// [#PAGE_BYTES].
  List<Stored> before(long conversation, Place before, int limit) {
    var found = new ArrayList<Stored>();
    Place bound = before;
    long bytes = 0;
    if (!dialect.isShared()) {
      List<Stored> newest = recent.all(conversation);
      for (Stored message : newest.reversed()) {
        if (found.size() < limit && bytes < PAGE_BYTES && before.isAfter(message)) {
          found.add(message);
          bytes += message.length();
          bound = Place.of(message);
        }
      }
    }
    if (found.size() < limit && bytes < PAGE_BYTES) {
      Place rest = bound;
      database.readTogether(transaction -> {
        JournalIndex.before(transaction, conversation, rest, limit, found);
        return found;
      });
    }
    return found;
  }

  /// The newest message of one agent to another whose sequence is at most `sequence`.
  Optional<Stored> newest(long sender, long recipient, long sequence) {
    long conversation = Stream.conversation(sender, recipient);
    Predicate<Stored> isWanted =
        message -> message.sender() == sender && message.sequence() <= sequence;
    if (!dialect.isShared()) {
      for (Stored message : recent.all(conversation).reversed()) {
        if (isWanted.test(message)) {
          return Optional.of(message);
        }
      }
    }
    return database.readTogether(transaction -> {
      var found = new ArrayList<Stored>(1);
      JournalIndex.backwards(
          transaction,
          conversation,
          Long.MAX_VALUE,
          message -> {
            if (isWanted.test(message)) {
              found.add(message);
            }
            return found.isEmpty();
          });
      return found.isEmpty()
          ? Optional.empty()
          : Optional.of(JournalIndex.withHead(transaction, found.getFirst()));
    });
  }

  /// A part of an inbox: what comes after one sequence, up to another.
  record Span(long agent, long after, long to) {
    int count() {
      return Math.toIntExact(to - after);
    }
  }

  /// The messages of each part, in order; those that memory has forgotten come without their
  /// content. All that memory lacks is read by one transaction: each one begins with none of the
  /// file's pages at hand, and the entries of many inboxes lie on the same few.
  List<List<Stored>> places(List<Span> spans) {
    var found = new ArrayList<List<Stored>>(spans.size());
    Map<Integer, NavigableMap<Long, Stored>> lacking = new TreeMap<>();
    for (Span span : spans) {
      List<Stored> newest = recentAfter(span.agent(), span.after(), span.count());
      if (newest.size() < span.count()) {
        var bySequence = new TreeMap<Long, Stored>();
        for (Stored message : recent.all(Stream.inbox(span.agent()))) {
          bySequence.put(message.sequence(), message);
        }
        lacking.put(found.size(), bySequence);
      }
      found.add(newest);
    }
    if (!lacking.isEmpty()) {
      database.readTogether(transaction -> {
        for (Map.Entry<Integer, NavigableMap<Long, Stored>> entry : lacking.entrySet()) {
          int place = entry.getKey();
          found.set(place, filled(transaction, spans.get(place), entry.getValue()));
        }
        return true;
      });
    }
    return found;
  }

  /// What memory has of a part, with what the index has of it.
  private static List<Stored> filled(
      Transaction transaction, Span span, NavigableMap<Long, Stored> bySequence)
      throws SQLException {
    JournalIndex.backwards(
        transaction,
        Stream.inbox(span.agent()),
        span.to(),
        message -> {
          bySequence.putIfAbsent(message.sequence(), message);
          return message.sequence() > span.after() + 1;
        });
    return List.copyOf(bySequence.subMap(span.after(), false, span.to(), true).values());
  }

  /// The messages with as much of their content as has the id.
  List<Stored> withHeads(List<Stored> messages) {
    if (messages.stream().allMatch(Stored::hasContent)) {
      return messages;
    }
    return database.readTogether(transaction -> {
      var whole = new ArrayList<Stored>(messages.size());
      for (Stored message : messages) {
        whole.add(message.hasContent() ? message : JournalIndex.withHead(transaction, message));
      }
      return whole;
    });
  }

  /// The recipients of a channel's message in this row, and their places. An id is its sender's
  /// alone, and others in the row may have chosen the same.
  static List<JournalRow.Target> targets(
      Transaction transaction, long position, long sender, String id) throws SQLException {
    byte[] body = SqlJournal.body(transaction, position);
    byte[] idMember = Frames.idMember(id);
    for (JournalRow.Item record : JournalRow.read(body)) {
      if (isOf(record, body, sender, idMember)) {
        return record.targets();
      }
    }
    return List.of();
  }

  /// True for a message that this agent sent and whose content begins with this id.
  static boolean isOf(JournalRow.Item record, byte[] body, long sender, byte[] idMember) {
    int end = Math.min(record.offset() + idMember.length, body.length);
    return record.sender() == sender
        && Arrays.equals(body, record.offset(), end, idMember, 0, idMember.length);
  }

  /// After the commit: a message says something else than before, in the same place.
  void replaced(long position, int offset, byte[] content) {
    recent.replace(position, offset, content);
  }

  /// An epoch before which nothing is that an inbox has not been told of. It follows the index one
  /// commit behind, because inboxes are told after the index moved.
  long epoch() {
    return settledEpoch;
  }

  /// Writes an entry for each stream that sees these groups.
  private static void index(
      Transaction transaction, List<Recent.Group> groups, long epoch, boolean setsHeads)
      throws SQLException {
    Map<Long, List<Stored>> byStream = new TreeMap<>();
    groups.forEach(group -> Indexing.addTo(byStream, group));
    Indexing.writeEntries(transaction, epoch, List.copyOf(byStream.entrySet()), setsHeads);
  }

  private void replay() {
    database.write(transaction -> {
      SqlJournal.dropEntriesFrom(transaction, indexed.epoch());
      return true;
    });
    List<SqlJournal.Row> rows = rowsAfterIndex();
    while (!rows.isEmpty()) {
      List<SqlJournal.Row> some = rows;
      indexed = database.write(transaction -> replay(transaction, some));
      rows = rowsAfterIndex();
    }
  }

  private SqlJournal.Indexed replay(Transaction transaction, List<SqlJournal.Row> rows)
      throws SQLException {
    var groups = new ArrayList<Recent.Group>();
    for (SqlJournal.Row row : rows) {
      var messages = new ArrayList<Recent.InStream>();
      JournalRow.intoStreams(
          JournalRow.read(row.body()),
          row.position(),
          row.body(),
          (stream, message) -> messages.add(new Recent.InStream(stream, message)));
      groups.add(new Recent.Group(messages, row.body().length));
    }
    index(transaction, groups, indexed.epoch(), true);
    var after = new SqlJournal.Indexed(rows.getLast().position(), indexed.epoch() + 1);
    SqlJournal.setIndexed(transaction, after);
    return after;
  }

  private List<SqlJournal.Row> rowsAfterIndex() {
    return database.read(
        transaction -> SqlJournal.rowsAfter(transaction, indexed.position(), REPLAY_ROWS));
  }
}
