package dev.meshkore.hub.relay;

import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Brings the journal into its index, behind the commits, on SQLite. What is due and small goes in
/// one transaction, with the message that made it due. What is larger becomes a run: it has an
/// epoch of its own, and each following transaction writes a part of it, so that no commit waits
/// for all. A run that a crash left half written is dropped at start and written again from the
/// journal. Belongs to the writer's thread.
final class Indexing {
  /// What one transaction did for the index; handed back after its commit.
  ///
  /// @param run the run that it wrote a part of, or null
  /// @param written how many of the run's entries are written with it
  /// @param indexed where the index stands after the commit
  record Step(@Nullable Run run, int written, SqlJournal.Indexed indexed) {
    private boolean isLast() {
      return run != null && written == run.entries().size();
    }
  }

  /// Groups on their way into the index.
  ///
  /// @param entries what each stream sees of them
  /// @param groups how many groups they are, the one that is being committed included
  /// @param position the last row of the journal that they hold
  /// @param epoch the epoch that the entries go to
  private record Run(
      List<Map.Entry<Long, List<Stored>>> entries, int groups, long position, long epoch) {}

  private final Journal.Sizes sizes;
  private final Recent recent;
  private SqlJournal.Indexed indexed;
  private @Nullable Run current;
  private int written;

  /// The committed groups that are in no run.
  private Map<Long, List<Stored>> waiting = new HashMap<>();

  private int waitingGroups;
  private int waitingMessages;
  private long waitingBytes;
  private long waitingPosition;

  Indexing(Journal.Sizes sizes, Recent recent, SqlJournal.Indexed indexed) {
    this.sizes = sizes;
    this.recent = recent;
    this.indexed = indexed;
  }

  /// Writes what is due within the transaction that appends a group.
  ///
  /// @param position the last row of the group
  Step step(Transaction transaction, Recent.Group group, long position) throws SQLException {
    Run run = current;
    if (run != null) {
      return write(transaction, run, written, group);
    }
    if (!isDue(group)) {
      return new Step(null, 0, indexed);
    }
    Map<Long, List<Stored>> all = new TreeMap<>();
    waiting.forEach((stream, messages) -> all.put(stream, new ArrayList<>(messages)));
    addTo(all, group);
    if (all.size() <= sizes.entriesAtOnce()) {
      Run whole =
          new Run(List.copyOf(all.entrySet()), waitingGroups + 1, position, indexed.epoch());
      return write(transaction, whole, 0, group);
    }
    if (waitingGroups == 0) {
      return new Step(null, 0, indexed);
    }
    List<Map.Entry<Long, List<Stored>>> entries = List.copyOf(new TreeMap<>(waiting).entrySet());
    Run begun = new Run(entries, waitingGroups, waitingPosition, indexed.epoch());
    return write(transaction, begun, 0, group);
  }

  /// After the commit: what was indexed may be forgotten.
  ///
  /// @return where the index stands
  SqlJournal.Indexed committed(Step step, Recent.Group group, long position) {
    Run run = step.run();
    boolean isGroupInRun = false;
    if (run != null && current == null) {
      isGroupInRun = run.groups() > waitingGroups;
      waiting = new HashMap<>();
      waitingGroups = 0;
      waitingMessages = 0;
      waitingBytes = 0;
    }
    if (!isGroupInRun) {
      addTo(waiting, group);
      waitingGroups++;
      waitingMessages += group.messages().size();
      waitingBytes += group.bytes();
      waitingPosition = position;
    }
    if (run != null && step.isLast()) {
      recent.indexed(run.groups());
      current = null;
      written = 0;
    } else if (run != null) {
      current = run;
      written = step.written();
    }
    indexed = step.indexed();
    return indexed;
  }

  private boolean isDue(Recent.Group group) {
    return waitingMessages + group.messages().size() > sizes.unindexedMessagesMax()
        || waitingBytes + group.bytes() > sizes.unindexedBytesMax();
  }

  /// Writes the next entries of a run: more of them where more comes in, so that a run ends long
  /// before the next is due.
  private Step write(Transaction transaction, Run run, int from, Recent.Group group)
      throws SQLException {
    int most = Math.max(sizes.entriesAtOnce(), 2 * group.messages().size());
    int to = Math.min(run.entries().size(), from + most);
    writeEntries(transaction, run.epoch(), run.entries().subList(from, to), true);
    if (to < run.entries().size()) {
      return new Step(run, to, indexed);
    }
    var after = new SqlJournal.Indexed(run.position(), run.epoch() + 1);
    SqlJournal.setIndexed(transaction, after);
    return new Step(run, to, after);
  }

  /// Writes the entries of each stream.
  ///
  /// @param setsHeads whether an inbox's row says how far its index goes
  static void writeEntries(
      Transaction transaction,
      long epoch,
      List<Map.Entry<Long, List<Stored>>> streams,
      boolean setsHeads)
      throws SQLException {
    for (Map.Entry<Long, List<Stored>> one : streams) {
      long stream = one.getKey();
      boolean isInbox = Stream.isInbox(stream);
      for (Slices.Entry entry : Slices.entries(one.getValue(), isInbox)) {
        Stored newest = entry.newest();
        long last = isInbox ? newest.sequence() : newest.position();
        SqlJournal.insertEntry(transaction, epoch, stream, last, entry.slices());
      }
      if (setsHeads && isInbox) {
        SqlInboxes.setHead(transaction, stream, one.getValue().getLast().sequence(), epoch);
      }
    }
  }

  /// Adds a group's messages to what each stream sees.
  static void addTo(Map<Long, List<Stored>> byStream, Recent.Group group) {
    for (Recent.InStream in : group.messages()) {
      byStream.computeIfAbsent(in.stream(), _ -> new ArrayList<>()).add(in.message());
    }
  }
}
