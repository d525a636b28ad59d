package dev.meshkore.hub.relay;

import dev.meshkore.hub.audit.Audit;
import dev.meshkore.hub.audit.Leaf;
import dev.meshkore.hub.guard.SendRules;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.Transaction;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/// Erases what a message says, when its sender asks. The row keeps its length, because the index
/// knows places by bytes; the audit log keeps the digest and forgets the salt, so that the
/// message's leaf stays proved and tells nothing of what was said.
final class Erasure {
  private static final byte[] PAYLOAD = "\"payload\":".getBytes(StandardCharsets.US_ASCII);

  /// What stands in the place of a payload: the first that fits.
  private static final List<String> INSTEAD = List.of("{\"erased\":true}", "null", "0");

  private static final int READ_AT_ONCE = 1_000;

  private final Database database;
  private final Journal journal;
  private final States states;
  private final Audit audit;
  private final SendRules rules;
  private final Supplier<Follower> follower;
  private volatile Runnable onErased = () -> {};
  private long known;

  Erasure(
      Database database,
      Journal journal,
      States states,
      Audit audit,
      SendRules rules,
      Supplier<Follower> follower) {
    this.database = database;
    this.journal = journal;
    this.states = states;
    this.audit = audit;
    this.rules = rules;
    this.follower = follower;
    this.known = database.read(SqlErased::count);
  }

  /// Erases a message that the caller sent, for good.
  ///
  /// @throws Refused when the caller sent none of this id
  void erase(Caller.OfAgent caller, String id) {
    long position = states.position(caller.number(), id);
    audit.takeUp();
    Erased erased = database.write(transaction -> erase(transaction, caller, id, position));
    journal.replaced(position, erased.offset(), erased.content());
    onErased.run();
  }

  /// Runs an action after each erasure that this hub commits, before it is answered.
  void onErased(Runnable action) {
    onErased = action;
  }

  /// Has memory forget what other hubs on the database erased. Called by one thread at a time.
  void tick() {
    if (!database.dialect().isShared()) {
      return;
    }
    for (SqlErased.One one :
        database.read(reader -> SqlErased.after(reader, known, READ_AT_ONCE))) {
      byte[] row = database.read(reader -> SqlJournal.body(reader, one.position()));
      for (JournalRow.Item item : JournalRow.read(row)) {
        if (item.offset() == one.offset()) {
          journal.replaced(one.position(), item.offset(), content(row, item));
        }
      }
      known = one.number();
    }
  }

  /// What a message is after its erasure.
  private record Erased(int offset, byte[] content) {}

  private Erased erase(Transaction transaction, Caller.OfAgent caller, String id, long position)
      throws SQLException {
    byte[] row = SqlJournal.bodyToChange(transaction, position);
    List<JournalRow.Item> items = JournalRow.read(row);
    int number = number(items, row, caller.number(), id);
    JournalRow.Item item = items.get(number);
    var place = new Audit.Place(position, number, items.size(), item.offset(), item.length());
    if (!audit.isErased(transaction, place)) {
      long leaf = audit.erase(transaction, place, row);
      audit.record(
          transaction, Leaf.of("message.erased", caller.id(), caller.id()).with("leaf", leaf));
      forget(transaction, item, content(row, item));
      blank(row, item);
      SqlJournal.replace(transaction, position, row);
      SqlErased.insert(transaction, position, item.offset());
    }
    return new Erased(item.offset(), content(row, item));
  }

  /// Lets those who keep something of a message forget it.
  private void forget(Transaction transaction, JournalRow.Item item, byte[] content)
      throws SQLException {
    int start = payload(content, 0);
    byte[] payload = Arrays.copyOfRange(content, start, content.length - 1);
    String head = new String(content, 0, start, StandardCharsets.ISO_8859_1);
    JsonNode said = Json.own(("{" + head + "0}").getBytes(StandardCharsets.ISO_8859_1));
    rules.erased(transaction, item.sender(), said.path("id").asString(""), payload);
    if (item.channel() == 0) {
      Follower.Followed message = Follower.Followed.of(item, said, payload);
      if (follower.get().follows(message.thread(), message.replyTo())) {
        follower.get().erased(transaction, message);
      }
    }
  }

  /// Where a payload begins; what precedes it holds no such text.
  private static int payload(byte[] bytes, int from) {
    int start = from;
    while (!Arrays.equals(bytes, start, start + PAYLOAD.length, PAYLOAD, 0, PAYLOAD.length)) {
      start++;
    }
    return start + PAYLOAD.length;
  }

  private static byte[] content(byte[] row, JournalRow.Item item) {
    return Arrays.copyOfRange(row, item.offset(), item.offset() + item.length());
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
    int start = payload(row, item.offset());
    int room = end - start;
    String instead =
        INSTEAD.stream().filter(text -> text.length() <= room).findFirst().orElseThrow();
    Arrays.fill(row, start, end, (byte) ' ');
    byte[] bytes = instead.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(bytes, 0, row, start, bytes.length);
  }
}
