package dev.meshkore.hub.market;

import dev.meshkore.hub.audit.Audit;
import dev.meshkore.hub.discovery.Learned;
import dev.meshkore.hub.guard.Approach;
import dev.meshkore.hub.guard.Holding;
import dev.meshkore.hub.guard.Persons;
import dev.meshkore.hub.identity.AgentKeys;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.identity.Callers;
import dev.meshkore.hub.identity.SigningKeys;
import dev.meshkore.hub.meaning.Meaning;
import dev.meshkore.hub.outbox.Outbox;
import dev.meshkore.hub.owner.Trust;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.LongPredicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/// What the market is built on.
///
/// @param database where all is kept
/// @param audit takes down what is done
/// @param agents the agents of the hub
/// @param agentKeys their keys
/// @param callers who calls
/// @param approach what a message must keep, and what is said on the market, too
/// @param holding lets calls wait for a person
/// @param persons who owns whom
/// @param trust how far agents are known
/// @param signingKeys sign for the hub
/// @param blocks whether an agent wants nothing of another
/// @param isOnline whether an agent is here now
/// @param outbox what the hub tells agents
/// @param meaning searches by meaning
/// @param payloadBytesMax the largest payload of a message
/// @param learned keeps which requests were done
/// @param callFeeBps what is taken of what a seller is paid for a call, in hundredths of a percent
/// @param token of a chain in which calls are paid, where there is one
/// @param hubUrl the hub's URL
/// @param time the hub's clock
/// @param random makes what nobody can guess
public record MarketParts(
    Database database,
    Audit audit,
    Agents agents,
    AgentKeys agentKeys,
    Callers callers,
    Approach approach,
    Holding holding,
    Persons persons,
    Trust trust,
    SigningKeys signingKeys,
    Blocks blocks,
    LongPredicate isOnline,
    Outbox outbox,
    Meaning meaning,
    int payloadBytesMax,
    Learned learned,
    long callFeeBps,
    Optional<Token> token,
    Supplier<String> hubUrl,
    InstantSource time,
    RandomGenerator random) {
  /// Who wants nothing of whom.
  @FunctionalInterface
  public interface Blocks {
    /// Whether an agent blocks another.
    boolean test(long agent, long other);
  }

  /// Whether two agents are one, or belong to one owner.
  boolean areKin(Transaction reader, long one, long other) throws SQLException {
    if (one == other) {
      return true;
    }
    Optional<String> owner = persons.ownerOf(reader, one);
    return owner.isPresent() && owner.equals(persons.ownerOf(reader, other));
  }
}
