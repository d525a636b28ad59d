package dev.meshkore.hub.meaning;

import java.io.IOException;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.KnnVectorsWriter;
import org.apache.lucene.codecs.lucene104.Lucene104Codec;
import org.apache.lucene.codecs.lucene104.Lucene104HnswScalarQuantizedVectorsFormat;
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.index.SegmentWriteState;

/// Lucene's own format of files, in which vectors are searched in a quarter of their size and by a
/// graph, and may be as long as those of large models.
final class VectorCodec extends Lucene104Codec {
  /// The most numbers a vector may have.
  static final int SIZE_MAX = 4_096;

  private static final int NEIGHBOURS = 16;
  private static final int LOOKED_AT = 100;

  private final KnnVectorsFormat format = new Wide();

  @Override
  public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
    return format;
  }

  private static final class Wide extends KnnVectorsFormat {
    private final KnnVectorsFormat format =
        new Lucene104HnswScalarQuantizedVectorsFormat(NEIGHBOURS, LOOKED_AT);

    Wide() {
      super(Lucene104HnswScalarQuantizedVectorsFormat.NAME);
    }

    @Override
    public KnnVectorsWriter fieldsWriter(SegmentWriteState state) throws IOException {
      return format.fieldsWriter(state);
    }

    @Override
    public KnnVectorsReader fieldsReader(SegmentReadState state) throws IOException {
      return format.fieldsReader(state);
    }

    @Override
    public int getMaxDimensions(String field) {
      return SIZE_MAX;
    }
  }
}
