package dev.meshkore.hub.reputation;

import dev.meshkore.hub.audit.Leaf;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.databind.node.ObjectNode;

/// Keeps what ratings come to, for whatever asks for many agents at once or decides by it. Each
/// agent is reckoned again when something of it opens, and once a day, because ratings age.
/// Thread-safe.
final class Reckoning {
  private static final int AT_ONCE = 200;
  private static final long AGAIN_MS = 86_400_000L;
  private static final long CLOCKS_APART_MS = 60_000;

  /// What is older weighs less than a thousandth, and is not read.
  private static final long AGE_MAX_MS = 10 * Score.HALF_LIFE_MS;

  private final ReputationParts parts;
  private final Map<Long, Long> scores = new ConcurrentHashMap<>();
  private final AtomicLong readUpTo = new AtomicLong();

  Reckoning(ReputationParts parts) {
    this.parts = parts;
  }

  /// Reckons who is due, and hears of those whom other hubs reckoned.
  void tick() {
    long now = parts.time().millis();
    List<Long> due = parts.database().read(reader -> SqlReputation.due(reader, now, AT_ONCE));
    for (long agent : due) {
      if (parts.database().write(transaction -> reckon(transaction, agent, now))) {
        parts.trustChanged().accept(agent);
      }
    }
    if (!due.isEmpty() || parts.database().dialect().isShared()) {
      reload(now);
    }
  }

  /// Reads the scores that changed since it was called.
  void reload(long now) {
    long since = readUpTo.getAndSet(now) - CLOCKS_APART_MS;
    parts
        .database()
        .read(reader -> SqlReputation.scores(reader, since))
        .forEach((agent, score) -> {
          if (score == 0) {
            scores.remove(agent);
          } else {
            scores.put(agent, score);
          }
        });
  }

  /// An agent's score in thousandths from memory, which may be a second old; empty where nothing is
  /// known.
  OptionalLong scoreOf(long agent) {
    Long score = scores.get(agent);
    return score == null ? OptionalLong.empty() : OptionalLong.of(score);
  }

  private boolean reckon(Transaction transaction, long agent, long now) throws SQLException {
    if (!SqlReputation.take(transaction, agent, now)) {
      return false;
    }
    Standing before = SqlReputation.standing(transaction, agent);
    Score score = score(counting(transaction, agent, now), now);
    boolean isTrusted = before.earnsTrust(score);
    long due = SqlReputation.nextOpening(transaction, agent, now, now + AGAIN_MS);
    SqlReputation.reckoned(transaction, agent, score, isTrusted, now, due);
    if (isTrusted == before.isTrusted()) {
      return false;
    }
    String id = parts.agents().idOf(agent);
    String kind = isTrusted ? "trust.earned" : "trust.lost";
    parts.audit().record(transaction, Leaf.of(kind, Agents.HUB_ID, id));
    ObjectNode notice = Json.object();
    notice.put("notice", isTrusted ? "trust-earned" : "trust-lost");
    notice.put("what_to_do", "GET /agents/" + id + "/reputation");
    parts.outbox().tell(transaction, agent, notice);
    return true;
  }

  /// What counts of an agent's ratings now.
  static List<Rating.Placed> counting(Transaction reader, long agent, long now)
      throws SQLException {
    return SqlReputation.counting(reader, agent, now, now - AGE_MAX_MS);
  }

  static Score score(Collection<Rating.Placed> ratings, long now) {
    var evidence = new ArrayList<Score.Evidence>();
    ratings.forEach(one -> evidence.add(one.evidence(now)));
    return Score.of(evidence);
  }
}
