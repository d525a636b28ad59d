package dev.meshkore.hub.meaning;

import java.util.Arrays;
import java.util.List;

/// An embedder whose vector of a text has nothing to do with its words. Only the pieces, a word
/// each, tell what it says.
final class BlurredEmbedder implements Embedder {
  @Override
  public String model() {
    return "blurred";
  }

  @Override
  public List<float[]> vectors(List<String> texts) {
    return readings(texts).stream().map(Reading::vector).toList();
  }

  @Override
  public List<Reading> readings(List<String> texts) {
    return texts.stream().map(BlurredEmbedder::reading).toList();
  }

  private static Reading reading(String text) {
    List<Reading.Piece> pieces =
        Arrays.stream(text.split("[^\\p{L}]+"))
            .map(word -> new Reading.Piece(WordEmbedder.vector(word), word.length() < 4 ? 0 : 1))
            .toList();
    return new Reading(WordEmbedder.vector(Integer.toHexString(text.hashCode())), pieces);
  }

  @Override
  public boolean knows(String word) {
    return word.equals("cared");
  }

  @Override
  public void close() {
    // It holds nothing.
  }
}
