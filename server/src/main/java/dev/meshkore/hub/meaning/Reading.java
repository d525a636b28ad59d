package dev.meshkore.hub.meaning;

import java.util.List;

/// What a model makes of a text.
///
/// @param vector of the whole, of length one
/// @param pieces of what it is made of, words or parts of them, each as it is meant here
public record Reading(float[] vector, List<Piece> pieces) {
  /// Copies the list.
  public Reading {
    pieces = List.copyOf(pieces);
  }

  /// One piece of a text.
  ///
  /// @param vector of length one, of as many numbers as the whole's
  /// @param weight how much it says, from 0 to 1
  public record Piece(float[] vector, float weight) {}

  /// The reading of a model that tells nothing of pieces.
  static Reading of(float[] vector) {
    return new Reading(vector, List.of());
  }
}
