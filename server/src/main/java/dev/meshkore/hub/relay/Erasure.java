package dev.meshkore.hub.relay;

import dev.meshkore.hub.audit.Audit;
import dev.meshkore.hub.audit.Leaf;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.Transaction;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;

/// Erases what a message says, when its sender asks. The row keeps its length, because the index
/// knows places by bytes; the audit log keeps the digest and forgets the salt, so that the
/// message's leaf stays proved and tells nothing of what was said.
final class Erasure {
  private static final byte[] PAYLOAD = "\"payload\":".getBytes(StandardCharsets.US_ASCII);

  /// What stands in the place of a payload: the first that fits.
  private static final List<String> INSTEAD = List.of("{\"erased\":true}", "null", "0");

  private final Database database;
  private final Journal journal;
  private final States states;
  private final Audit audit;

  Erasure(Database database, Journal journal, States states, Audit audit) {
    this.database = database;
    this.journal = journal;
    this.states = states;
    this.audit = audit;
  }

  /// Erases a message that the caller sent, for good.
  ///
  /// @throws Refused when the caller sent none of this id
  void erase(Caller.OfAgent caller, String id) {
    long position = states.position(caller.number(), id);
    audit.takeUp();
    byte[] erased = database.write(transaction -> erase(transaction, caller, id, position));
    journal.replaced(position, erased);
  }

  private byte[] erase(Transaction transaction, Caller.OfAgent caller, String id, long position)
      throws SQLException {
    byte[] row = SqlJournal.body(transaction, position);
    List<JournalRow.Item> items = JournalRow.read(row);
    int number = number(items, row, caller.number(), id);
    JournalRow.Item item = items.get(number);
    var place = new Audit.Place(position, number, items.size(), item.offset(), item.length());
    if (!audit.isErased(transaction, place)) {
      long leaf = audit.erase(transaction, place, row);
      audit.record(
          transaction, Leaf.of("message.erased", caller.id(), caller.id()).with("leaf", leaf));
      blank(row, item);
      SqlJournal.replace(transaction, position, row);
    }
    return row;
  }

  private static int number(List<JournalRow.Item> items, byte[] row, long sender, String id) {
    for (int i = 0; i < items.size(); i++) {
      if (Journal.isOf(items.get(i), row, sender, Frames.idMember(id))) {
        return i;
      }
    }
    throw new Refused(ProblemType.UNKNOWN_MESSAGE, "You sent no message with the id " + id);
  }

  private static void blank(byte[] row, JournalRow.Item item) {
    int end = item.offset() + item.length() - 1;
    int start = item.offset();
    while (!Arrays.equals(row, start, start + PAYLOAD.length, PAYLOAD, 0, PAYLOAD.length)) {
      start++;
    }
    start += PAYLOAD.length;
    int room = end - start;
    String instead =
        INSTEAD.stream().filter(text -> text.length() <= room).findFirst().orElseThrow();
    Arrays.fill(row, start, end, (byte) ' ');
    byte[] bytes = instead.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(bytes, 0, row, start, bytes.length);
  }
}
