package dev.meshkore.hub.jobs;

import dev.meshkore.hub.audit.Audit;
import dev.meshkore.hub.chain.Custody;
import dev.meshkore.hub.guard.Approach;
import dev.meshkore.hub.guard.Budgets;
import dev.meshkore.hub.guard.Holding;
import dev.meshkore.hub.guard.Persons;
import dev.meshkore.hub.identity.AgentKeys;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.identity.Callers;
import dev.meshkore.hub.identity.KeyAddresses;
import dev.meshkore.hub.identity.SigningKeys;
import dev.meshkore.hub.ledger.Ledger;
import dev.meshkore.hub.outbox.Outbox;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// What jobs are built on.
///
/// @param database where all is kept
/// @param audit takes down what is done
/// @param agents the agents of the hub
/// @param agentKeys their keys
/// @param addresses whose keys have which addresses
/// @param callers who calls
/// @param approach what must be kept by whoever turns to another agent
/// @param holding lets calls wait for a person
/// @param persons who owns whom
/// @param acting who may act
/// @param agreements of the market, of which jobs are made
/// @param budgets count what is spent
/// @param ledger moves the money
/// @param custody holds money on a chain; null where the hub settles on none
/// @param outbox what the hub tells agents
/// @param signingKeys sign for the hub
/// @param settings fees, and from when on there is escrow
/// @param hubUrl the hub's URL
/// @param time the hub's clock
/// @param random makes what nobody can guess
public record JobParts(
    Database database,
    Audit audit,
    Agents agents,
    AgentKeys agentKeys,
    KeyAddresses addresses,
    Callers callers,
    Approach approach,
    Holding holding,
    Persons persons,
    Acting acting,
    Agreements agreements,
    Budgets budgets,
    Ledger ledger,
    @Nullable Custody custody,
    Outbox outbox,
    SigningKeys signingKeys,
    JobSettings settings,
    Supplier<String> hubUrl,
    InstantSource time,
    RandomGenerator random) {
  /// Who may act.
  @FunctionalInterface
  public interface Acting {
    /// Refuses what a stopped agent asks for.
    void check(Transaction transaction, long agent) throws SQLException;
  }

  /// Agreements of which jobs are made.
  @FunctionalInterface
  public interface Agreements {
    /// One was kept: somebody has accepted all that was delivered.
    void delivered(Transaction transaction, String negotiationId, String by) throws SQLException;
  }

  /// Whether two agents belong to one owner.
  boolean areKin(Transaction reader, long one, long other) throws SQLException {
    Optional<String> owner = persons.ownerOf(reader, one);
    return owner.isPresent() && owner.equals(persons.ownerOf(reader, other));
  }

  /// What an agent is called, or the operator where it is [Job#OPERATOR].
  String idOf(long agent) {
    return agent == Job.OPERATOR ? Agents.HUB_ID : agents.idOf(agent);
  }
}
