package dev.meshkore.hub.relay;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The column `entry.slices`: where the messages of one stream are. Sequences and positions are
/// written as their distance from those of the message before.
final class Slices {
  /// What an entry holds.
  ///
  /// @param newest the last of its messages
  /// @param slices where they are
  record Entry(Stored newest, byte[] slices) {}

  /// An entry with more than this gets no more. SQLite keeps a row of a table without row ids whole
  /// on its page up to a quarter of it; of a longer one it reads the rest from the file each time
  /// that it passes it on the way to another.
  private static final int FULL_BYTES = 850;

  private static final int NUMBERS = 7;
  private static final byte[] NOTHING = {};

  private Slices() {}

  /// The entries that these messages of one stream become, in order.
  ///
  /// @param isInbox whether sequences tell them apart; else positions do, and what is in one row of
  ///   the journal stays in one entry
  static List<Entry> entries(List<Stored> messages, boolean isInbox) {
    var entries = new ArrayList<Entry>();
    ByteBuffer out = ByteBuffer.allocate(messages.size() * NUMBERS * Varint.BYTES_MAX);
    Stored before = null;
    for (Stored message : messages) {
      if (before != null
          && out.position() > FULL_BYTES
          && (isInbox || before.position() != message.position())) {
        entries.add(new Entry(before, written(out)));
        before = null;
      }
      put(out, message, before);
      before = message;
    }
    if (before != null) {
      entries.add(new Entry(before, written(out)));
    }
    return entries;
  }

  private static void put(ByteBuffer out, Stored message, @Nullable Stored before) {
    Varint.put(out, message.sequence() - (before == null ? 0 : before.sequence()));
    Varint.put(out, message.position() - (before == null ? 0 : before.position()));
    Varint.put(out, message.offset());
    Varint.put(out, message.length());
    Varint.put(out, message.sender());
    Varint.put(out, message.channel());
    Varint.put(out, message.expiresAtMs());
  }

  private static byte[] written(ByteBuffer out) {
    out.flip();
    byte[] slices = new byte[out.remaining()];
    out.get(slices);
    out.clear();
    return slices;
  }

  /// The messages, without their bytes.
  static List<Stored> read(byte[] slices) {
    ByteBuffer in = ByteBuffer.wrap(slices);
    var messages = new ArrayList<Stored>();
    long sequence = 0;
    long position = 0;
    while (in.hasRemaining()) {
      sequence += Varint.get(in);
      position += Varint.get(in);
      messages.add(
          new Stored(
              sequence,
              position,
              (int) Varint.get(in),
              (int) Varint.get(in),
              Varint.get(in),
              Varint.get(in),
              Varint.get(in),
              NOTHING,
              0));
    }
    return messages;
  }
}
