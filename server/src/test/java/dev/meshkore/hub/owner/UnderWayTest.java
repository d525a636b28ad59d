package dev.meshkore.hub.owner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.meshkore.hub.identity.AgentId;
import dev.meshkore.hub.identity.AgentKeys;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.identity.ApiKeyHash;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.identity.Invites;
import dev.meshkore.hub.identity.Profile;
import dev.meshkore.hub.identity.Proof;
import dev.meshkore.hub.identity.Revocations;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.TestAudit;
import dev.meshkore.hub.testing.TestDatabase;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What a thief has under way when the operator takes everything from it that proves the agent.
final class UnderWayTest {
  private static final String URL = "http://hub.test";
  private static final InstantSource TIME =
      InstantSource.fixed(Instant.parse("2026-11-21T20:00:00Z"));

  @TempDir static Path folder;

  private final SecureRandom random = new SecureRandom();

  private static Stream<DatabaseUrl> urls() {
    return TestDatabase.each(folder);
  }

  @ParameterizedTest
  @MethodSource("urls")
  void nobodyAgreesToAnOwnerByWhatWasRevokedMeanwhile(DatabaseUrl url) {
    try (var database = Database.open(url, () -> 0, () -> {})) {
      var agents = new Agents(database, TestAudit.any());
      var invites = new Invites(database, TestAudit.any(), () -> URL, TIME, random);
      var agentKeys =
          new AgentKeys(
              database, TestAudit.any(), new Revocations(database), () -> URL, TIME, random);
      var owners = new Owners(database, TestAudit.any(), agents, invites, agentKeys, TIME, random);
      long alice =
          database.write(transaction ->
              agents.create(
                  transaction,
                  new AgentId("alice"),
                  ApiKeyHash.ofMade(ApiKeyHash.makeKey(random)),
                  Profile.EMPTY,
                  TIME.instant()));
      var fields = new OwnerFields("Mallory", null, null, null, false);
      Owner thief = owners.make(fields, Optional.empty()).owner();
      assertThat(owners.offer(thief.number(), "alice")).isEqualTo(Owners.Holding.OFFERED);
      var underWay = new Caller.OfAgent(alice, "alice", new Proof(Proof.Way.API_KEY, 0, ""));

      agentKeys.revokeAll(alice, "alice", "admin");

      Refused refused =
          catchThrowableOfType(Refused.class, () -> owners.agree(underWay, thief.id()));
      assertThat(refused.type()).isEqualTo(ProblemType.UNAUTHENTICATED);
      assertThat(owners.ownerOf(alice)).isEmpty();
      var anew = new Caller.OfAgent(alice, "alice", new Proof(Proof.Way.API_KEY, 1, ""));
      assertThat(owners.agree(anew, thief.id()).number()).isEqualTo(thief.number());
    }
  }
}
