package dev.meshkore.hub.relay;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// One row of the journal: the messages of a commit, one record after another. A record is a head
/// that says to whom the message goes, and the content that is handed over. The heads are read only
/// to index a row again after a crash, and to find a channel message's recipients.
final class JournalRow {
  /// A row is closed when it has this many bytes, so that one message is cheap to read out of it.
  static final int BYTES_FULL = 65_536;

  /// One recipient's place for a message.
  ///
  /// @param agent the recipient
  /// @param sequence the message's sequence in its inbox
  record Target(long agent, long sequence) {}

  /// One message of a row.
  ///
  /// @param sender who sent it
  /// @param channel the channel, or 0
  /// @param conversation the stream of its conversation
  /// @param expiresAtMs when it expires, or 0
  /// @param targets who gets it
  /// @param offset where its content begins in the row
  /// @param length the content's bytes
  record Item(
      long sender,
      long channel,
      long conversation,
      long expiresAtMs,
      List<Target> targets,
      int offset,
      int length) {}

  private static final int FIXED_BYTES_MAX = 6 * Varint.BYTES_MAX;

  private ByteBuffer bytes = ByteBuffer.allocate(8_192);
  private final List<Item> records = new ArrayList<>();

  boolean isFull() {
    return bytes.position() >= BYTES_FULL;
  }

  /// Adds a message whose content is `"id":"<id>",` and the envelope.
  void add(
      long sender,
      long channel,
      long conversation,
      long expiresAtMs,
      List<Target> targets,
      byte[] idMember,
      byte[] envelope) {
    int length = idMember.length + envelope.length;
    reserve(FIXED_BYTES_MAX + targets.size() * 2 * Varint.BYTES_MAX + length);
    Varint.put(bytes, sender);
    Varint.put(bytes, channel);
    Varint.put(bytes, conversation);
    Varint.put(bytes, expiresAtMs);
    Varint.put(bytes, targets.size());
    Varint.put(bytes, length);
    for (Target target : targets) {
      Varint.put(bytes, target.agent());
      Varint.put(bytes, target.sequence());
    }
    int offset = bytes.position();
    bytes.put(idMember).put(envelope);
    records.add(new Item(sender, channel, conversation, expiresAtMs, targets, offset, length));
  }

  byte[] toBytes() {
    return Arrays.copyOf(bytes.array(), bytes.position());
  }

  List<Item> records() {
    return records;
  }

  /// Reads the records of a stored row.
  static List<Item> read(byte[] body) {
    ByteBuffer in = ByteBuffer.wrap(body);
    var records = new ArrayList<Item>();
    while (in.hasRemaining()) {
      long sender = Varint.get(in);
      long channel = Varint.get(in);
      long conversation = Varint.get(in);
      long expiresAtMs = Varint.get(in);
      int targetCount = (int) Varint.get(in);
      int length = (int) Varint.get(in);
      var targets = new ArrayList<Target>(targetCount);
      for (int i = 0; i < targetCount; i++) {
        targets.add(new Target(Varint.get(in), Varint.get(in)));
      }
      records.add(
          new Item(sender, channel, conversation, expiresAtMs, targets, in.position(), length));
      in.position(in.position() + length);
    }
    return records;
  }

  /// What each stream sees of a row's records: every recipient's inbox, and the conversation.
  static void intoStreams(List<Item> records, long position, byte[] body, StreamConsumer consumer) {
    for (Item record : records) {
      for (Target target : record.targets()) {
        consumer.accept(
            Stream.inbox(target.agent()), stored(record, target.sequence(), position, body));
      }
      long sequence = record.channel() == 0 ? record.targets().getFirst().sequence() : 0;
      consumer.accept(record.conversation(), stored(record, sequence, position, body));
    }
  }

  /// Takes a message of a stream.
  @FunctionalInterface
  interface StreamConsumer {
    void accept(long stream, Stored message);
  }

  private static Stored stored(Item record, long sequence, long position, byte[] body) {
    return new Stored(
        sequence,
        position,
        record.offset(),
        record.length(),
        record.sender(),
        record.channel(),
        record.expiresAtMs(),
        body,
        record.offset());
  }

  private void reserve(int more) {
    if (bytes.remaining() < more) {
      int capacity = Math.max(bytes.capacity() * 2, bytes.position() + more);
      bytes = ByteBuffer.allocate(capacity).put(bytes.array(), 0, bytes.position());
    }
  }
}
