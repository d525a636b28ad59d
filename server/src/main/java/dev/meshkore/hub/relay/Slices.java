package dev.meshkore.hub.relay;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The column `entry.slices`: where the messages of one stream are. Sequences and positions are
/// written as their distance from those of the message before.
final class Slices {
  private static final int NUMBERS = 7;
  private static final byte[] NOTHING = {};

  private Slices() {}

  static byte[] write(List<Stored> messages) {
    ByteBuffer out = ByteBuffer.allocate(messages.size() * NUMBERS * Varint.BYTES_MAX);
    long sequence = 0;
    long position = 0;
    for (Stored message : messages) {
      Varint.put(out, message.sequence() - sequence);
      Varint.put(out, message.position() - position);
      Varint.put(out, message.offset());
      Varint.put(out, message.length());
      Varint.put(out, message.sender());
      Varint.put(out, message.channel());
      Varint.put(out, message.expiresAtMs());
      sequence = message.sequence();
      position = message.position();
    }
    return Arrays.copyOf(out.array(), out.position());
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
