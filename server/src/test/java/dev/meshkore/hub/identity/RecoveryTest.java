package dev.meshkore.hub.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.keys.Key;
import dev.meshkore.hub.keys.KeyType;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.AgentKeyPair;
import dev.meshkore.hub.testing.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Whoever recovers an agent, or revokes all that proves it, is not outrun by what was under way.
final class RecoveryTest {
  @TempDir static Path folder;

  private final AgentKeyPair first = AgentKeyPair.of(1);
  private final AgentKeyPair second = AgentKeyPair.of(2);

  private static Stream<DatabaseUrl> urls() {
    return TestDatabase.each(folder);
  }

  @ParameterizedTest
  @MethodSource("urls")
  void whatWasUnderWayBeforeARecoveryChangesNothing(DatabaseUrl url) {
    try (var hub = new Hub(url, false)) {
      String nonce = Hub.nonce(hub.invites.make("l", 1, Duration.ofDays(1), "admin"));
      hub.admission.join(nonce, new AgentId("alice"), Profile.EMPTY);
      long number = hub.agents.numberOf("alice").orElseThrow();
      var byApiKey = new Caller.OfAgent(number, "alice", Proof.ofApiKey(0));
      var bySignature = new Caller.OfAgent(number, "alice", Proof.ofSignature(first.ed25519Hex()));
      hub.agentKeys.bind(byApiKey, binding(hub, byApiKey, first));

      AgentKeys.Binding underWay = binding(hub, bySignature, second);
      AgentKeys.Binding withApiKey = binding(hub, byApiKey, second);
      String recovered = hub.agentKeys.recover(number, "alice", "own_ada");

      for (Caller.OfAgent thief : new Caller.OfAgent[] {byApiKey, bySignature}) {
        Hub.assertRefused(ProblemType.UNAUTHENTICATED, () -> hub.agentKeys.bind(thief, underWay));
        Hub.assertRefused(ProblemType.UNAUTHENTICATED, () -> hub.agentKeys.bind(thief, withApiKey));
        Hub.assertRefused(ProblemType.UNAUTHENTICATED, () -> hub.agentKeys.changeApiKey(thief));
        Hub.assertRefused(
            ProblemType.UNAUTHENTICATED, () -> hub.agentKeys.revoke(thief, first.ed25519Hex()));
      }
      assertThat(hub.agentKeys.ofAgent(number)).isEmpty();
      assertThat(hub.agents.byMadeKey(recovered)).isPresent();
      assertThat(hub.revocations.isRevoked(number, bySignature.proof())).isTrue();
    }
  }

  private static AgentKeys.Binding binding(Hub hub, Caller.OfAgent caller, AgentKeyPair pair) {
    String challenge = hub.agentKeys.challenge(caller).text();
    Key key = Key.of(KeyType.ED25519, "public_key", pair.ed25519Hex());
    byte[] signature = HexFormat.of().parseHex(pair.sign(challenge));
    return new AgentKeys.Binding(key, challenge, signature, null);
  }
}
