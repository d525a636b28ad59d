package dev.meshkore.hub.relay;

import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What was said, for whoever follows it behind the commits, and who may read it: what history
/// shows to an agent, and nothing else. Thread-safe.
public final class Transcript {
  /// How far somebody has followed.
  ///
  /// @param xact the transaction of the last row; 0 on SQLite
  /// @param position the last row
  public record Mark(long xact, long position) {
    /// Before everything.
    public static final Mark START = new Mark(0, 0);
  }

  /// A message.
  ///
  /// @param position the journal's row
  /// @param offset where in the row it begins; with the row, what it is known by
  /// @param sender who sent it
  /// @param recipient who got it, or 0 in a channel
  /// @param channel the channel, or 0
  /// @param expiresAtMs when it expires, or 0
  /// @param content what is handed over, without its sequence: `"id":…}`
  public record Message(
      long position,
      int offset,
      long sender,
      long recipient,
      long channel,
      long expiresAtMs,
      byte[] content) {}

  /// What follows a mark.
  ///
  /// @param messages in the order of the commits
  /// @param mark where they end
  /// @param isAll whether there was no more, nor anything stored that may not be followed yet
  public record Part(List<Message> messages, Mark mark, boolean isAll) {}

  /// What an agent may read.
  ///
  /// @param agent the agent whose direct messages these are, or -1
  /// @param channels those that it may read
  public record Reader(long agent, Set<Long> channels) {
    private static final long NOBODY = -1;

    /// Whether it may read a message.
    public boolean mayRead(Message message) {
      return message.channel() == 0
          ? message.sender() == agent || message.recipient() == agent
          : channels.contains(message.channel());
    }
  }

  /// A message that was erased.
  ///
  /// @param number its place among all that were
  /// @param position the journal's row
  /// @param offset where in the row it is
  public record Erased(long number, long position, int offset) {}

  private static final int ROWS = 128;
  private static final long BYTES = 1L << 20;

  private final Database database;
  private final Channels channels;
  private final Erasure erasure;

  Transcript(Database database, Channels channels, Erasure erasure) {
    this.database = database;
    this.channels = channels;
    this.erasure = erasure;
  }

  /// Some of what was committed after a mark. On PostgreSQL that is what no open transaction can
  /// come before any more.
  public Part after(Mark mark) {
    List<SqlJournal.Settled> rows =
        database.read(
            reader -> SqlJournal.settledAfter(reader, mark.xact(), mark.position(), ROWS, BYTES));
    var messages = new ArrayList<Message>();
    for (SqlJournal.Settled row : rows) {
      for (JournalRow.Item item : JournalRow.read(row.body())) {
        messages.add(message(row.position(), row.body(), item));
      }
    }
    if (rows.isEmpty()) {
      boolean isMore =
          database.read(reader -> SqlJournal.hasAfter(reader, mark.xact(), mark.position()));
      return new Part(List.of(), mark, !isMore);
    }
    SqlJournal.Settled last = rows.getLast();
    return new Part(messages, new Mark(last.xact(), last.position()), false);
  }

  /// The last row there is.
  public long newest() {
    return database.read(SqlJournal::newest);
  }

  /// Messages by their places, as they are now.
  public Map<Place, Message> at(List<Place> places) {
    return database.read(reader -> {
      var rows = new HashMap<Long, byte[]>();
      var found = new HashMap<Place, Message>();
      for (Place place : places) {
        byte[] row = rows.get(place.position());
        if (row == null) {
          row = SqlJournal.rowIfThere(reader, place.position()).orElse(new byte[0]);
          rows.put(place.position(), row);
        }
        for (JournalRow.Item item : JournalRow.read(row)) {
          if (item.offset() == place.offset()) {
            found.put(place, message(place.position(), row, item));
          }
        }
      }
      return found;
    });
  }

  /// Where a message is.
  ///
  /// @param position the journal's row
  /// @param offset where in the row
  public record Place(long position, int offset) {}

  /// What an agent may read now; with a channel's name, of that channel alone.
  ///
  /// @throws dev.meshkore.hub.problem.Refused when history of the channel is not for it
  public Reader reader(long agent, Optional<String> channel) {
    return channel
        .map(id -> new Reader(Reader.NOBODY, Set.of(channels.forMember(agent, id).number())))
        .orElseGet(() -> new Reader(agent, Set.copyOf(database.read(read -> of(read, agent)))));
  }

  /// What was erased after the first so many, in order.
  public List<Erased> erasedAfter(long number, int limit) {
    return database.read(reader -> SqlErased.after(reader, number, limit)).stream()
        .map(one -> new Erased(one.number(), one.position(), one.offset()))
        .toList();
  }

  /// How many messages were erased.
  public long erasedCount() {
    return database.read(SqlErased::count);
  }

  /// Runs this action, and no other, after each erasure here, before it is answered.
  public void onErased(Runnable action) {
    erasure.onErased(action);
  }

  private static List<Long> of(Transaction reader, long agent) throws SQLException {
    return SqlChannels.numbersOf(reader, agent);
  }

  private static Message message(long position, byte[] row, JournalRow.Item item) {
    return new Message(
        position,
        item.offset(),
        item.sender(),
        item.channel() == 0 ? item.targets().getFirst().agent() : 0,
        item.channel(),
        item.expiresAtMs(),
        Arrays.copyOfRange(row, item.offset(), item.offset() + item.length()));
  }
}
