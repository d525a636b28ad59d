package dev.meshkore.hub.meaning;

import java.util.function.Supplier;

/// A model that makes vectors, which need not be loaded.
///
/// @param name of the model; vectors of one name may be compared
/// @param loader loads it; may take long, and throws [Embedder.NoVectors] when it cannot now
public record Model(String name, Supplier<Embedder> loader) {
  /// The model that ships with the hub.
  public static final Model OWN = new Model(OnnxEmbedder.MODEL, OnnxEmbedder::load);
}
