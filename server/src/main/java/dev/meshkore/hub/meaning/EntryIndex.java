package dev.meshkore.hub.meaning;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.lucene.document.Document;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.BytesRef;
import tools.jackson.databind.json.JsonMapper;

/// Entries in files of their own: words, terms, numbers, and vectors of one model. Made anew from
/// its source where it is missing. One thread writes at a time; any may search.
final class EntryIndex implements AutoCloseable {
  /// Lucene warns that vectors could be faster with an incubating module. Held, or the level is
  /// lost.
  private static final Logger VECTORS =
      Logger.getLogger("org.apache.lucene.internal.vectorization.VectorizationProvider");

  private static final String FORM = "3";
  private static final double BUFFER_MB = 64;
  private static final JsonMapper JSON = new JsonMapper();

  private final Directory directory;
  private final IndexWriter writer;
  private final SearcherManager searchers;

  private EntryIndex(Directory directory) throws IOException {
    VECTORS.setLevel(Level.SEVERE);
    this.directory = directory;
    var config =
        new IndexWriterConfig(WordFields.ANALYZER)
            .setCodec(new VectorCodec())
            .setRAMBufferSizeMB(BUFFER_MB)
            .setCommitOnClose(false);
    this.writer = new IndexWriter(directory, config);
    this.searchers = new SearcherManager(writer, null);
  }

  /// Opens the index in a folder; what cannot be read is made anew.
  static EntryIndex open(Path folder) throws IOException {
    Files.createDirectories(folder);
    Directory directory = FSDirectory.open(folder);
    if (!isReadable(directory)) {
      for (String file : directory.listAll()) {
        directory.deleteFile(file);
      }
    }
    return new EntryIndex(directory);
  }

  /// The version to which it has stored everything.
  long version() {
    Iterable<Map.Entry<String, String>> stored = writer.getLiveCommitData();
    if (stored != null) {
      for (Map.Entry<String, String> one : stored) {
        if (one.getKey().equals("version")) {
          return Long.parseLong(one.getValue());
        }
      }
    }
    return 0;
  }

  /// Puts an entry in the place of the one there is; it can be found after [#refresh].
  void put(Entry entry, Optional<Place> place) throws IOException {
    String digest = digest(entry);
    byte[] source = JSON.writeValueAsBytes(entry);
    List<Document> documents = Documents.of(entry, place, digest, source);
    writer.updateDocuments(new Term(Documents.KEY, entry.key()), documents);
  }

  /// Takes an entry out.
  void remove(String key) throws IOException {
    writer.deleteDocuments(new Term(Documents.KEY, key));
  }

  /// Where this entry lies, if another of the same texts is there under its key.
  Optional<Place> known(Entry entry) throws IOException {
    IndexSearcher searcher = searchers.acquire();
    try {
      int document = main(searcher, entry.key());
      if (document < 0) {
        return Optional.empty();
      }
      String before = searcher.storedFields().document(document).get(Documents.DIGEST);
      return digest(entry).equals(before)
          ? Documents.place(searcher, document, entry.examples().size())
          : Optional.empty();
    } finally {
      searchers.release(searcher);
    }
  }

  /// The entry of this key as it was put last and can be found.
  Optional<Entry> entry(String key) throws IOException {
    IndexSearcher searcher = searchers.acquire();
    try {
      int document = main(searcher, key);
      if (document < 0) {
        return Optional.empty();
      }
      BytesRef source = searcher.storedFields().document(document).getBinaryValue(Documents.SOURCE);
      return Optional.of(JSON.readValue(BytesRef.deepCopyOf(source).bytes, Entry.class));
    } finally {
      searchers.release(searcher);
    }
  }

  /// The keys of all that have no vectors.
  List<String> withoutPlace() throws IOException {
    var keys = new ArrayList<String>();
    IndexSearcher searcher = searchers.acquire();
    try {
      for (LeafReaderContext leaf : searcher.getLeafContexts()) {
        Terms terms = leaf.reader().terms(Documents.MISSING);
        TermsEnum term = terms == null ? null : terms.iterator();
        if (term == null || term.next() == null) {
          continue;
        }
        Bits live = leaf.reader().getLiveDocs();
        PostingsEnum documents = term.postings(null, PostingsEnum.NONE);
        int document = documents.nextDoc();
        while (document != DocIdSetIterator.NO_MORE_DOCS) {
          if (live == null || live.get(document)) {
            keys.add(Documents.key(searcher, leaf.docBase + document));
          }
          document = documents.nextDoc();
        }
      }
      return keys;
    } finally {
      searchers.release(searcher);
    }
  }

  /// Stores it as it is, as what is known up to a version.
  void commit(long version) throws IOException {
    var data = Map.of("form", FORM, "version", Long.toString(version));
    writer.setLiveCommitData(data.entrySet());
    writer.commit();
  }

  /// Lets what was put be found.
  void refresh() throws IOException {
    searchers.maybeRefreshBlocking();
  }

  /// What searches.
  SearcherManager searchers() {
    return searchers;
  }

  @Override
  public void close() throws IOException {
    try (directory) {
      searchers.close();
      writer.rollback();
    }
  }

  private static int main(IndexSearcher searcher, String key) throws IOException {
    var query = new TermQuery(new Term(Documents.MAIN, key));
    ScoreDoc[] found = searcher.search(query, 1).scoreDocs;
    return found.length == 0 ? -1 : found[0].doc;
  }

  private static boolean isReadable(Directory directory) {
    try {
      if (!DirectoryReader.indexExists(directory)) {
        return true;
      }
      try (var reader = DirectoryReader.open(directory)) {
        return FORM.equals(reader.getIndexCommit().getUserData().get("form"));
      }
    } catch (IOException | IllegalArgumentException _) {
      return false;
    }
  }

  private static String digest(Entry entry) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      var texts = new ArrayList<>(List.of(entry.name(), entry.text()));
      texts.add(String.join("\n", entry.tags()));
      texts.addAll(entry.examples());
      for (String text : texts) {
        digest.update(text.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
