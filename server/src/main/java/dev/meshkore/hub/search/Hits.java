package dev.meshkore.hub.search;

import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.relay.Transcript;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.apache.lucene.document.LongField;
import org.apache.lucene.document.LongPoint;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.FieldDoc;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.PhraseQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.search.SortedNumericSelector;
import org.apache.lucene.search.TermInSetQuery;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopFieldCollectorManager;
import org.apache.lucene.util.BytesRef;

/// One search: what is wanted, of what one agent may read, in a bounded time.
///
/// @param wanted what is looked for
/// @param reader what the caller may read
/// @param nowMs the time, for what expires
/// @param nanoTime how time passes
record Hits(Wanted wanted, Transcript.Reader reader, long nowMs, LongSupplier nanoTime) {
  /// A message found.
  ///
  /// @param place where it is
  /// @param cursor what follows it
  record Hit(Transcript.Place place, Cursor cursor) {}

  private static final long NANOS_MAX = 2_000_000_000L;
  private static final SortField PLACE_DOWN =
      LongField.newSortField(MessageIndex.PLACE, true, SortedNumericSelector.Type.MIN);

  /// Those found, in order.
  ///
  /// @throws Refused when it takes too long
  List<Hit> of(IndexSearcher searcher) throws IOException {
    long end = nanoTime.getAsLong() + NANOS_MAX;
    searcher.setTimeout(() -> nanoTime.getAsLong() - end > 0);
    boolean isNewestFirst = wanted.isNewestFirst();
    Sort sort = isNewestFirst ? new Sort(PLACE_DOWN) : new Sort(SortField.FIELD_SCORE, PLACE_DOWN);
    FieldDoc after =
        wanted.after().map(cursor -> after(searcher, cursor, isNewestFirst)).orElse(null);
    var collectors = new TopFieldCollectorManager(sort, wanted.limit(), after, wanted.limit());
    ScoreDoc[] found = searcher.search(query(), collectors).scoreDocs;
    if (searcher.timedOut()) {
      throw Refused.later(ProblemType.BUSY, "This search takes too long; look for less", 1);
    }
    var hits = new ArrayList<Hit>(found.length);
    for (ScoreDoc one : found) {
      Object[] fields = ((FieldDoc) one).fields;
      long place = (Long) fields[fields.length - 1];
      float score = isNewestFirst ? 0 : (Float) fields[0];
      hits.add(new Hit(MessageIndex.place(place), new Cursor(score, place)));
    }
    return hits;
  }

  private static FieldDoc after(IndexSearcher searcher, Cursor cursor, boolean isNewestFirst) {
    Object[] values =
        isNewestFirst
            ? new Object[] {cursor.place()}
            : new Object[] {cursor.score(), cursor.place()};
    return new FieldDoc(searcher.getIndexReader().maxDoc(), cursor.score(), values);
  }

  private Query query() {
    var query = new BooleanQuery.Builder();
    for (List<String> phrase : wanted.phrases()) {
      query.add(phrase(phrase), Occur.MUST);
    }
    query.add(readable(), Occur.FILTER);
    wanted.from().ifPresent(from -> query.add(term(MessageIndex.FROM, from), Occur.FILTER));
    query.add(
        LongPoint.newRangeQuery(MessageIndex.SENT_AT, wanted.sinceMs(), wanted.beforeMs() - 1),
        Occur.FILTER);
    query.add(
        LongPoint.newRangeQuery(MessageIndex.EXPIRES_AT, Long.MIN_VALUE, nowMs), Occur.MUST_NOT);
    return query.build();
  }

  private static Query phrase(List<String> words) {
    if (words.size() == 1) {
      return new TermQuery(new Term(MessageIndex.TEXT, words.getFirst()));
    }
    var phrase = new PhraseQuery.Builder();
    words.forEach(word -> phrase.add(new Term(MessageIndex.TEXT, word)));
    return phrase.build();
  }

  private Query readable() {
    List<BytesRef> channels =
        reader.channels().stream().map(number -> new BytesRef(Long.toString(number))).toList();
    Query inChannels = new TermInSetQuery(MessageIndex.CHANNEL, channels);
    return new BooleanQuery.Builder()
        .add(term(MessageIndex.AGENT, reader.agent()), Occur.SHOULD)
        .add(inChannels, Occur.SHOULD)
        .build();
  }

  private static Query term(String field, long number) {
    return new TermQuery(new Term(field, Long.toString(number)));
  }
}
