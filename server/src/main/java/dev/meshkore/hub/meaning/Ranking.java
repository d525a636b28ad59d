package dev.meshkore.hub.meaning;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.lucene.document.LongPoint;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.FieldExistsQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermInSetQuery;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/// One search of an index: takes the nearest by words, by meaning and by examples, and fuses what
/// speaks for each.
final class Ranking {
  /// What one is known by.
  private static final class Candidate {
    final List<Integer> examplesNear = new ArrayList<>();
    double words;
    double whole;
    double meaning;
    double examples;
    double taught;
  }

  /// How much words count beside meaning. With [#PIECES], [#EXPECTED], the two shares of [Places]
  /// and the half of [Place] this is all that was tuned.
  private static final double WORDS = 0.11;

  /// How much of the meaning of what an entry says of itself is judged by its pieces. The more its
  /// examples make up the whole, the better that knows it already.
  static final double PIECES = 0.6;

  /// Without pieces: how much of an example counts that is nearer than the whole.
  private static final double NEAREST_EXAMPLE = 0.25;

  /// By how much more an entry must be near that has told by examples what it is asked: the middle
  /// of requests is nearer to a request than any description, whoever is meant.
  private static final double EXPECTED = 0.4;

  /// So many are looked at closely, by their pieces.
  private static final int CLOSELY = 100;

  /// What examples lose that have nothing in common: whoever lists everything is near to nothing.
  private static final double SCATTER = 0.3;

  /// Words that match this well, beside how many entries there are, count as half.
  private static final double WORDS_HALF = 1;

  private static final int FIRST = 200;
  private static final int MORE = 8;
  private static final int LAST = 10_000;
  private static final double KEPT_FROM = 0;

  private final IndexSearcher searcher;
  private final Question question;
  private final @Nullable Sought request;

  /// A search; `request` is where the request lies, or null where words alone decide.
  Ranking(IndexSearcher searcher, Question question, @Nullable Sought request) {
    this.searcher = searcher;
    this.question = question;
    this.request = request;
  }

  /// The hits, best first.
  List<Found.Hit> hits() throws IOException {
    int depth = Math.max(FIRST, 2 * question.limit());
    while (true) {
      SortedMap<Integer, Candidate> candidates = candidates(depth);
      List<Found.Hit> hits = accepted(candidates);
      boolean isAll = candidates.size() < depth || depth >= LAST;
      if (hits.size() >= question.limit() || isAll) {
        return hits.subList(0, Math.min(hits.size(), question.limit()));
      }
      depth *= MORE;
    }
  }

  private SortedMap<Integer, Candidate> candidates(int depth) throws IOException {
    var candidates = new TreeMap<Integer, Candidate>();
    Query needs = needs();
    if (question.by() != Question.By.MEANING || request == null) {
      double scale = Math.log(1 + Math.max(1, searcher.getIndexReader().numDocs()));
      for (ScoreDoc one : searcher.search(words(needs), depth).scoreDocs) {
        candidate(candidates, one.doc).words = one.score / scale;
      }
    }
    if (request != null && question.by() != Question.By.WORDS) {
      var whole = new KnnFloatVectorQuery(Documents.WHOLE, request.whole(), depth, needs);
      for (ScoreDoc one : searcher.search(whole, depth).scoreDocs) {
        candidate(candidates, one.doc);
      }
      var example = new KnnFloatVectorQuery(Documents.EXAMPLE, request.whole(), depth / 2, needs);
      for (ScoreDoc one : searcher.search(example, depth / 2).scoreDocs) {
        Candidate entry = candidate(candidates, one.doc + distance(one.doc));
        entry.examplesNear.add(one.doc);
        entry.examples = Math.max(entry.examples, 2 * one.score - 1);
      }
      addMeaning(candidates, request.whole());
      lookClosely(candidates, request);
    }
    return candidates;
  }

  private Query words(Query needs) throws IOException {
    Query words =
        question.text().isBlank()
            ? new FieldExistsQuery(WordFields.STEMS)
            : WordQuery.of(question.text(), searcher.getIndexReader());
    return new BooleanQuery.Builder().add(words, Occur.MUST).add(needs, Occur.FILTER).build();
  }

  private Query needs() {
    var all = new BooleanQuery.Builder().add(MatchAllDocsQuery.INSTANCE, Occur.MUST);
    for (Need need : question.needs()) {
      switch (need) {
        case Need.AnyOf(List<String> terms) -> all.add(anyOf(Documents.TERM, terms), Occur.FILTER);
        case Need.NoneOf(List<String> terms) ->
            all.add(anyOf(Documents.TERM, terms), Occur.MUST_NOT);
        case Need.Between(String name, long least, long most) ->
            all.add(LongPoint.newRangeQuery(Documents.NUMBER + name, least, most), Occur.FILTER);
        case Need.Among(var keys) -> all.add(anyOf(Documents.KEY, keys), Occur.FILTER);
      }
    }
    return all.build();
  }

  private static Query anyOf(String field, Iterable<String> texts) {
    var terms = new ArrayList<BytesRef>();
    texts.forEach(text -> terms.add(new BytesRef(text)));
    return new TermInSetQuery(field, terms);
  }

  private static Candidate candidate(SortedMap<Integer, Candidate> candidates, int document) {
    return candidates.computeIfAbsent(document, _ -> new Candidate());
  }

  private int distance(int document) throws IOException {
    LeafReaderContext leaf = Documents.leaf(searcher, document);
    NumericDocValues distances = leaf.reader().getNumericDocValues(Documents.DISTANCE);
    return distances != null && distances.advanceExact(document - leaf.docBase)
        ? (int) distances.longValue()
        : 0;
  }

  /// Exactly, for those that words found too.
  private void addMeaning(SortedMap<Integer, Candidate> candidates, float[] to) throws IOException {
    for (var one : candidates.entrySet()) {
      LeafReaderContext leaf = Documents.leaf(searcher, one.getKey());
      int within = one.getKey() - leaf.docBase;
      float[] whole = Documents.vector(leaf, Documents.WHOLE, within);
      if (whole != null && whole.length == to.length) {
        Candidate candidate = one.getValue();
        candidate.meaning = Vectors.cosine(whole, to);
        candidate.taught = Documents.share(leaf, Documents.TAUGHT, within);
        candidate.examples = Math.max(0, candidate.examples - scatter(leaf, within));
      }
    }
  }

  private static double scatter(LeafReaderContext leaf, int within) throws IOException {
    return SCATTER * (1 - Documents.share(leaf, Documents.COHERENCE, within));
  }

  /// Blends into the meaning of the best how near their nearest text is by its pieces; where there
  /// are none, and of all others, how near their nearest example is as a whole.
  private void lookClosely(SortedMap<Integer, Candidate> candidates, Sought to) throws IOException {
    record Judged(int document, Candidate candidate) {}

    candidates.values().forEach(Ranking::blendNearestExample);
    var best = new ArrayList<Judged>();
    candidates.forEach((document, candidate) -> best.add(new Judged(document, candidate)));
    best.sort(Comparator.<Judged>comparingDouble(one -> score(one.candidate())).reversed());
    int most = Math.max(CLOSELY, question.limit());
    for (Judged one : best.subList(0, Math.min(most, best.size()))) {
      Candidate candidate = one.candidate();
      LeafReaderContext leaf = Documents.leaf(searcher, one.document());
      int within = one.document() - leaf.docBase;
      byte[] own = Documents.pieces(leaf, within);
      if (own.length > 0 && !to.wording().isEmpty()) {
        double nearest = to.nearness(own);
        for (int example : candidate.examplesNear) {
          byte[] pieces = Documents.pieces(leaf, example - leaf.docBase);
          if (pieces.length > 0) {
            nearest = Math.max(nearest, to.nearness(pieces) - scatter(leaf, within));
          }
        }
        double share = PIECES * Documents.share(leaf, Documents.OWN, within);
        candidate.meaning = candidate.whole + share * (nearest - candidate.whole);
      }
    }
  }

  private static void blendNearestExample(Candidate candidate) {
    candidate.whole = candidate.meaning;
    candidate.meaning += NEAREST_EXAMPLE * Math.max(0, candidate.examples - candidate.meaning);
  }

  private List<Found.Hit> accepted(SortedMap<Integer, Candidate> candidates) throws IOException {
    record Ranked(int document, double score, Candidate candidate) {}

    var ranked = new ArrayList<Ranked>();
    candidates.forEach(
        (document, candidate) -> ranked.add(new Ranked(document, score(candidate), candidate)));
    ranked.sort(
        Comparator.comparingDouble(Ranked::score).reversed().thenComparingInt(Ranked::document));
    var hits = new ArrayList<Found.Hit>();
    for (Ranked one : ranked) {
      if (hits.size() == question.limit()) {
        break;
      }
      String key = Documents.key(searcher, one.document());
      Candidate by = one.candidate();
      boolean isNear = request == null || one.score() >= KEPT_FROM || question.text().isBlank();
      if (isNear && question.accepts().test(key)) {
        double words = by.words / (by.words + WORDS_HALF);
        hits.add(new Found.Hit(key, one.score(), words, by.meaning, by.examples));
      }
    }
    return hits;
  }

  private double score(Candidate candidate) {
    if (request == null || question.by() == Question.By.WORDS) {
      return candidate.words / (candidate.words + WORDS_HALF);
    }
    double all = candidate.meaning + WORDS * candidate.words;
    return all * (1 - EXPECTED * candidate.taught);
  }
}
