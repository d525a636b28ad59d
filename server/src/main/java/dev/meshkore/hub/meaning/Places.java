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
  /// where they say the same and near 0 where they say anything, and which counts the less the
  /// fewer they are.
  private static final float SAYS = 1 / 3f;

  private static final int TEXTS_AT_ONCE = 32;

  private final Embedder embedder;
  private final Shared passages;
  private final Shared requests;
  private final double chance;

  /// What texts of a kind share.
  ///
  /// @param whole the middle of their vectors
  /// @param piece the middle of those of their pieces
  private record Shared(float[] whole, float[] piece) {
    static Shared of(List<Reading> readings) {
      float[] whole = Vectors.middle(readings.stream().map(Reading::vector).toList());
      List<float[]> pieces =
          readings.stream()
              .flatMap(reading -> reading.pieces().stream())
              .map(Reading.Piece::vector)
              .toList();
      return new Shared(whole, pieces.isEmpty() ? new float[whole.length] : Vectors.middle(pieces));
    }
  }

  /// Asks the embedder for the middles, which takes about a second.
  ///
  /// @throws Embedder.NoVectors when it has none now
  Places(Embedder embedder) {
    this.embedder = embedder;
    List<Reading> passagesRead = embedder.readings(lines("passages.txt"));
    List<Reading> requestsRead = embedder.readings(lines("requests.txt"));
    this.passages = Shared.of(passagesRead);
    this.requests = Shared.of(requestsRead);
    this.chance = chance(passagesRead, requestsRead);
  }

  /// How near everyday requests and descriptions are by their pieces. Nearly all that meet here
  /// have nothing to do with each other.
  private double chance(List<Reading> described, List<Reading> asked) {
    double sum = 0;
    for (Reading one : asked) {
      Wording wording = Wording.of(one, requests.piece());
      for (Reading other : described) {
        sum += wording.nearness(Pieces.of(List.of(other), passages.piece()));
      }
    }
    return sum / asked.size() / described.size();
  }

  /// How many numbers a vector has.
  int size() {
    return passages.whole().length;
  }

  /// False for a word that the model can only guess at.
  boolean knows(String word) {
    return embedder.knows(word);
  }

  /// Where a request lies.
  ///
  /// @throws Embedder.NoVectors when that cannot be known now
  Sought of(String request) {
    Reading reading = embedder.readings(List.of(request)).getFirst();
    float[] whole = Vectors.rest(reading.vector(), requests.whole());
    return new Sought(whole, Wording.of(reading, requests.piece()), chance);
  }

  /// Where entries lie, in their order. Few texts are read at once: what a model tells of the
  /// pieces of one may be half a megabyte.
  ///
  /// @throws Embedder.NoVectors when that cannot be known now
  List<Place> of(List<Entry> entries) {
    var places = new ArrayList<Place>();
    int start = 0;
    while (start < entries.size()) {
      int end = start;
      int texts = 0;
      while (end < entries.size() && texts < TEXTS_AT_ONCE) {
        texts += 2 + entries.get(end).examples().size();
        end++;
      }
      places.addAll(together(entries.subList(start, end)));
      start = end;
    }
    return places;
  }

  private List<Place> together(List<Entry> entries) {
    var texts = new ArrayList<String>();
    for (Entry entry : entries) {
      texts.add(names(entry));
      texts.add(said(entry));
      texts.addAll(entry.examples());
    }
    List<Reading> readings = embedder.readings(texts);
    var places = new ArrayList<Place>();
    int start = 0;
    for (Entry entry : entries) {
      int end = start + 2 + entry.examples().size();
      places.add(place(readings.subList(start, end), entry.text().isBlank()));
      start = end;
    }
    return places;
  }

  private Place place(List<Reading> readings, boolean isNamedOnly) {
    float[] says = readings.get(1).vector().clone();
    Vectors.add(says, readings.get(0).vector(), NAMES);
    float[] whole = Vectors.rest(Vectors.unit(says), passages.whole());
    byte[] pieces = Pieces.of(readings.subList(0, isNamedOnly ? 1 : 2), passages.piece());
    var examples = new ArrayList<Place.Example>();
    for (Reading reading : readings.subList(2, readings.size())) {
      float[] vector = Vectors.rest(reading.vector(), requests.whole());
      examples.add(new Place.Example(vector, Pieces.of(List.of(reading), requests.piece())));
    }
    if (examples.isEmpty()) {
      return new Place(whole, pieces, examples, 1, 1);
    }
    float[] middle = Vectors.middle(examples.stream().map(Place.Example::vector).toList());
    float coherence = (float) Math.sqrt(Vectors.cosine(middle, middle));
    float taught = Place.taught(examples.size());
    float[] sum = new float[whole.length];
    Vectors.add(sum, middle, taught);
    Vectors.add(sum, whole, SAYS);
    float own = SAYS / (SAYS + taught * coherence);
    return new Place(Vectors.unit(sum), pieces, examples, coherence, own);
  }

  private static String said(Entry entry) {
    return entry.text().isBlank() ? names(entry) : entry.text();
  }

  private static String names(Entry entry) {
    String name = entry.name().replaceAll("[-_.]+", " ").strip();
    return entry.tags().isEmpty() ? name : name + ", " + String.join(", ", entry.tags());
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
