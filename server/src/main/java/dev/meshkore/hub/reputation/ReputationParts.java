package dev.meshkore.hub.reputation;

import dev.meshkore.hub.audit.Audit;
import dev.meshkore.hub.guard.Approach;
import dev.meshkore.hub.guard.Holding;
import dev.meshkore.hub.guard.Persons;
import dev.meshkore.hub.identity.AgentKeys;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.identity.Callers;
import dev.meshkore.hub.outbox.Outbox;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/// What reputation is built on.
///
/// @param database where all is kept
/// @param audit takes down what is done
/// @param agents the agents of the hub
/// @param agentKeys their keys
/// @param callers who calls
/// @param approach what must be kept by whoever turns to another agent
/// @param holding lets calls wait for a person
/// @param persons who owns whom
/// @param acting who may act
/// @param outbox what the hub tells agents
/// @param trustChanged hears of agents that earned trust, or lost it, after the commit
/// @param hubUrl the hub's URL
/// @param time the hub's clock
public record ReputationParts(
    Database database,
    Audit audit,
    Agents agents,
    AgentKeys agentKeys,
    Callers callers,
    Approach approach,
    Holding holding,
    Persons persons,
    Acting acting,
    Outbox outbox,
    LongConsumer trustChanged,
    Supplier<String> hubUrl,
    InstantSource time) {
  /// Who may act.
  @FunctionalInterface
  public interface Acting {
    /// Refuses what a stopped agent asks for.
    void check(Transaction transaction, long agent) throws SQLException;
  }
}
