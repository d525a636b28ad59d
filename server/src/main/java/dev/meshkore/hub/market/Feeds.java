package dev.meshkore.hub.market;

import dev.meshkore.hub.audit.Leaf;
import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Transaction;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What agents want to hear of: made, changed, deleted, each by its agent alone. Thread-safe.
final class Feeds {
  private static final int FEEDS_MAX = 50;

  /// A feed, and whether it was made by this call.
  record Made(Feed feed, boolean isNew) {}

  private final MarketParts parts;
  private final FeedMeanings meanings;
  private final FeedReading reading;

  Feeds(MarketParts parts, FeedMeanings meanings, FeedReading reading) {
    this.parts = parts;
    this.meanings = meanings;
    this.reading = reading;
  }

  /// Makes a feed; the same as one that the caller has is that one, so that a call which is made
  /// again tells nothing twice.
  Made make(Caller.OfAgent caller, Fields fields) {
    FeedWish wish = FeedWish.read(fields);
    fields.end();
    requireKnown(wish);
    requireModel(wish);
    takeToken(caller);
    long now = parts.time().millis();
    String id = Ids.make("feed_", parts.random());
    return parts
        .database()
        .write(transaction -> {
          long change = SqlServices.nextChange(transaction);
          List<Feed> own = SqlFeeds.ofAgent(transaction, caller.number());
          Optional<Feed> same = own.stream().filter(feed -> feed.wish().equals(wish)).findFirst();
          if (same.isPresent()) {
            return new Made(same.get(), false);
          }
          if (own.size() >= FEEDS_MAX) {
            throw Refused.later(
                ProblemType.TOO_MANY_OPEN, "You have " + FEEDS_MAX + " feeds; delete one", 60);
          }
          requireRoom(transaction, wish);
          SqlFeeds.insert(
              transaction,
              new Feed(0, id, caller.number(), wish, change, change, now, now, 0, 0, 0));
          record(transaction, "feed.made", caller, id, wish);
          return new Made(own(transaction, caller, id), true);
        });
  }

  private void requireKnown(FeedWish wish) {
    wish.by()
        .ifPresent(id ->
            parts
                .agents()
                .numberOf(id)
                .orElseThrow(
                    () -> new Refused(ProblemType.UNKNOWN_AGENT, "No agent has this agent_id")));
  }

  private void requireModel(FeedWish wish) {
    if (wish.goesByMeaning() && !meanings.isOn()) {
      throw Refused.field("by", "This hub has no model of meanings: feeds go by words alone");
    }
  }

  /// What they mean is in the memory of each hub.
  private void requireRoom(Transaction transaction, FeedWish wish) throws SQLException {
    if (wish.goesByMeaning() && SqlFeedMeanings.count(transaction) >= reading.feedsMax()) {
      throw Refused.later(
          ProblemType.TOO_MANY_OPEN, "The hub has no room for more feeds by meaning", 3_600);
    }
  }

  /// How many calls an agent makes is bounded as its messages are.
  private void takeToken(Caller.OfAgent caller) {
    parts.approach().takeRate(caller);
  }

  private void record(
      Transaction transaction, String kind, Caller.OfAgent caller, String id, FeedWish wish)
      throws SQLException {
    byte[] document = wish.document().getBytes(StandardCharsets.UTF_8);
    parts.audit().record(transaction, Leaf.of(kind, caller.id(), id).about(document));
  }

  /// The caller's own, oldest first.
  List<Feed> list(Caller.OfAgent caller) {
    return parts.database().read(reader -> SqlFeeds.ofAgent(reader, caller.number()));
  }

  /// One of the caller's own.
  Feed find(Caller.OfAgent caller, String id) {
    return parts.database().read(reader -> own(reader, caller, id));
  }

  /// Changes what a body names; null takes away. What the feed has told it does not tell again.
  Feed change(Caller.OfAgent caller, String id, JsonNode body) {
    takeToken(caller);
    long now = parts.time().millis();
    return parts
        .database()
        .write(transaction -> {
          long change = SqlServices.nextChange(transaction);
          Feed old = own(transaction, caller, id);
          ObjectNode merged = old.wish().json();
          for (Map.Entry<String, JsonNode> member : body.properties()) {
            merged.set(member.getKey(), member.getValue());
          }
          Fields fields = Fields.read(Json.bytes(merged));
          FeedWish wish = FeedWish.read(fields);
          fields.end();
          requireKnown(wish);
          if (!old.wish().goesByMeaning()) {
            requireModel(wish);
            requireRoom(transaction, wish);
          }
          if (!wish.equals(old.wish())) {
            SqlFeeds.update(transaction, old.number(), wish, change, now);
            record(transaction, "feed.changed", caller, id, wish);
          }
          return own(transaction, caller, id);
        });
  }

  /// Ends a feed; what waits to be told of it is told no more.
  void delete(Caller.OfAgent caller, String id) {
    long now = parts.time().millis();
    parts
        .database()
        .write(transaction -> {
          long change = SqlServices.nextChange(transaction);
          long number =
              SqlFeeds.numberOf(transaction, id, caller.number()).orElseThrow(Feeds::unknown);
          SqlFeeds.delete(transaction, number, change, now);
          parts.audit().record(transaction, Leaf.of("feed.deleted", caller.id(), id));
          return number;
        });
  }

  private static Feed own(Transaction reader, Caller.OfAgent caller, String id)
      throws SQLException {
    return SqlFeeds.find(reader, id, caller.number()).orElseThrow(Feeds::unknown);
  }

  private static Refused unknown() {
    return new Refused(ProblemType.UNKNOWN_FEED, "You have no feed of this id");
  }
}
