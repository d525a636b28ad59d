package dev.meshkore.hub.meaning;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// An embedder whose vectors are the sum of a direction for each word: texts that share words lie
/// near. It counts what it is asked for.
final class WordEmbedder implements Embedder {
  static final int SIZE = 64;

  final AtomicInteger texts = new AtomicInteger();

  /// A text with one of these words is not taken.
  final Set<String> refused = ConcurrentHashMap.newKeySet();

  private final String model;

  WordEmbedder(String model) {
    this.model = model;
  }

  @Override
  public String model() {
    return model;
  }

  @Override
  public List<float[]> vectors(List<String> all) {
    texts.addAndGet(all.size());
    if (all.stream().anyMatch(text -> refused.stream().anyMatch(text::contains))) {
      throw new NotTaken("A text is not taken");
    }
    var vectors = new ArrayList<float[]>();
    all.forEach(text -> vectors.add(vector(text)));
    return vectors;
  }

  static float[] vector(String text) {
    float[] vector = new float[SIZE];
    for (String word : (text + " a").toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}]+")) {
      var random = new SplittableRandom(word.hashCode());
      for (int i = 0; i < SIZE; i++) {
        vector[i] += (float) random.nextGaussian();
      }
    }
    return Vectors.unit(vector);
  }

  @Override
  public void close() {
    // It holds nothing.
  }
}
