package dev.meshkore.hub.meaning;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.List;

/// The pieces of a text as they are kept: those that say something, and of each number only whether
/// it is above zero. That is a thirtieth of the size, and ranks as well.
final class Pieces {
  /// No pieces.
  static final byte[] NONE = {};

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final float SAYS_LITTLE = 0.25f;
  private static final float FULL_WEIGHT = 255;

  /// A text says what it is about at its start.
  private static final int PIECES_MAX = 64;

  private Pieces() {}

  /// The pieces of readings, without what all texts have in common.
  static byte[] of(List<Reading> readings, float[] middle) {
    List<Reading.Piece> said =
        readings.stream()
            .flatMap(reading -> reading.pieces().stream())
            .filter(piece -> piece.weight() >= SAYS_LITTLE)
            .limit(PIECES_MAX)
            .toList();
    int size = size(middle.length);
    byte[] pieces = new byte[said.size() * size];
    for (int i = 0; i < said.size(); i++) {
      Reading.Piece piece = said.get(i);
      int start = i * size;
      pieces[start] = (byte) Math.round(FULL_WEIGHT * Math.min(1, piece.weight()));
      float[] vector = piece.vector();
      for (int k = 0; k < middle.length; k++) {
        if (vector[k] > middle[k]) {
          pieces[start + 1 + k / Byte.SIZE] |= (byte) (1 << k % Byte.SIZE);
        }
      }
    }
    return pieces;
  }

  /// The bytes of a piece whose vector has so many numbers.
  static int size(int numbers) {
    return 1 + Long.BYTES * longs(numbers);
  }

  /// How many longs have a bit for each of so many numbers.
  static int longs(int numbers) {
    return (numbers + Long.SIZE - 1) / Long.SIZE;
  }

  /// How much the piece says that starts here.
  static float weight(byte[] pieces, int start) {
    return Byte.toUnsignedInt(pieces[start]) / FULL_WEIGHT;
  }

  /// Some of its bits.
  static long bits(byte[] pieces, int start, int index) {
    return (long) LONGS.get(pieces, start + 1 + Long.BYTES * index);
  }
}
