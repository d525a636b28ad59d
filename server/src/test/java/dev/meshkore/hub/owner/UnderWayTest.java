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
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
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

  /// An agent, and a thief that is an owner of the same hub.
  private final class Scene implements AutoCloseable {
    final Database database;
    final AgentKeys agentKeys;
    final Owners owners;
    final long alice;
    final Owner thief;

    Scene(DatabaseUrl url) {
      database = Database.open(url, () -> 0, () -> {});
      var agents = new Agents(database, TestAudit.any());
      var invites = new Invites(database, TestAudit.any(), () -> URL, TIME, random);
      agentKeys =
          new AgentKeys(
              database, TestAudit.any(), new Revocations(database), () -> URL, TIME, random);
      owners = new Owners(database, TestAudit.any(), agents, invites, agentKeys, TIME, random);
      alice =
          database.write(transaction ->
              agents.create(
                  transaction,
                  new AgentId("alice"),
                  ApiKeyHash.ofMade(ApiKeyHash.makeKey(random)),
                  Profile.EMPTY,
                  TIME.instant()));
      var fields = new OwnerFields("Mallory", null, null, null, false);
      thief = owners.make(fields, Optional.empty()).owner();
    }

    /// Who called with the API key that alice had when so many were revoked.
    Caller.OfAgent called(long epoch) {
      return new Caller.OfAgent(alice, "alice", new Proof(Proof.Way.API_KEY, epoch, ""));
    }

    boolean attested(Caller.OfAgent caller) {
      return database.write(
          transaction -> owners.attested(transaction, caller, thief, TIME.instant()));
    }

    @Override
    public void close() {
      database.close();
    }
  }

  private static void assertRefused(ThrowingCallable call) {
    Refused refused = catchThrowableOfType(Refused.class, call);
    assertThat(refused.type()).isEqualTo(ProblemType.UNAUTHENTICATED);
  }

  @ParameterizedTest
  @MethodSource("urls")
  void nobodyAgreesToAnOwnerByWhatWasRevokedMeanwhile(DatabaseUrl url) {
    try (var scene = new Scene(url)) {
      Owners owners = scene.owners;
      Owner thief = scene.thief;
      assertThat(owners.offer(thief.number(), "alice")).isEqualTo(Owners.Holding.OFFERED);

      scene.agentKeys.revokeAll(scene.alice, "alice", "admin");

      assertRefused(() -> owners.agree(scene.called(0), thief.id()));
      assertThat(owners.ownerOf(scene.alice)).isEmpty();
      assertThat(owners.agree(scene.called(1), thief.id()).number()).isEqualTo(thief.number());
    }
  }

  @ParameterizedTest
  @MethodSource("urls")
  void nobodyShowsAnAttestationByWhatWasRevokedMeanwhile(DatabaseUrl url) {
    try (var scene = new Scene(url)) {
      scene.agentKeys.revokeAll(scene.alice, "alice", "admin");

      assertRefused(() -> scene.attested(scene.called(0)));
      assertThat(scene.owners.ownerOf(scene.alice)).isEmpty();
      assertThat(scene.attested(scene.called(1))).isTrue();
      assertThat(scene.attested(scene.called(1))).as("held already").isFalse();
    }
  }
}
