package dev.meshkore.hub.market;

import dev.meshkore.hub.owner.TrustLevel;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.Transaction;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Follows what changes on the market, in the order of its changes, and keeps what fits a feed. The
/// cursor moves in the transaction that keeps it, so that nothing is found twice and nothing passed
/// over, whichever hub on the database goes on, and wherever one was ended. Thread-safe.
final class FeedWatch {
  private static final Logger LOG = System.getLogger(FeedWatch.class.getName());

  /// How much a feed is told of in an hour.
  static final int HOUR_MAX = 100;

  /// How much of that is one agent's.
  static final int HOUR_OF_ONE_MAX = 20;

  /// How much waits for an agent that cannot be told.
  static final int WAITING_MAX = 200;

  /// Between two messages of one feed; what fits meanwhile is gathered into the second.
  static final long GATHER_MS = 10_000;

  private static final long HOUR_MS = 3_600_000;
  private static final int AT_ONCE = 100;
  private static final int FEEDS_AT_ONCE = 1_000;
  private static final int PAIRS_MAX = 500;
  private static final int STEPS_MAX = 20;

  /// A feed that something fits, as the feed was when that was seen.
  private record Pair(Feed feed, Novelty item) {}

  /// What is done in one transaction.
  private record Step(FeedCursor from, FeedCursor to, List<Pair> pairs) {}

  private final MarketParts parts;
  private final FeedMeanings meanings;
  private final FeedReading reading;
  private final FeedIndex index = new FeedIndex();
  private final ReentrantLock following = new ReentrantLock();
  private long changeRead;

  FeedWatch(MarketParts parts, FeedMeanings meanings, FeedReading reading) {
    this.parts = parts;
    this.meanings = meanings;
    this.reading = reading;
  }

  /// Keeps what fits of what was not looked at yet: much of it, and the rest the next time, so that
  /// whatever else the market does by the clock is not held up.
  void follow() {
    following.lock();
    try {
      boolean more = true;
      for (int steps = 0; more && steps < STEPS_MAX; steps++) {
        readFeeds();
        more = index.oldest().isPresent() && reading.readSome() && step();
      }
    } finally {
      following.unlock();
    }
  }

  private void readFeeds() {
    boolean more = true;
    while (more) {
      List<SqlFeeds.Changed> changed =
          parts.database().read(reader -> SqlFeeds.changedSince(reader, changeRead, FEEDS_AT_ONCE));
      Map<Long, FeedMeaning> known = known(changed);
      for (SqlFeeds.Changed one : changed) {
        reading.remove(one.number());
        one.feed()
            .ifPresentOrElse(
                feed -> {
                  index.put(feed);
                  reading.put(feed, known.get(feed.change()));
                },
                () -> index.remove(one.number()));
        if (one.feed().isEmpty() && !one.isDeleted()) {
          LOG.log(Level.WARNING, "Feed {0} cannot be read and tells of nothing", one.number());
        }
        changeRead = one.change();
      }
      more = changed.size() == FEEDS_AT_ONCE;
    }
  }

  /// What was read of these by the model of now, by the changes of the feeds.
  private Map<Long, FeedMeaning> known(List<SqlFeeds.Changed> changed) {
    boolean isAny =
        changed.stream()
            .flatMap(one -> one.feed().stream())
            .anyMatch(feed -> feed.wish().goesByMeaning());
    return isAny && meanings.isOn()
        ? parts
            .database()
            .read(reader ->
                SqlFeedMeanings.between(
                    reader, meanings.model(), changeRead, changed.getLast().change()))
        : Map.of();
  }

  /// Does a part; false when nothing is left. Feeds are read after what they are held against:
  /// whatever feed was made before that is then in memory.
  private boolean step() {
    long oldest = index.oldest().orElseThrow();
    FeedCursor stored = parts.database().read(SqlFeeds::cursor);
    FeedCursor from = stored.change() < oldest ? FeedCursor.after(oldest) : stored;
    List<Novelty> news = news(from.next());
    if (news.isEmpty()) {
      return false;
    }
    readFeeds();
    if (!reading.readSome()) {
      return false;
    }
    Step step = step(stored, from, news);
    boolean isDone = parts.database().write(transaction -> write(transaction, step));
    return !isDone || news.size() >= AT_ONCE || !step.to().equals(end(news));
  }

  private static FeedCursor end(List<Novelty> news) {
    return FeedCursor.after(news.getLast().change());
  }

  /// What was made from a change on, in the order of changes and without gaps: what is read first
  /// may not know of what is read last, so nothing counts that came after both began.
  private List<Novelty> news(long from) {
    long now = parts.time().millis();
    Database database = parts.database();
    long last = database.read(SqlServices::lastChange);
    var news = new ArrayList<Novelty>();
    for (SqlServices.Version one :
        database.read(reader -> SqlServices.versions(reader, from - 1, last, AT_ONCE))) {
      news.add(Novelty.of(one, parts.agents().idOf(one.service().seller()), now));
    }
    for (Want one : database.read(reader -> SqlWants.made(reader, from - 1, last, AT_ONCE))) {
      news.add(Novelty.of(one, parts.agents().idOf(one.buyer()), now));
    }
    news.sort(Comparator.comparingLong(Novelty::change));
    return news.subList(0, Math.min(AT_ONCE, news.size()));
  }

  private Step step(FeedCursor stored, FeedCursor from, List<Novelty> news) {
    var pairs = new ArrayList<Pair>();
    for (Novelty item : news) {
      for (Feed feed : fitting(item)) {
        if (from.hasServed(item.change(), feed.number())) {
          continue;
        }
        if (pairs.size() == PAIRS_MAX) {
          var to = new FeedCursor(item.change(), feed.number() - 1);
          return new Step(stored, to, pairs);
        }
        pairs.add(new Pair(feed, item));
      }
    }
    return new Step(stored, end(news), pairs);
  }

  /// The feeds to which something is news: of somebody else, who is not blocked and is known as far
  /// as they ask; made after the feed, and fitting it as the version before did not.
  private List<Feed> fitting(Novelty item) {
    List<Feed> fitting = item.isThere() ? index.fitting(item.traits()) : List.of();
    if (fitting.isEmpty()) {
      return List.of();
    }
    TrustLevel known = parts.trust().levelOf(item.by());
    Optional<Novelty.Traits> before =
        item.isService() && item.version() > 1
            ? parts
                .database()
                .read(reader -> SqlServices.version(reader, item.number(), item.version() - 1))
                .map(ServiceTerms::of)
                .map(terms -> Novelty.Traits.of(terms, item.traits().by()))
            : Optional.empty();
    var now = new Seen(item.traits());
    var earlier = before.map(Seen::new);
    return fitting.stream()
        .filter(feed -> feed.since() < item.change() && feed.agent() != item.by())
        .filter(feed -> !parts.blocks().test(feed.agent(), item.by()))
        .filter(feed -> known.isAtLeast(feed.wish().trust()))
        .filter(now::fits)
        .filter(feed -> earlier.filter(one -> one.fits(feed)).isEmpty())
        .toList();
  }

  /// Something that feeds are held against; what it means is read when the first of them asks.
  private final class Seen {
    private final Novelty.Traits traits;
    private float @Nullable [] direction;
    private boolean wasRead;

    Seen(Novelty.Traits traits) {
      this.traits = traits;
    }

    boolean fits(Feed feed) {
      FeedMeaning meaning = reading.of(feed.number());
      float[] wanted = meaning == null ? null : meaning.of(traits.what());
      return feed.wish().fits(traits, wanted == null ? OptionalDouble.empty() : nearness(wanted));
    }

    private OptionalDouble nearness(float[] wanted) {
      if (!wasRead) {
        direction = meanings.direction(traits).orElse(null);
        wasRead = true;
      }
      return FeedMeanings.nearness(wanted, direction);
    }
  }

  private boolean write(Transaction transaction, Step step) throws SQLException {
    var byFeed = new TreeMap<Long, List<Pair>>();
    step.pairs()
        .forEach(
            pair -> byFeed.computeIfAbsent(pair.feed().number(), _ -> new ArrayList<>()).add(pair));
    var counts = new TreeMap<Long, SqlFeeds.Counts>();
    for (Map.Entry<Long, List<Pair>> one : byFeed.entrySet()) {
      Optional<SqlFeeds.Counts> found = SqlFeeds.counts(transaction, one.getKey());
      if (found.isPresent() && !found.get().document().isEmpty()) {
        Feed seen = one.getValue().getFirst().feed();
        if (isToBeReadAgain(seen, found.get())) {
          return false;
        }
        counts.put(one.getKey(), found.get());
      }
    }
    if (!SqlFeeds.move(transaction, step.from(), step.to())) {
      return false;
    }
    for (Map.Entry<Long, SqlFeeds.Counts> one : counts.entrySet()) {
      keep(transaction, one.getKey(), one.getValue(), byFeed.getOrDefault(one.getKey(), List.of()));
    }
    return true;
  }

  /// What a feed that was changed meanwhile means is not read here, where others wait to write.
  private static boolean isToBeReadAgain(Feed seen, SqlFeeds.Counts counts) {
    return counts.change() != seen.change()
        && (seen.wish().goesByMeaning()
            || FeedWish.stored(counts.document()).filter(FeedWish::goesByMeaning).isPresent());
  }

  private void keep(Transaction transaction, long number, SqlFeeds.Counts counts, List<Pair> pairs)
      throws SQLException {
    long now = parts.time().millis();
    boolean isSameHour = counts.hourAtMs() <= now && now - counts.hourAtMs() < HOUR_MS;
    long hourAt = isSameHour ? counts.hourAtMs() : now;
    long hourCount = isSameHour ? counts.hourCount() : 0;
    long room =
        Math.min(
            HOUR_MAX - hourCount, WAITING_MAX - SqlFeedMatches.waitingCount(transaction, number));
    long kept = 0;
    long leftOut = 0;
    for (Pair pair : pairs) {
      Novelty item = pair.item();
      if (counts.change() != pair.feed().change()
          && FeedWish.stored(counts.document()).filter(one -> one.fits(item.traits())).isEmpty()) {
        continue;
      }
      if (kept >= room
          || SqlFeedMatches.keptOf(transaction, number, item.by(), now - HOUR_MS)
              >= HOUR_OF_ONE_MAX) {
        leftOut += SqlFeedMatches.isKnown(transaction, number, item.id()) ? 0 : 1;
      } else if (SqlFeedMatches.keep(transaction, number, found(item, counts.change()), now)) {
        kept++;
      }
    }
    if (kept + leftOut > 0) {
      long soon = Math.clamp(counts.toldAtMs() + GATHER_MS, now, now + GATHER_MS);
      long tellAt = kept > 0 ? soon : Math.max(now, hourAt + HOUR_MS);
      SqlFeeds.count(transaction, number, hourAt, hourCount + kept, leftOut, tellAt);
    }
  }

  private static SqlFeedMatches.Found found(Novelty item, long wish) {
    return new SqlFeedMatches.Found(item.id(), item.by(), wish, item.version());
  }
}
