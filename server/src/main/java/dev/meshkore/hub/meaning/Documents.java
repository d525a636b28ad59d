package dev.meshkore.hub.meaning;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.lucene.document.BinaryDocValuesField;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.LongPoint;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/// How an entry is written: a document for each of its examples, and after them one for itself.
/// They are put and deleted together, so their distances never change.
final class Documents {
  /// All documents of an entry, by its key.
  static final String KEY = "key";

  /// The last of them, by the same.
  static final String MAIN = "main";

  /// The key to be read.
  static final String NAMED = "named";

  static final String TERM = "term";
  static final String NUMBER = "number:";
  static final String MISSING = "missing";
  static final String DIGEST = "digest";
  static final String SOURCE = "source";
  static final String WHOLE = "whole";
  static final String EXAMPLE = "example";

  /// How many documents after an example's its entry's comes.
  static final String DISTANCE = "distance";

  /// A thousand times.
  static final String COHERENCE = "coherence";

  /// A thousand times how much of the whole is what the entry says of itself.
  static final String OWN = "own";

  /// A thousand times how much its examples tell.
  static final String TAUGHT = "taught";

  static final String PIECES = "pieces";

  private static final VectorSimilarityFunction NEAR = VectorSimilarityFunction.DOT_PRODUCT;

  private Documents() {}

  static List<Document> of(Entry entry, Optional<Place> known, String digest, byte[] source) {
    var documents = new ArrayList<Document>();
    Place place = known.orElse(null);
    if (place != null) {
      int distance = place.examples().size();
      for (Place.Example example : place.examples()) {
        Document document = found(entry);
        document.add(new KnnFloatVectorField(EXAMPLE, example.vector(), NEAR));
        addPieces(document, example.pieces());
        document.add(new NumericDocValuesField(DISTANCE, distance--));
        documents.add(document);
      }
    }
    Document main = found(entry);
    main.add(new StringField(MAIN, entry.key(), Field.Store.NO));
    main.add(new BinaryDocValuesField(NAMED, new BytesRef(entry.key())));
    main.add(new StoredField(DIGEST, digest));
    main.add(new StoredField(SOURCE, source));
    String text = entry.text() + "\n" + String.join("\n", entry.examples());
    WordFields.addWhole(main, entry.name(), entry.tags(), text);
    WordFields.addSaid(main, entry.name(), entry.tags(), entry.text());
    if (place == null) {
      main.add(new StringField(MISSING, MISSING, Field.Store.NO));
    } else {
      main.add(new KnnFloatVectorField(WHOLE, place.whole(), NEAR));
      main.add(new NumericDocValuesField(COHERENCE, Math.round(1_000 * place.coherence())));
      main.add(new NumericDocValuesField(OWN, Math.round(1_000 * place.own())));
      main.add(new NumericDocValuesField(TAUGHT, Math.round(1_000 * place.taught())));
      addPieces(main, place.pieces());
    }
    documents.add(main);
    return documents;
  }

  /// Where the entry of a main document lies, which has so many examples; empty while it has no
  /// vectors.
  static Optional<Place> place(IndexSearcher searcher, int document, int exampleCount)
      throws IOException {
    LeafReaderContext leaf = leaf(searcher, document);
    int within = document - leaf.docBase;
    float[] whole = vector(leaf, WHOLE, within);
    if (whole == null) {
      return Optional.empty();
    }
    var examples = new ArrayList<Place.Example>();
    for (int i = within - exampleCount; i < within; i++) {
      float[] example = vector(leaf, EXAMPLE, i);
      if (example == null) {
        return Optional.empty();
      }
      examples.add(new Place.Example(example, pieces(leaf, i)));
    }
    byte[] pieces = pieces(leaf, within);
    float coherence = share(leaf, COHERENCE, within);
    return Optional.of(new Place(whole, pieces, examples, coherence, share(leaf, OWN, within)));
  }

  static LeafReaderContext leaf(IndexSearcher searcher, int document) {
    List<LeafReaderContext> leaves = searcher.getLeafContexts();
    return leaves.get(ReaderUtil.subIndex(document, leaves));
  }

  /// The vector of a document of this leaf; null where it has none.
  static float @Nullable [] vector(LeafReaderContext leaf, String field, int within)
      throws IOException {
    FloatVectorValues values = leaf.reader().getFloatVectorValues(field);
    if (values == null || within < 0) {
      return null;
    }
    KnnVectorValues.DocIndexIterator documents = values.iterator();
    return documents.advance(within) == within
        ? values.vectorValue(documents.index()).clone()
        : null;
  }

  /// One of the shares of a main document; 1 where it has none.
  static float share(LeafReaderContext leaf, String field, int within) throws IOException {
    NumericDocValues values = leaf.reader().getNumericDocValues(field);
    return values != null && values.advanceExact(within) ? values.longValue() / 1_000f : 1;
  }

  /// The pieces of the text of a document; none where the model told nothing of them.
  static byte[] pieces(LeafReaderContext leaf, int within) throws IOException {
    BinaryDocValues values = leaf.reader().getBinaryDocValues(PIECES);
    if (values == null || within < 0 || !values.advanceExact(within)) {
      return Pieces.NONE;
    }
    BytesRef bytes = values.binaryValue();
    return Arrays.copyOfRange(bytes.bytes, bytes.offset, bytes.offset + bytes.length);
  }

  /// The key of the entry of a main document.
  static String key(IndexSearcher searcher, int document) throws IOException {
    LeafReaderContext leaf = leaf(searcher, document);
    BinaryDocValues keys = leaf.reader().getBinaryDocValues(NAMED);
    if (keys == null || !keys.advanceExact(document - leaf.docBase)) {
      throw new IllegalStateException("An entry has no key");
    }
    return keys.binaryValue().utf8ToString();
  }

  private static void addPieces(Document document, byte[] pieces) {
    if (pieces.length > 0) {
      document.add(new BinaryDocValuesField(PIECES, new BytesRef(pieces)));
    }
  }

  private static Document found(Entry entry) {
    var document = new Document();
    document.add(new StringField(KEY, entry.key(), Field.Store.NO));
    entry.terms().forEach(term -> document.add(new StringField(TERM, term, Field.Store.NO)));
    entry.numbers().forEach((name, number) -> document.add(new LongPoint(NUMBER + name, number)));
    return document;
  }
}
