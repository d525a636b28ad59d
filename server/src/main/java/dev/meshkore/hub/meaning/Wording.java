package dev.meshkore.hub.meaning;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/// The pieces of a request, to be held beside those of texts: each piece of one looks for the
/// nearest of the other, so that a detail counts which the vector of the whole has blurred. Of each
/// number four bits are kept, in planes, so that a comparison counts bits. Immutable.
final class Wording {
  private static final int PIECES_MAX = 32;
  private static final int PLANES = 4;
  private static final int STEPS = (1 << PLANES) - 1;

  /// The sign of a number says this much less than the number.
  private static final double SIGNS = Math.sqrt(Math.PI / 2);

  /// A piece of the request. Its nearness to signs is `ones` for each bit that is set, `steps` for
  /// each bit that both have, doubled with each plane, and `rest`.
  private record Piece(long[] planes, double ones, double steps, double rest, float weight) {}

  private final List<Piece> pieces;
  private final int longs;
  private final int size;

  private Wording(List<Piece> pieces, int numbers) {
    this.pieces = pieces;
    this.longs = Pieces.longs(numbers);
    this.size = Pieces.size(numbers);
  }

  /// The wording of a reading, without what all requests have in common.
  static Wording of(Reading reading, float[] middle) {
    List<Piece> pieces =
        reading.pieces().stream()
            .sorted(Comparator.comparingDouble(Reading.Piece::weight).reversed())
            .limit(PIECES_MAX)
            .map(piece -> piece(piece, middle))
            .toList();
    return new Wording(pieces, middle.length);
  }

  private static Piece piece(Reading.Piece of, float[] middle) {
    float[] vector = Vectors.rest(of.vector(), middle);
    float least = Float.POSITIVE_INFINITY;
    float most = Float.NEGATIVE_INFINITY;
    for (float number : vector) {
      least = Math.min(least, number);
      most = Math.max(most, number);
    }
    double step = Math.max(1e-9, (most - least) / STEPS);
    long[] planes = new long[PLANES * Pieces.longs(vector.length)];
    double sum = 0;
    for (int k = 0; k < vector.length; k++) {
      int rounded = (int) Math.round((vector[k] - least) / step);
      sum += least + step * rounded;
      for (int plane = 0; plane < PLANES; plane++) {
        if ((rounded >> plane & 1) == 1) {
          planes[PLANES * (k / Long.SIZE) + plane] |= 1L << k % Long.SIZE;
        }
      }
    }
    double scale = SIGNS / Math.sqrt(vector.length);
    return new Piece(planes, 2 * least * scale, 2 * step * scale, -sum * scale, of.weight());
  }

  /// True where there are no pieces to compare.
  boolean isEmpty() {
    return pieces.isEmpty();
  }

  /// How near a text is by its pieces, about from -1 to 1, where chance is somewhat above 0: half
  /// by what is asked for and said, half by what is said and asked for. So neither who says little
  /// nor who says everything is near to all.
  double nearness(byte[] text) {
    int count = text.length / size;
    if (count == 0 || pieces.isEmpty()) {
      return 0;
    }
    double[] nearest = new double[pieces.size()];
    Arrays.fill(nearest, -1);
    long[] bits = new long[longs];
    double said = 0;
    double saidWeight = 0;
    for (int j = 0; j < count; j++) {
      int ones = 0;
      for (int k = 0; k < longs; k++) {
        bits[k] = Pieces.bits(text, j * size, k);
        ones += Long.bitCount(bits[k]);
      }
      double best = -1;
      for (int i = 0; i < nearest.length; i++) {
        double near = near(pieces.get(i), bits, ones);
        nearest[i] = Math.max(nearest[i], near);
        best = Math.max(best, near);
      }
      float weight = Pieces.weight(text, j * size);
      said += weight * best;
      saidWeight += weight;
    }
    double asked = 0;
    double askedWeight = 0;
    for (int i = 0; i < nearest.length; i++) {
      asked += pieces.get(i).weight() * nearest[i];
      askedWeight += pieces.get(i).weight();
    }
    return (asked / Math.max(1e-9, askedWeight) + said / Math.max(1e-9, saidWeight)) / 2;
  }

  private static double near(Piece piece, long[] bits, int ones) {
    int both = 0;
    for (int k = 0; k < bits.length; k++) {
      for (int plane = 0; plane < PLANES; plane++) {
        both += Long.bitCount(bits[k] & piece.planes()[PLANES * k + plane]) << plane;
      }
    }
    return piece.ones() * ones + piece.steps() * both + piece.rest();
  }
}
