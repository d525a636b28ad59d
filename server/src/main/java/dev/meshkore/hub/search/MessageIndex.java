package dev.meshkore.hub.search;

import dev.meshkore.hub.relay.Transcript;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.LongField;
import org.apache.lucene.document.LongPoint;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.MergeScheduler;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.TieredMergePolicy;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;

/// The words of messages in files of their own, with the place in the journal of each message and
/// who may read it; no text. What it has come to is stored with it in one step. Made anew from the
/// journal where it is missing. One thread at a time.
final class MessageIndex implements AutoCloseable {
  static final String TEXT = "text";
  static final String PLACE = "place";
  static final String AGENT = "agent";
  static final String CHANNEL = "channel";
  static final String FROM = "from";
  static final String SENT_AT = "sent_at";
  static final String EXPIRES_AT = "expires_at";

  /// What this index has taken up.
  ///
  /// @param mark the journal's rows
  /// @param erased how many of the erasures
  record Progress(Transcript.Mark mark, long erased) {}

  private static final String FORM = "1";
  private static final double BUFFER_MB = 16;

  /// An erasure writes the segment anew that had the message, so none is large.
  private static final double SEGMENT_MB = 64;

  private static final int ROUNDS_MAX = 10;
  private static final int OFFSET_BITS = 25;

  private final Directory directory;
  private final IndexWriter writer;
  private final SearcherManager searchers;
  private Progress progress;

  /// Opens the index in a folder, and begins a new one where `startsAnew`.
  ///
  /// @param erased what counts as erased already for a new one
  MessageIndex(Path folder, boolean startsAnew, long erased) throws IOException {
    this(folder, startsAnew, erased, new SerialMergeScheduler());
  }

  /// The same, whose merges are run by `scheduler`.
  MessageIndex(Path folder, boolean startsAnew, long erased, MergeScheduler scheduler)
      throws IOException {
    this.directory = FSDirectory.open(folder);
    var merges = new TieredMergePolicy();
    merges.setMaxMergedSegmentMB(SEGMENT_MB);
    merges.setForceMergeDeletesPctAllowed(0);
    var config =
        new IndexWriterConfig(Words.ANALYZER)
            .setRAMBufferSizeMB(BUFFER_MB)
            .setMergePolicy(merges)
            .setMergeScheduler(scheduler)
            .setCommitOnClose(false)
            .setOpenMode(
                startsAnew
                    ? IndexWriterConfig.OpenMode.CREATE
                    : IndexWriterConfig.OpenMode.CREATE_OR_APPEND);
    this.writer = new IndexWriter(directory, config);
    this.searchers = new SearcherManager(writer, null);
    this.progress = read(writer, erased);
  }

  /// Where it has come to.
  Progress progress() {
    return progress;
  }

  /// Whether what is there is of another form.
  static boolean isReadable(Path folder) {
    try (var directory = FSDirectory.open(folder)) {
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

  /// Adds messages; they can be found after [#refresh].
  void add(List<Transcript.Message> messages, Transcript.Mark mark) throws IOException {
    for (Transcript.Message message : messages) {
      Said said = Said.of(message.content());
      if (!said.texts().isEmpty()) {
        writer.addDocument(document(message, said));
      }
    }
    progress = new Progress(mark, progress.erased());
  }

  /// Takes messages out, and their words out of the files.
  void erase(List<Transcript.Erased> erased) throws IOException {
    for (Transcript.Erased one : erased) {
      long place = place(one.position(), one.offset());
      writer.deleteDocuments(LongField.newExactQuery(PLACE, place));
    }
    mergeOut();
    progress = new Progress(progress.mark(), erased.getLast().number());
    commit();
    refresh();
    writer.deleteUnusedFiles();
  }

  /// A merge that runs already leaves the words where they are and a mark at them, so once may not
  /// be enough.
  private void mergeOut() throws IOException {
    int rounds = 0;
    do {
      if (rounds++ == ROUNDS_MAX) {
        throw new IOException("Erased words cannot be merged out of the index");
      }
      writer.forceMergeDeletes();
    } while (writer.hasDeletions());
  }

  /// Stores it as it is.
  void commit() throws IOException {
    var data = new HashMap<String, String>();
    data.put("form", FORM);
    data.put("xact", Long.toString(progress.mark().xact()));
    data.put("position", Long.toString(progress.mark().position()));
    data.put("erased", Long.toString(progress.erased()));
    writer.setLiveCommitData(data.entrySet());
    writer.commit();
  }

  /// Lets what was added be found. This may merge, so searches do not do it.
  void refresh() throws IOException {
    searchers.maybeRefreshBlocking();
  }

  /// What searches; any thread may.
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

  /// A message's place as one number that grows with the journal.
  static long place(long position, int offset) {
    return position << OFFSET_BITS | offset;
  }

  static Transcript.Place place(long number) {
    return new Transcript.Place(number >>> OFFSET_BITS, (int) (number & ((1L << OFFSET_BITS) - 1)));
  }

  private static Document document(Transcript.Message message, Said said) {
    var document = new Document();
    document.add(new LongField(PLACE, place(message.position(), message.offset()), Field.Store.NO));
    if (message.channel() == 0) {
      document.add(term(AGENT, message.sender()));
      document.add(term(AGENT, message.recipient()));
    } else {
      document.add(term(CHANNEL, message.channel()));
    }
    document.add(term(FROM, message.sender()));
    document.add(new LongPoint(SENT_AT, said.sentAtMs()));
    if (message.expiresAtMs() != 0) {
      document.add(new LongPoint(EXPIRES_AT, message.expiresAtMs()));
    }
    said.texts().forEach(text -> document.add(new TextField(TEXT, text, Field.Store.NO)));
    return document;
  }

  private static Field term(String name, long number) {
    return new StringField(name, Long.toString(number), Field.Store.NO);
  }

  private static Progress read(IndexWriter writer, long erased) {
    var data = new HashMap<String, String>();
    Iterable<Map.Entry<String, String>> stored = writer.getLiveCommitData();
    if (stored != null) {
      stored.forEach(entry -> data.put(entry.getKey(), entry.getValue()));
    }
    if (!data.containsKey("position")) {
      return new Progress(Transcript.Mark.START, erased);
    }
    var mark = new Transcript.Mark(number(data, "xact"), number(data, "position"));
    return new Progress(mark, number(data, "erased"));
  }

  private static long number(Map<String, String> data, String name) {
    return Long.parseLong(data.getOrDefault(name, "0"));
  }
}
