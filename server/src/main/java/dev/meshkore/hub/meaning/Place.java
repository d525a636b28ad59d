package dev.meshkore.hub.meaning;

import java.util.List;

/// Where an entry lies among the meanings.
///
/// @param whole the direction of what it says of itself and of its examples together
/// @param pieces of what it says of itself, as [Pieces]
/// @param examples its examples
/// @param coherence from 0, where its examples have nothing in common, to 1
/// @param own how much of the whole is what it says of itself; 1 where it has no examples
record Place(float[] whole, byte[] pieces, List<Example> examples, float coherence, float own) {
  /// Where an example lies.
  ///
  /// @param vector its direction
  /// @param pieces its pieces, as [Pieces]
  record Example(float[] vector, byte[] pieces) {}

  /// So many examples tell half of what any number of them could.
  private static final float HALF = 2;

  Place {
    examples = List.copyOf(examples);
  }

  /// From 0, where it has no examples, towards 1: how much so many tell of what is asked of it.
  float taught() {
    return taught(examples.size());
  }

  /// The same of so many examples.
  static float taught(int examples) {
    return examples / (examples + HALF);
  }
}
