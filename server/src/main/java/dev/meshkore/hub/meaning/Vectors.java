package dev.meshkore.hub.meaning;

import java.util.List;

/// Arithmetic of vectors.
final class Vectors {
  private Vectors() {}

  /// The vector of length one in this direction; the same array.
  ///
  /// @throws Embedder.NoVectors when it has no direction
  static float[] unit(float[] vector) {
    double squares = 0;
    for (float one : vector) {
      squares += (double) one * one;
    }
    if (!(squares > 1e-12) || Double.isInfinite(squares)) {
      throw new Embedder.NoVectors("A vector has no direction");
    }
    double length = Math.sqrt(squares);
    for (int i = 0; i < vector.length; i++) {
      vector[i] = (float) (vector[i] / length);
    }
    return vector;
  }

  /// What is left of a vector without another, of length one.
  ///
  /// @throws Embedder.NoVectors when nothing is left, or they differ in size
  static float[] rest(float[] vector, float[] without) {
    float[] rest = vector.clone();
    add(rest, without, -1);
    return unit(rest);
  }

  /// Adds to a vector so much of another.
  ///
  /// @throws Embedder.NoVectors when they differ in size
  static void add(float[] to, float[] other, float weight) {
    if (to.length != other.length) {
      throw new Embedder.NoVectors("Vectors of one model differ in size");
    }
    for (int i = 0; i < to.length; i++) {
      to[i] += weight * other[i];
    }
  }

  /// The middle of vectors.
  static float[] middle(List<float[]> vectors) {
    float[] middle = new float[vectors.getFirst().length];
    vectors.forEach(vector -> add(middle, vector, 1f / vectors.size()));
    return middle;
  }

  /// How alike two unit vectors are, from -1 to 1.
  static float cosine(float[] one, float[] other) {
    float sum = 0;
    for (int i = 0; i < one.length; i++) {
      sum += one[i] * other[i];
    }
    return sum;
  }
}
