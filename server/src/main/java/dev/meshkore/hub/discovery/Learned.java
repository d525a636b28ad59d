package dev.meshkore.hub.discovery;

import dev.meshkore.hub.identity.Agent;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;

/// Requests that led to finished work: they count as examples of whoever did it, where the agent
/// wants that (`learns` in its profile). Few count that one buyer made, or buyers of whom nothing
/// is known, so that nobody makes a seller's examples by buying from it. Thread-safe.
public final class Learned {
  private static final int MOST = 20;
  private static final int OF_BUYER_MOST = 2;
  private static final int OF_STRANGERS_MOST = 4;
  private static final int CHARACTERS_MAX = 300;
  private static final int CHARACTERS_LEAST = 8;

  private final Database database;
  private final Agents agents;
  private final InstantSource clock;

  /// Who asked for something that was done.
  ///
  /// @param name one for all agents of an owner
  /// @param isStranger whether nothing is known of it
  public record Buyer(String name, boolean isStranger) {}

  /// What the agents in this database have done. Who does not agree any more is forgotten at once.
  public Learned(Database database, Agents agents, InstantSource clock) {
    this.database = database;
    this.agents = agents;
    this.clock = clock;
    agents.heed((transaction, agent) -> {
      if (!agent.practice().isLearning()) {
        SqlLearned.forget(transaction, agent.number());
      }
    });
  }

  /// Notes within a transaction that an agent did what was asked. Whoever calls this knows that
  /// another owner's agent asked in public, and that it says it got what it asked for; nothing is
  /// kept of an agent that did not agree, nor of a text that is too short to say anything.
  public void done(Transaction transaction, long agent, Buyer buyer, String request)
      throws SQLException {
    String text = request.strip().replaceAll("\\s+", " ");
    boolean isLearning = agents.get(transaction, agent).practice().isLearning();
    if (!isLearning || text.length() < CHARACTERS_LEAST) {
      return;
    }
    int end =
        text.offsetByCodePoints(0, Math.min(text.codePointCount(0, text.length()), CHARACTERS_MAX));
    // First what locks the versions of agents: who stops learning now is heard, and two deliveries
    // at once keep the bounds.
    agents.touch(transaction, agent);
    if (!agents.get(transaction, agent).practice().isLearning()) {
      return;
    }
    SqlLearned.add(transaction, agent, text.substring(0, end), buyer, clock.millis());
    SqlLearned.keepOfBuyer(transaction, agent, buyer.name(), OF_BUYER_MOST);
    SqlLearned.keepOfStrangers(transaction, agent, OF_STRANGERS_MOST);
    SqlLearned.keep(transaction, agent, MOST);
  }

  /// What the agent has done; nothing, once it wants that no more.
  List<String> of(Agent agent) {
    return agent.practice().isLearning()
        ? database.read(reader -> SqlLearned.of(reader, agent.number()))
        : List.of();
  }
}
