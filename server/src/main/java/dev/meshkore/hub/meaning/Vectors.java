package dev.meshkore.hub.meaning;

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

  /// How alike two unit vectors are, from -1 to 1.
  static float cosine(float[] one, float[] other) {
    float sum = 0;
    for (int i = 0; i < one.length; i++) {
      sum += one[i] * other[i];
    }
    return sum;
  }
}
