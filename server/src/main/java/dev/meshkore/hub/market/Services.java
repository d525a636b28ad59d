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
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What is sold: published, changed with every version kept, withdrawn. Thread-safe.
final class Services {
  /// With what the id of a service begins.
  static final String ID = "svc_";

  private static final long LISTED_MAX = 1_000;

  /// With those that have ended by the clock, which hold their names and may be revived.
  private static final long KEPT_MAX = 2_000;

  private static final long EXPIRES_IN_MAX = 90 * 86_400L;
  private static final int VERSIONS_MAX = 1_000;

  private final MarketParts parts;

  Services(MarketParts parts) {
    this.parts = parts;
  }

  /// Lists a service.
  Listing publish(Caller.OfAgent caller, Fields fields, JsonNode body) {
    ServiceTerms terms = ServiceTerms.read(fields, body);
    long now = parts.time().millis();
    long expiresAt = expiresAt(fields, terms, now).orElse(0);
    fields.end();
    Token.check(parts, terms);
    Scanned.check(terms);
    takeToken(caller);
    String id = Ids.make(ID, parts.random());
    return parts
        .database()
        .write(transaction -> {
          if (SqlServices.listedCount(transaction, caller.number(), now) >= LISTED_MAX
              || SqlServices.keptCount(transaction, caller.number()) >= KEPT_MAX) {
            throw tooMany();
          }
          long change = followed(transaction, caller.number());
          List<Long> hashes = shingles(terms);
          var service =
              new Listing(
                  0,
                  id,
                  caller.number(),
                  true,
                  1,
                  terms,
                  terms.quantity(),
                  0,
                  expiresAt,
                  original(transaction, caller.number(), 0, hashes),
                  change,
                  now,
                  now);
          Scanned.claim(transaction, caller.number(), id, terms);
          SqlServices.insert(transaction, service);
          Listing stored = SqlServices.find(transaction, id).orElseThrow();
          SqlServices.insertVersion(transaction, stored.number(), stored);
          SqlServices.setShingles(transaction, stored.number(), hashes);
          parts.audit().record(transaction, leaf("service.listed", caller.id(), stored));
          return stored;
        });
  }

  /// How many calls an agent makes is bounded as its messages are.
  private void takeToken(Caller.OfAgent caller) {
    parts.approach().takeRate(caller);
  }

  private static OptionalLong expiresAt(Fields fields, ServiceTerms terms, long now) {
    boolean isGiven = fields.has("expires_in");
    if (terms.kind() != ServiceTerms.Kind.SPOT) {
      if (isGiven) {
        throw Refused.field("expires_in", "Only a spot offer expires");
      }
      return OptionalLong.empty();
    }
    return isGiven
        ? OptionalLong.of(now + 1_000 * fields.number("expires_in", 1, EXPIRES_IN_MAX))
        : OptionalLong.empty();
  }

  private static List<Long> shingles(ServiceTerms terms) {
    return Shingles.of(terms.name() + "\n" + terms.description());
  }

  /// The listing of somebody else that said nearly the same before.
  private Optional<String> original(
      Transaction transaction, long seller, long own, List<Long> hashes) throws SQLException {
    int least = Shingles.near(hashes.size());
    if (hashes.size() < least) {
      return Optional.empty();
    }
    Optional<Listing> near = SqlServices.near(transaction, seller, own, hashes, least);
    return near.isPresent() && !parts.areKin(transaction, seller, near.get().seller())
        ? Optional.of(near.get().id())
        : Optional.empty();
  }

  private static Leaf leaf(String kind, String actor, Listing service) {
    return Leaf.of(kind, actor, service.id())
        .with("version", service.version())
        .about(service.terms().document().getBytes(StandardCharsets.UTF_8));
  }

  private static ObjectNode merged(Listing old, JsonNode body) {
    ObjectNode merged = old.terms().json();
    for (Map.Entry<String, JsonNode> member : body.properties()) {
      merged.set(member.getKey(), member.getValue());
    }
    return merged;
  }

  /// Scans what a change makes of a service before other writes wait for it: within the transaction
  /// the verdict is then known.
  private void scanAhead(Caller.OfAgent caller, String id, JsonNode body) {
    Listing old = find(id);
    if (old.seller() == caller.number()) {
      ObjectNode merged = merged(old, body);
      Scanned.check(ServiceTerms.read(Fields.read(Json.bytes(merged)), merged));
    }
  }

  /// Changes what a body names of the caller's own service, as a new version; null takes away.
  Listing change(Caller.OfAgent caller, String id, JsonNode body) {
    takeToken(caller);
    scanAhead(caller, id, body);
    long now = parts.time().millis();
    return parts
        .database()
        .write(transaction -> {
          Listing old = own(transaction, caller, id);
          ObjectNode merged = merged(old, body);
          Fields fields = Fields.read(Json.bytes(merged));
          ServiceTerms terms = ServiceTerms.read(fields, merged);
          long expiresAt = expiresAt(fields, terms, now).orElse(old.expiresAtMs());
          fields.end();
          Token.check(parts, terms);
          checkChange(transaction, old, terms, expiresAt, now);
          Scanned.check(terms);
          long change = followed(transaction, old.seller());
          Scanned.claim(transaction, old.seller(), id, terms);
          boolean isSaid =
              !terms.name().equals(old.terms().name())
                  || !terms.description().equals(old.terms().description());
          List<Long> hashes = shingles(terms);
          var changed =
              new Listing(
                  old.number(),
                  id,
                  old.seller(),
                  true,
                  old.version() + 1,
                  terms,
                  terms.quantity(),
                  old.taken(),
                  expiresAt,
                  isSaid ? original(transaction, old.seller(), old.number(), hashes) : old.copyOf(),
                  change,
                  old.listedAtMs(),
                  now);
          SqlServices.update(transaction, changed);
          SqlServices.insertVersion(transaction, old.number(), changed);
          if (isSaid) {
            SqlServices.setShingles(transaction, old.number(), hashes);
          }
          parts.audit().record(transaction, leaf("service.changed", caller.id(), changed));
          return changed;
        });
  }

  /// The number of a change, of which whoever follows the services or the agents will hear.
  private long followed(Transaction transaction, long seller) throws SQLException {
    long change = SqlServices.nextChange(transaction);
    parts.agents().touch(transaction, seller);
    return change;
  }

  private static void checkChange(
      Transaction transaction, Listing old, ServiceTerms terms, long expiresAt, long now)
      throws SQLException {
    if (!old.isListed()) {
      throw unavailable("withdrawn");
    }
    if (terms.kind() != old.terms().kind()) {
      throw Refused.field("kind", "The kind of a service stays; publish another");
    }
    // What a live one works on now ends by itself; nobody keeps its seller from taking less on.
    boolean isSold = terms.kind() == ServiceTerms.Kind.SPOT;
    if (isSold && terms.quantity().isPresent() && terms.quantity().getAsLong() < old.taken()) {
      throw Refused.field("quantity", old.taken() + " of it are given away already");
    }
    boolean isRevived = old.hasExpired(now) && expiresAt > now;
    if (isRevived && SqlServices.listedCount(transaction, old.seller(), now) >= LISTED_MAX) {
      throw tooMany();
    }
    if (old.version() >= VERSIONS_MAX) {
      throw Refused.later(ProblemType.TOO_MANY_OPEN, "A service has 1000 versions at most", 600);
    }
  }

  /// Takes the caller's own service from the market; again changes nothing.
  void withdraw(Caller.OfAgent caller, String id) {
    long now = parts.time().millis();
    parts
        .database()
        .write(transaction -> {
          Listing old = own(transaction, caller, id);
          if (old.isListed()) {
            long change = followed(transaction, old.seller());
            SqlServices.withdraw(transaction, old.number(), change, now);
            Scanned.release(transaction, old.id());
            SqlFeedMatches.forget(transaction, old.id());
            parts.audit().record(transaction, Leaf.of("service.withdrawn", caller.id(), old.id()));
          }
          return old;
        });
  }

  /// Locked until the end of the transaction, so that changes at once undo nothing of each other.
  private static Listing own(Transaction transaction, Caller.OfAgent caller, String id)
      throws SQLException {
    SqlServices.nextChange(transaction);
    SqlServices.lock(transaction, id);
    Listing service = SqlServices.find(transaction, id).orElseThrow(Services::unknown);
    if (service.seller() != caller.number()) {
      throw new Refused(ProblemType.NOT_ALLOWED, "The service is another agent's");
    }
    return service;
  }

  /// The service of an id, as it is now.
  Listing find(String id) {
    return parts
        .database()
        .read(reader -> SqlServices.find(reader, id))
        .orElseThrow(Services::unknown);
  }

  /// What a service said in one of its versions.
  ServiceTerms version(Listing service, long version) {
    return parts
        .database()
        .read(reader -> SqlServices.version(reader, service.number(), version))
        .map(ServiceTerms::of)
        .orElseThrow(
            () -> new Refused(ProblemType.UNKNOWN_SERVICE, "It has no version " + version));
  }

  private static Refused tooMany() {
    String detail =
        "You have "
            + LISTED_MAX
            + " services, or "
            + KEPT_MAX
            + " with those that have ended; withdraw one";
    return Refused.later(ProblemType.TOO_MANY_OPEN, detail, 60);
  }

  static Refused unknown() {
    return new Refused(ProblemType.UNKNOWN_SERVICE, "There is no service of this id");
  }

  static Refused unavailable(String reason) {
    String detail =
        switch (reason) {
          case "withdrawn" -> "Its seller has withdrawn it";
          case "expired" -> "It has expired";
          case "sold-out" -> "Less of it is left than this";
          case "busy" -> "Its seller works on as many jobs as it takes at once";
          case "offline" -> "Its seller is not online now";
          default -> "Its terms were changed; read it again";
        };
    return new Refused(ProblemType.SERVICE_UNAVAILABLE, detail, Map.of("reason", reason));
  }
}
