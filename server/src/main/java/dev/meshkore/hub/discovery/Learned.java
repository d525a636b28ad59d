package dev.meshkore.hub.discovery;

import dev.meshkore.hub.identity.Agent;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;

/// Requests that led to finished work: they count as examples of whoever did it, where the agent
/// wants that (`learns` in its profile). Thread-safe.
public final class Learned {
  private static final int MOST = 20;
  private static final int CHARACTERS_MAX = 300;
  private static final int CHARACTERS_LEAST = 8;

  private final Database database;
  private final Agents agents;
  private final InstantSource clock;

  Learned(Database database, Agents agents, InstantSource clock) {
    this.database = database;
    this.agents = agents;
    this.clock = clock;
  }

  /// Notes within a transaction that an agent did what was asked. Whoever calls this knows that
  /// another owner's agent asked, and that it got what it asked for; nothing is kept of an agent
  /// that did not agree, nor of a text that is too short to say anything.
  public void done(Transaction transaction, Agent agent, String request) throws SQLException {
    String text = request.strip().replaceAll("\\s+", " ");
    if (!agent.practice().isLearning() || text.length() < CHARACTERS_LEAST) {
      return;
    }
    int end =
        text.offsetByCodePoints(0, Math.min(text.codePointCount(0, text.length()), CHARACTERS_MAX));
    if (SqlLearned.add(transaction, agent.number(), text.substring(0, end), clock.millis(), MOST)) {
      agents.touch(transaction, agent.number());
    }
  }

  /// What the agent has done; nothing, once it wants that no more.
  List<String> of(Agent agent) {
    return agent.practice().isLearning()
        ? database.read(reader -> SqlLearned.of(reader, agent.number()))
        : List.of();
  }
}
