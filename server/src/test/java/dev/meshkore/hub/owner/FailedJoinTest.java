package dev.meshkore.hub.owner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meshkore.hub.audit.Audit;
import dev.meshkore.hub.identity.Admission;
import dev.meshkore.hub.identity.AgentId;
import dev.meshkore.hub.identity.AgentKeys;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.identity.Invite;
import dev.meshkore.hub.identity.Invites;
import dev.meshkore.hub.identity.OpenDoor;
import dev.meshkore.hub.identity.Profile;
import dev.meshkore.hub.identity.Revocations;
import dev.meshkore.hub.identity.SigningKeys;
import dev.meshkore.hub.identity.Tokens;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.store.StoreFailure;
import dev.meshkore.hub.testing.TestAudit;
import dev.meshkore.hub.testing.TestDatabase;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// An owner is remembered to hold an agent before the joining commits. The number of one whose
/// commit failed goes to the next agent, which belongs to nobody.
final class FailedJoinTest {
  @TempDir static Path folder;

  static Stream<DatabaseUrl> databases() {
    return TestDatabase.each(folder);
  }

  @ParameterizedTest
  @MethodSource("databases")
  void whoDidNotJoinIsNotRememberedAsHeld(DatabaseUrl url) {
    try (var database = Database.open(url, () -> 0L, () -> {})) {
      Audit audit = TestAudit.any();
      InstantSource time = InstantSource.system();
      var random = new SecureRandom();
      var agents = new Agents(database, audit);
      var tokens =
          new Tokens(
              new SigningKeys(database, audit, time, random), () -> "http://hub", time, random);
      var invites = new Invites(database, audit, () -> "http://hub", time, random);
      var revocations = new Revocations(database);
      var keys = new AgentKeys(database, audit, revocations, () -> "http://hub", time, random);
      var owners = new Owners(database, audit, agents, invites, keys, time, random);
      var admission =
          new Admission(
              database,
              audit,
              agents,
              invites,
              tokens,
              revocations,
              time,
              random,
              new OpenDoor(false, 0));
      Owner ada =
          owners.make(new OwnerFields("Ada", null, null, null, false), Optional.empty()).owner();
      String nonce = nonce(invites, ada);
      database.write(transaction -> {
        transaction.update("CREATE TABLE parent (id BIGINT PRIMARY KEY)");
        return transaction.update(
            "CREATE TABLE orphan (id BIGINT REFERENCES parent DEFERRABLE INITIALLY DEFERRED)");
      });

      var joined = new AtomicLong();
      admission.onJoin((transaction, agent, invite) -> {
        joined.set(agent);
        Runnable takeBack = owners.joined(transaction, agent, invite);
        assertThat(owners.lastOwnerOf(agent)).contains(ada.id());
        // Both let the statement pass and the commit fail.
        transaction.update(
            transaction.dialect().choose("ROLLBACK", "INSERT INTO orphan VALUES (1)"));
        return takeBack;
      });
      assertThatThrownBy(() -> admission.join(nonce, new AgentId("bob"), Profile.EMPTY))
          .isInstanceOf(StoreFailure.class);
      assertThat(agents.find("bob")).isEmpty();
      assertThat(joined.get()).isPositive();
      assertThat(owners.lastOwnerOf(joined.get())).isEmpty();
    }
  }

  private static String nonce(Invites invites, Owner owner) {
    String madeBy = Invite.ofOwner(owner.number());
    String url = invites.make("", 2, Duration.ofHours(1), madeBy).url();
    return url.substring(url.lastIndexOf('/') + 1);
  }
}
