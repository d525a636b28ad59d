package dev.meshkore.hub.meaning;

import java.util.List;
import java.util.Optional;

/// Where single texts point among the meanings, for whoever holds them against each other and has
/// no index of them. Thread-safe; calls block, the first until the model is loaded.
public final class Directions {
  /// The most numbers that one has, whatever the model.
  public static final int NUMBERS_MAX = VectorCodec.SIZE_MAX;

  private final Vectoring vectoring;

  Directions(Vectoring vectoring) {
    this.vectoring = vectoring;
  }

  /// False where no text will ever have one.
  public boolean isOn() {
    return vectoring.isOn();
  }

  /// True where the model failed a moment ago, and is left alone for a while.
  public boolean isAway() {
    return vectoring.isAway();
  }

  /// Names the model; what points by one model can be compared.
  public String model() {
    return vectoring.model().name();
  }

  /// Where a request points, as a search for it would; empty where that cannot be known now.
  ///
  /// @throws Embedder.NotTaken where the model does not take it, and may take others
  public Optional<float[]> ofRequest(String request) {
    if (!vectoring.load(true)) {
      return Optional.empty();
    }
    String english = Glossary.english(request);
    Sought sought = vectoring.of(english.isEmpty() ? request : english + ". " + request);
    return Optional.ofNullable(sought).map(Sought::whole);
  }

  /// Where an entry points, as an index would have it; empty where that cannot be known now.
  ///
  /// @throws Embedder.NotTaken where the model does not take it, and may take others
  public Optional<float[]> ofEntry(Entry entry) {
    return vectoring.load(true)
        ? vectoring.of(List.of(entry)).map(places -> places.getFirst().whole())
        : Optional.empty();
  }

  /// How alike two of one model are, from -1 to 1; 0 where they are of models that differ in size.
  public static float nearness(float[] one, float[] other) {
    return one.length == other.length ? Vectors.cosine(one, other) : 0;
  }
}
