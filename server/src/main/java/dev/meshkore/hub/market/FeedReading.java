package dev.meshkore.hub.market;

import dev.meshkore.hub.meaning.Directions;
import dev.meshkore.hub.meaning.Embedder;
import dev.meshkore.hub.store.Database;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/// What the wishes of feeds mean: each is read once for each model, and is in memory as long as
/// there is room. A wish that cannot be read is tried again later, holds up no other, and goes by
/// words until then. One thread at a time puts, removes and reads; whoever else may ask.
final class FeedReading {
  private static final Logger LOG = System.getLogger(FeedReading.class.getName());

  /// So much of the memory may all wishes together take. Where the heap is small it is a part of
  /// it.
  static final long BYTES_MAX = Math.min(64L << 20, Runtime.getRuntime().maxMemory() / 16);

  /// After a change of the model all wishes are read again, a part each time.
  private static final int AT_ONCE = 100;

  /// When a wish is tried again on which the model failed.
  static final long FAILED_MS = 60_000;

  /// When one is that the model does not take, or for which there was no room.
  static final long REFUSED_MS = 3_600_000;

  private record Meant(long change, FeedMeaning meaning) {}

  private record Unread(Feed feed, long notBeforeMs) {}

  /// How a wish is held against something now.
  ///
  /// @param meaning null where words decide
  record Known(@Nullable FeedMeaning meaning) {}

  private final Database database;
  private final InstantSource time;
  private final FeedMeanings meanings;
  private final long bytesMax;
  private final Map<Long, Meant> meant = new ConcurrentHashMap<>();
  private final Map<Long, Unread> unread = new ConcurrentSkipListMap<>();
  private volatile int numbers;
  private long bytes;
  private boolean wasFull;

  FeedReading(Database database, InstantSource time, FeedMeanings meanings, long bytesMax) {
    this.database = database;
    this.time = time;
    this.meanings = meanings;
    this.bytesMax = bytesMax;
  }

  /// How many feeds may go by meaning. Each counts for both sides, as it may be of both tomorrow,
  /// and while no vector of the model was seen, each is as long as any may be.
  long feedsMax() {
    int most = numbers == 0 ? Directions.NUMBERS_MAX : numbers;
    return bytesMax / (2L * Float.BYTES * most);
  }

  /// Takes a feed up in the place of what it was before.
  ///
  /// @param known what the model of now has made of its wish, where it was read before
  void put(Feed feed, @Nullable FeedMeaning known) {
    remove(feed.number());
    if (!feed.wish().goesByMeaning() || !meanings.isOn()) {
      return;
    }
    if (known == null) {
      unread.put(feed.number(), new Unread(feed, 0));
    } else if (!keep(feed, known)) {
      later(feed, REFUSED_MS);
    }
  }

  void remove(long number) {
    unread.remove(number);
    Meant old = meant.remove(number);
    bytes -= old == null ? 0 : old.meaning().bytes();
  }

  /// What the wish of a feed means; null where that is not known.
  @Nullable FeedMeaning of(long number) {
    Meant known = meant.get(number);
    return known == null ? null : known.meaning();
  }

  /// How the wish of a feed is held against something, as the feed is at a change; empty where it
  /// is to be read first.
  Optional<Known> known(long number, long change) {
    Meant known = meant.get(number);
    if (known != null && known.change() == change) {
      return Optional.of(new Known(known.meaning()));
    }
    Unread left = unread.get(number);
    boolean isLeft =
        left != null
            && left.feed().change() == change
            && (left.notBeforeMs() > time.millis() || meanings.isAway());
    return isLeft ? Optional.of(new Known(null)) : Optional.empty();
  }

  /// Reads wishes that were not read by the model of now; false where some are left for the next
  /// time, before which nothing is held against them. While the model is away none is waited for.
  boolean readSome() {
    var read = new ArrayList<SqlFeedMeanings.Read>();
    long now = time.millis();
    Iterator<Unread> due =
        unread.values().stream().filter(one -> one.notBeforeMs() <= now).iterator();
    for (int tried = 0; tried < AT_ONCE && !meanings.isAway() && due.hasNext(); tried++) {
      read(due.next().feed()).ifPresent(read::add);
    }
    if (!read.isEmpty()) {
      List<SqlFeedMeanings.Read> all = List.copyOf(read);
      database.write(transaction -> {
        SqlFeedMeanings.put(transaction, meanings.model(), all);
        return true;
      });
    }
    return meanings.isAway() || !due.hasNext();
  }

  private Optional<SqlFeedMeanings.Read> read(Feed feed) {
    if (!hasRoom((long) feed.wish().of().size() * Float.BYTES * numbers)) {
      later(feed, REFUSED_MS);
      return Optional.empty();
    }
    try {
      Optional<FeedMeaning> meaning = meanings.read(feed.wish());
      if (meaning.isEmpty()) {
        later(feed, FAILED_MS);
        return Optional.empty();
      }
      if (!keep(feed, meaning.get())) {
        later(feed, REFUSED_MS);
      }
      return Optional.of(new SqlFeedMeanings.Read(feed, meaning.get()));
    } catch (Embedder.NotTaken _) {
      later(feed, REFUSED_MS);
      return Optional.empty();
    }
  }

  private void later(Feed feed, long pauseMs) {
    unread.put(feed.number(), new Unread(feed, time.millis() + pauseMs));
  }

  private boolean keep(Feed feed, FeedMeaning meaning) {
    numbers = meaning.numbers();
    if (!hasRoom(meaning.bytes())) {
      return false;
    }
    unread.remove(feed.number());
    meant.put(feed.number(), new Meant(feed.change(), meaning));
    bytes += meaning.bytes();
    return true;
  }

  private boolean hasRoom(long more) {
    boolean hasRoom = bytes + more <= bytesMax;
    if (!hasRoom && !wasFull) {
      LOG.log(
          Level.WARNING, "There is no room for what more feeds by meaning mean; they go by words");
    }
    wasFull |= !hasRoom;
    return hasRoom;
  }
}
