package dev.meshkore.hub.meaning;

import java.util.List;

/// Turns texts into unit vectors that lie close where the texts mean the same. Thread-safe; calls
/// block.
public interface Embedder extends AutoCloseable {
  /// Names the model, and with it all vectors that may be compared; the same for as long as this is
  /// open.
  String model();

  /// The vectors of texts, in the order of the texts; all of one size.
  ///
  /// @throws NoVectors when there are none now
  /// @throws NotTaken when there are none of one of these
  List<float[]> vectors(List<String> texts);

  /// The same, with the pieces of the texts where the model tells of them.
  ///
  /// @throws NoVectors when there are none now
  /// @throws NotTaken when there are none of one of these
  default List<Reading> readings(List<String> texts) {
    return vectors(texts).stream().map(Reading::of).toList();
  }

  /// False for a word, in small letters, that the model can only guess at, so that it may be
  /// misspelt.
  default boolean knows(String word) {
    return true;
  }

  @Override
  void close();

  /// No vectors can be had now. Its message is the hub's own words and holds no secret.
  final class NoVectors extends RuntimeException {
    /// Says why.
    public NoVectors(String reason) {
      super(reason, null, false, false);
    }
  }

  /// The model is there and does not take these texts. It may take others, even some of these. Its
  /// message is the hub's own words, too.
  final class NotTaken extends RuntimeException {
    /// Says why.
    public NotTaken(String reason) {
      super(reason, null, false, false);
    }
  }
}
