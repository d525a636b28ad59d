package dev.meshkore.hub.meaning;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Makes vectors of entries and requests with an embedder. What all texts have in common is taken
/// out: the middle of everyday descriptions, and that of everyday requests. Else a text that is
/// near to the middle would be near to everything. Thread-safe.
final class Places {
  /// How much of the entry's name and tags goes into what it says of itself.
  private static final float NAMES = 0.3f;

  /// How much of that goes into the whole beside the middle of the examples, whose length is 1
  /// where they say the same and near 0 where they say anything.
  private static final float SAYS = 0.5f;

  private final Embedder embedder;
  private final float[] middleOfPassages;
  private final float[] middleOfRequests;

  /// Asks the embedder for the middles, which takes about a second.
  ///
  /// @throws Embedder.NoVectors when it has none now
  Places(Embedder embedder) {
    this.embedder = embedder;
    this.middleOfPassages = middle(embedder.vectors(lines("passages.txt")));
    this.middleOfRequests = middle(embedder.vectors(lines("requests.txt")));
  }

  /// How many numbers a vector has.
  int size() {
    return middleOfPassages.length;
  }

  /// Where a request lies.
  ///
  /// @throws Embedder.NoVectors when that cannot be known now
  float[] of(String request) {
    return without(embedder.vectors(List.of(request)).getFirst(), middleOfRequests);
  }

  /// Where entries lie, in their order.
  ///
  /// @throws Embedder.NoVectors when that cannot be known now
  List<Place> of(List<Entry> entries) {
    var texts = new ArrayList<String>();
    for (Entry entry : entries) {
      texts.add(names(entry));
      texts.add(entry.text().isBlank() ? names(entry) : entry.text());
      texts.addAll(entry.examples());
    }
    List<float[]> vectors = embedder.vectors(texts);
    var places = new ArrayList<Place>();
    int start = 0;
    for (Entry entry : entries) {
      int end = start + 2 + entry.examples().size();
      places.add(place(vectors.subList(start, end)));
      start = end;
    }
    return places;
  }

  private Place place(List<float[]> vectors) {
    float[] says = vectors.get(1).clone();
    add(says, vectors.get(0), NAMES);
    float[] whole = without(Vectors.unit(says), middleOfPassages);
    var examples = new ArrayList<float[]>();
    for (float[] vector : vectors.subList(2, vectors.size())) {
      examples.add(without(vector, middleOfRequests));
    }
    if (examples.isEmpty()) {
      return new Place(whole, examples, 1);
    }
    float[] middle = middle(examples);
    float coherence = (float) Math.sqrt(Vectors.cosine(middle, middle));
    add(middle, whole, SAYS);
    return new Place(Vectors.unit(middle), examples, coherence);
  }

  private static String names(Entry entry) {
    String name = entry.name().replaceAll("[-_.]+", " ").strip();
    return entry.tags().isEmpty() ? name : name + ", " + String.join(", ", entry.tags());
  }

  private static float[] without(float[] vector, float[] middle) {
    float[] rest = vector.clone();
    add(rest, middle, -1);
    return Vectors.unit(rest);
  }

  private static void add(float[] to, float[] other, float weight) {
    if (to.length != other.length) {
      throw new Embedder.NoVectors("Vectors of one model differ in size");
    }
    for (int i = 0; i < to.length; i++) {
      to[i] += weight * other[i];
    }
  }

  private static float[] middle(List<float[]> vectors) {
    float[] middle = new float[vectors.getFirst().length];
    vectors.forEach(vector -> add(middle, vector, 1f / vectors.size()));
    return middle;
  }

  private static List<String> lines(String name) {
    try (InputStream in = Places.class.getResourceAsStream("/meaning/" + name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is not in the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
