package dev.meshkore.hub.relay;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// The column `entry.slices`: where the messages of one stream are, [#BYTES] bytes each.
final class Slices {
  private static final int BYTES = 6 * Long.BYTES;
  private static final byte[] NOTHING = {};

  private Slices() {}

  static byte[] write(List<Stored> messages) {
    ByteBuffer out = ByteBuffer.allocate(messages.size() * BYTES);
    for (Stored message : messages) {
      out.putLong(message.sequence());
      out.putLong(message.position());
      out.putInt(message.offset());
      out.putInt(message.length());
      out.putLong(message.sender());
      out.putLong(message.channel());
      out.putLong(message.expiresAtMs());
    }
    return out.array();
  }

  /// The messages, without their bytes.
  static List<Stored> read(byte[] slices) {
    ByteBuffer in = ByteBuffer.wrap(slices);
    var messages = new ArrayList<Stored>(slices.length / BYTES);
    while (in.hasRemaining()) {
      messages.add(
          new Stored(
              in.getLong(),
              in.getLong(),
              in.getInt(),
              in.getInt(),
              in.getLong(),
              in.getLong(),
              in.getLong(),
              NOTHING,
              0));
    }
    return messages;
  }
}
