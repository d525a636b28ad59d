package dev.meshkore.hub.market;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Rfc3339;
import dev.meshkore.hub.identity.Agent;
import dev.meshkore.hub.money.MoneyJson;
import dev.meshkore.hub.outbox.Outbox;
import dev.meshkore.hub.store.Transaction;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Tells agents what fits their feeds: several things in one message, and no second message before
/// the first is in the inbox. An agent that cannot be told holds up nobody else: what fits waits
/// with its feed, and what is more than that is counted. Thread-safe.
final class FeedTelling {
  private static final Logger LOG = System.getLogger(FeedTelling.class.getName());
  private static final int FEEDS_AT_ONCE = 100;
  private static final int MATCHES_MAX = 20;
  private static final int ENVELOPE_BYTES = 512;
  private static final long PAUSE_MS = 30_000;
  private static final long KEPT_MS = 3_600_000;
  private static final int ROWS_AT_ONCE = 1_000;

  private final MarketParts parts;
  private final Outbox outbox;
  private final FeedMeanings meanings;
  private final FeedReading reading;

  /// Something that waits to be told, and is there.
  private record Found(long by, long version, Novelty.Traits traits, ObjectNode json) {
    /// Whether it is what it was when it was found, and so is the wish of a feed.
    boolean isAsFound(SqlFeedMatches.Waiting match, SqlFeeds.Due due) {
      return match.version() == version && match.wish() == due.change();
    }
  }

  /// How near things that wait come to the wish of a feed as it was at a change, read before the
  /// database was held; empty where words decide.
  private record Read(long change, Map<Novelty.Said, OptionalDouble> nearness) {
    static final Read NOTHING = new Read(0, Map.of());
  }

  FeedTelling(MarketParts parts, Outbox outbox, FeedMeanings meanings, FeedReading reading) {
    this.parts = parts;
    this.outbox = outbox;
    this.meanings = meanings;
    this.reading = reading;
  }

  /// Has some told whose time has come, and forgets feeds that were deleted. A few each time, so
  /// that other notices of the market never stand behind thousands.
  void tick() {
    long now = parts.time().millis();
    List<SqlFeeds.Turn> due =
        parts.database().read(reader -> SqlFeeds.due(reader, now, FEEDS_AT_ONCE));
    for (SqlFeeds.Turn turn : due) {
      tell(turn, now);
    }
    OptionalLong deleted = parts.database().read(reader -> SqlFeeds.deleted(reader, now - KEPT_MS));
    if (deleted.isPresent()) {
      parts
          .database()
          .write(transaction -> SqlFeeds.purge(transaction, deleted.getAsLong(), ROWS_AT_ONCE));
    }
    if (parts.database().read(reader -> SqlFeedMatches.hasGone(reader, now - KEPT_MS))) {
      parts
          .database()
          .write(transaction -> SqlFeedMatches.purgeGone(transaction, now - KEPT_MS, ROWS_AT_ONCE));
    }
  }

  /// What is wrong with one feed keeps no other from being told.
  private void tell(SqlFeeds.Turn turn, long now) {
    long number = turn.number();
    try {
      Read read = turn.isByMeaning() && meanings.isOn() ? read(number, now) : Read.NOTHING;
      parts.database().write(transaction -> tell(transaction, number, read, now));
    } catch (RuntimeException failure) {
      LOG.log(Level.WARNING, "A feed could not be told of; the hub tries again", failure);
      parts
          .database()
          .write(transaction -> {
            SqlFeeds.tellAt(transaction, number, now + PAUSE_MS);
            return number;
          });
    }
  }

  /// Reads what texts mean, which nobody does who holds the database: of those alone that are not
  /// as they were found, and of none while the last notice still waits. Where the wish itself is to
  /// be read first, as before anything new is held against it, nothing is known yet.
  private Read read(long number, long now) {
    var changed = new ArrayList<Novelty.Traits>();
    Optional<SqlFeeds.Due> asked =
        parts.database().read(reader -> changed(reader, number, now, changed));
    if (asked.isEmpty() || changed.isEmpty()) {
      return Read.NOTHING;
    }
    long change = asked.get().change();
    Optional<FeedReading.Known> known = reading.known(number, change);
    if (known.isEmpty()) {
      return Read.NOTHING;
    }
    var nearness = new HashMap<Novelty.Said, OptionalDouble>();
    for (Novelty.Traits traits : changed) {
      nearness.put(traits.said(), meanings.nearness(known.get().meaning(), traits));
    }
    return new Read(change, nearness);
  }

  /// Adds what is to be held against the wish of a feed once more.
  private Optional<SqlFeeds.Due> changed(
      Transaction reader, long number, long now, List<Novelty.Traits> all) throws SQLException {
    Optional<SqlFeeds.Due> asked = SqlFeeds.asked(reader, number);
    if (asked.isEmpty() || isWaiting(reader, asked.get())) {
      return asked;
    }
    SqlFeeds.Due due = asked.get();
    for (var one : SqlFeedMatches.waiting(reader, number, MATCHES_MAX + 1)) {
      found(reader, one.item(), now)
          .filter(it -> isWelcome(due, it.by()) && isToBeRead(due, one, it))
          .map(Found::traits)
          .ifPresent(all::add);
    }
    return asked;
  }

  private static boolean isWaiting(Transaction reader, SqlFeeds.Due due) throws SQLException {
    return due.messageId().isPresent() && Outbox.isWaiting(reader, due.messageId().get());
  }

  /// Whether it must be known what something means to tell if it fits.
  private boolean isToBeRead(SqlFeeds.Due due, SqlFeedMatches.Waiting match, Found found) {
    return meanings.isOn()
        && due.wish().goesByMeaning()
        && due.wish().letsThrough(found.traits())
        && !found.isAsFound(match, due);
  }

  private boolean tell(Transaction transaction, long number, Read read, long now)
      throws SQLException {
    Optional<SqlFeeds.Due> taken = SqlFeeds.take(transaction, number, now, now + PAUSE_MS);
    if (taken.isEmpty()) {
      return false;
    }
    SqlFeeds.Due due = taken.get();
    if (isWaiting(transaction, due)) {
      SqlFeeds.tellAt(transaction, number, now + PAUSE_MS);
      return false;
    }
    ObjectNode notice = notice(due);
    List<SqlFeedMatches.Waiting> waiting =
        SqlFeedMatches.waiting(transaction, number, MATCHES_MAX + 1);
    int looked = gather(transaction, due, read, waiting, notice.putArray("matches"), now);
    int count = notice.get("matches").size();
    if (count > 0 || due.leftOut() > 0) {
      String id = outbox.put(transaction, due.agent(), notice);
      SqlFeeds.told(transaction, number, id, count, now);
    }
    if (looked < waiting.size()) {
      SqlFeeds.tellAt(transaction, number, now + FeedWatch.GATHER_MS);
    }
    return true;
  }

  /// Moves what waits into a message until it is full; answers how much of it was looked at.
  private int gather(
      Transaction transaction,
      SqlFeeds.Due due,
      Read read,
      List<SqlFeedMatches.Waiting> waiting,
      ArrayNode matches,
      long now)
      throws SQLException {
    int looked = 0;
    int room = parts.payloadBytesMax() - ENVELOPE_BYTES;
    while (looked < waiting.size() && looked < MATCHES_MAX) {
      SqlFeedMatches.Waiting one = waiting.get(looked);
      Optional<Found> found =
          found(transaction, one.item(), now).filter(there -> isWelcome(due, there.by()));
      if (found.filter(it -> isToBeRead(due, one, it) && !isRead(due, read, it)).isPresent()) {
        return looked;
      }
      Optional<ObjectNode> match = found.filter(it -> fits(due, read, one, it)).map(Found::json);
      if (match.isEmpty()) {
        SqlFeedMatches.drop(transaction, one.number());
      } else {
        room -= Json.bytes(match.get()).length + 1;
        if (room < 0 && !matches.isEmpty()) {
          return looked;
        }
        matches.add(match.get());
        keep(transaction, one);
      }
      looked++;
    }
    return looked;
  }

  private static boolean isRead(SqlFeeds.Due due, Read read, Found found) {
    return read.change() == due.change() && read.nearness().containsKey(found.traits().said());
  }

  /// What was found is told as it was found, unless it or the wish was changed since: then it is
  /// held against the wish once more, as what is new is. Without a model words decide of all.
  private boolean fits(SqlFeeds.Due due, Read read, SqlFeedMatches.Waiting match, Found found) {
    FeedWish wish = due.wish();
    Novelty.Traits traits = found.traits();
    boolean isKnown = meanings.isOn() && wish.goesByMeaning() && found.isAsFound(match, due);
    return isKnown
        ? wish.letsThrough(traits)
        : wish.fits(traits, read.nearness().getOrDefault(traits.said(), OptionalDouble.empty()));
  }

  /// A service may come again, in another version; a request cannot.
  private static void keep(Transaction transaction, SqlFeedMatches.Waiting told)
      throws SQLException {
    if (told.item().startsWith(Services.ID)) {
      SqlFeedMatches.done(transaction, told.number());
    } else {
      SqlFeedMatches.drop(transaction, told.number());
    }
  }

  private static ObjectNode notice(SqlFeeds.Due due) {
    ObjectNode notice = Json.object();
    notice.put("notice", "feed-matches");
    notice.put("feed_id", due.id());
    notice.put("left_out", due.leftOut());
    notice.put("what_to_do", "GET /services/{service_id} or /requests/{request_id} shows each");
    return notice;
  }

  /// Ids and figures, and no word of whoever sells or wants it. Empty where it can be had no more.
  private Optional<Found> found(Transaction reader, String item, long now) throws SQLException {
    Optional<Listing> service = SqlServices.find(reader, item);
    if (service.isPresent()) {
      return service
          .filter(one -> Novelty.isThere(one, now))
          .map(one ->
              new Found(
                  one.seller(),
                  one.version(),
                  Novelty.Traits.of(one.terms(), idOf(one.seller())),
                  json(one)));
    }
    return SqlWants.find(reader, item)
        .filter(one -> Novelty.isThere(one, now))
        .map(one ->
            new Found(
                one.buyer(), 1, Novelty.Traits.of(one.terms(), idOf(one.buyer())), json(one)));
  }

  private boolean isWelcome(SqlFeeds.Due due, long other) {
    return !parts.blocks().test(due.agent(), other);
  }

  private String idOf(long number) {
    return parts.agents().idOf(number);
  }

  private ObjectNode json(Listing service) {
    ObjectNode json = Json.object();
    json.put("service_id", service.id());
    json.put("version", service.version());
    json.put("kind", service.terms().kind().word());
    put(json, "seller", service.seller());
    json.set("price", service.terms().price().json());
    return json;
  }

  private ObjectNode json(Want want) {
    ObjectNode json = Json.object();
    json.put("request_id", want.id());
    put(json, "buyer", want.buyer());
    want.terms().budget().ifPresent(budget -> json.set("budget", MoneyJson.json(budget)));
    json.put("deadline", Rfc3339.text(want.deadlineMs()));
    return json;
  }

  private void put(ObjectNode json, String name, long number) {
    Agent who = parts.agents().get(number);
    json.put(name, who.id());
    json.put("trust", parts.trust().levelOf(number).word());
  }
}
