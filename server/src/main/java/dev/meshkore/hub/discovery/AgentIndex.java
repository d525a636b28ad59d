package dev.meshkore.hub.discovery;

import dev.meshkore.hub.identity.Agent;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.meaning.WordFields;
import dev.meshkore.hub.meaning.WordQuery;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.lucene.document.LongField;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.FieldDoc;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopFieldCollectorManager;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/// An index of all agents in memory. The first search builds it; each search first takes over the
/// profiles that changed since the last. Thread-safe.
final class AgentIndex implements AutoCloseable {
  /// One agent found, and its place in the list.
  record Hit(long number, Place place) {}

  /// Lucene warns that vectors could be faster; there are none here. Held, or the level is lost.
  private static final Logger VECTORS =
      Logger.getLogger("org.apache.lucene.internal.vectorization.VectorizationProvider");

  private static final int CHANGES_AT_ONCE = 5_000;
  private static final double BUFFER_MB = 32;
  private static final Sort BY_ID = new Sort(new SortField(IndexFields.ID, SortField.Type.STRING));
  private static final Sort BY_RELEVANCE =
      new Sort(SortField.FIELD_SCORE, new SortField(IndexFields.ID, SortField.Type.STRING));

  private final Agents agents;
  private final ReentrantLock updating = new ReentrantLock();
  private volatile @Nullable Opened opened;
  private long versionRead;

  AgentIndex(Agents agents) {
    this.agents = agents;
    VECTORS.setLevel(Level.SEVERE);
  }

  /// The agents wanted, of whom these are online; by relevance where words are given, else by id.
  List<Hit> search(Wanted wanted, Set<Long> online) {
    try {
      Opened index = current();
      IndexSearcher searcher = index.searchers().acquire();
      try {
        return search(searcher, wanted, online);
      } finally {
        index.searchers().release(searcher);
      }
    } catch (IOException cause) {
      throw new UncheckedIOException("The index of agents failed", cause);
    }
  }

  @Override
  public void close() {
    updating.lock();
    try {
      Opened index = opened;
      if (index != null) {
        index.searchers().close();
        index.writer().rollback();
      }
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    } finally {
      updating.unlock();
    }
  }

  private Opened current() throws IOException {
    updating.lock();
    try {
      Opened index = opened;
      if (index == null) {
        index = Opened.empty();
        opened = index;
      }
      boolean hasChanged = false;
      boolean more = true;
      while (more) {
        List<Agent> changed = agents.changedSince(versionRead, CHANGES_AT_ONCE);
        for (Agent agent : changed) {
          index
              .writer()
              .updateDocument(new Term(IndexFields.ID, agent.id()), IndexFields.of(agent));
          versionRead = agent.version();
        }
        hasChanged |= !changed.isEmpty();
        more = changed.size() == CHANGES_AT_ONCE;
      }
      if (hasChanged) {
        index.searchers().maybeRefreshBlocking();
      }
      return index;
    } finally {
      updating.unlock();
    }
  }

  private static List<Hit> search(IndexSearcher searcher, Wanted wanted, Set<Long> online)
      throws IOException {
    boolean isByRelevance = wanted.words().isPresent();
    FieldDoc after =
        wanted.after().map(place -> after(searcher, place, isByRelevance)).orElse(null);
    var collectors =
        new TopFieldCollectorManager(
            isByRelevance ? BY_RELEVANCE : BY_ID, wanted.limit(), after, wanted.limit());
    Query query = query(searcher, wanted, online);
    ScoreDoc[] found = searcher.search(query, collectors).scoreDocs;
    var hits = new ArrayList<Hit>(found.length);
    for (ScoreDoc one : found) {
      hits.add(hit(searcher, (FieldDoc) one, isByRelevance));
    }
    return hits;
  }

  private static Query query(IndexSearcher searcher, Wanted wanted, Set<Long> online)
      throws IOException {
    var query = new BooleanQuery.Builder();
    String words = wanted.words().orElse(null);
    query.add(
        words == null
            ? MatchAllDocsQuery.INSTANCE
            : WordQuery.ofNamed(words, searcher.getIndexReader(), IndexFields.ID),
        Occur.MUST);
    wanted
        .capability()
        .map(IndexFields::folded)
        .map(capability -> new TermQuery(new Term(IndexFields.CAPABILITY, capability)))
        .ifPresent(term -> query.add(term, Occur.FILTER));
    Standing standing = wanted.standing();
    if (standing != Standing.ALL) {
      long[] numbers = online.stream().mapToLong(Long::longValue).toArray();
      Query isOnline = LongField.newSetQuery(IndexFields.NUMBER, numbers);
      query.add(isOnline, standing.needsOnline() ? Occur.FILTER : Occur.MUST_NOT);
    }
    if (!standing.said().isEmpty()) {
      query.add(new TermQuery(new Term(IndexFields.STATUS, standing.said())), Occur.FILTER);
    }
    return query.build();
  }

  /// Ids are unique, so that the document's own number never decides.
  private static FieldDoc after(IndexSearcher searcher, Place place, boolean isByRelevance) {
    var id = new BytesRef(place.agentId());
    Object[] values = isByRelevance ? new Object[] {place.score(), id} : new Object[] {id};
    return new FieldDoc(searcher.getIndexReader().maxDoc(), place.score(), values);
  }

  private static Hit hit(IndexSearcher searcher, FieldDoc found, boolean isByRelevance)
      throws IOException {
    List<LeafReaderContext> leaves = searcher.getLeafContexts();
    LeafReaderContext leaf = leaves.get(ReaderUtil.subIndex(found.doc, leaves));
    NumericDocValues numbers =
        DocValues.unwrapSingleton(DocValues.getSortedNumeric(leaf.reader(), IndexFields.NUMBER));
    numbers.advanceExact(found.doc - leaf.docBase);
    float score = isByRelevance ? (Float) found.fields[0] : 0;
    var id = (BytesRef) found.fields[found.fields.length - 1];
    return new Hit(numbers.longValue(), new Place(score, id.utf8ToString()));
  }

  private record Opened(IndexWriter writer, SearcherManager searchers) {
    static Opened empty() throws IOException {
      var config =
          new IndexWriterConfig(WordFields.ANALYZER)
              .setRAMBufferSizeMB(BUFFER_MB)
              .setMergeScheduler(new SerialMergeScheduler());
      var writer = new IndexWriter(new ByteBuffersDirectory(), config);
      return new Opened(writer, new SearcherManager(writer, null));
    }
  }
}
