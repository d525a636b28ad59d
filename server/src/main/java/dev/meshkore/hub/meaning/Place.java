package dev.meshkore.hub.meaning;

import java.util.List;

/// Where an entry lies among the meanings.
///
/// @param whole the direction of what it says of itself and of its examples together
/// @param examples the direction of each example
/// @param coherence from 0, where its examples have nothing in common, to 1
record Place(float[] whole, List<float[]> examples, float coherence) {
  Place {
    examples = List.copyOf(examples);
  }
}
