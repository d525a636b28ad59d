package dev.meshkore.hub.meaning;

/// Where a request lies among the meanings.
///
/// @param whole the direction of the request
/// @param wording its pieces; empty where the model tells nothing of them
/// @param chance how near by their pieces texts are that have nothing to do with each other
record Sought(float[] whole, Wording wording, double chance) {
  /// How near a text is by its pieces; 0 is chance.
  double nearness(byte[] pieces) {
    return (wording.nearness(pieces) - chance) / (1 - chance);
  }
}
