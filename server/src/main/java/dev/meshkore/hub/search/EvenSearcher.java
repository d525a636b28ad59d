package dev.meshkore.hub.search;

import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.CollectionStatistics;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.TermStatistics;

/// Scores a message by itself: every word counts as common as any other, and messages as long as
/// these constants say. What the index knows of both comes from everybody's messages, and a score
/// is handed out.
final class EvenSearcher extends IndexSearcher {
  private static final long MESSAGES = 1_000;
  private static final long WORDS = 32 * MESSAGES;
  private static final long MESSAGES_WITH_WORD = 10;

  EvenSearcher(IndexReader reader) {
    super(reader);
  }

  @Override
  public TermStatistics termStatistics(Term term, int docFreq, long totalTermFreq) {
    return new TermStatistics(term.bytes(), MESSAGES_WITH_WORD, MESSAGES_WITH_WORD);
  }

  @Override
  public CollectionStatistics collectionStatistics(String field) {
    return new CollectionStatistics(field, MESSAGES, MESSAGES, WORDS, WORDS);
  }
}
