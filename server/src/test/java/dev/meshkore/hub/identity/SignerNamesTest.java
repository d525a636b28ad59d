package dev.meshkore.hub.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.keys.Key;
import dev.meshkore.hub.keys.KeyType;
import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.AgentKeyPair;
import dev.meshkore.hub.testing.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Whoever names a key, in whatever way, fills no memory with it.
final class SignerNamesTest {
  @TempDir static Path folder;

  static Stream<DatabaseUrl> databases() {
    return TestDatabase.each(folder);
  }

  @ParameterizedTest
  @MethodSource("databases")
  void allWaysToWriteANameAreKeptAsOne(DatabaseUrl url) {
    try (var hub = new Hub(url, false)) {
      Key key = Key.of(KeyType.ED25519, "public_key", AgentKeyPair.of(21).ed25519Hex());
      Invites.Made made = hub.invites.make("", 1, Duration.ofHours(1), "admin");
      hub.admission.join(
          Hub.nonce(made),
          new AgentId("alice"),
          Profile.EMPTY,
          (transaction, agent, _) -> hub.agentKeys.bindFirst(transaction, agent, "alice", key));
      String did = DidWba.of(Hub.URL, "alice");
      for (int i = 0; i < 100; i++) {
        assertThat(hub.agentKeys.signer(KeyType.ED25519, did + "#key-" + i)).isPresent();
      }
      String start = did.substring("did:wba:".length()).toUpperCase(Locale.ROOT);
      String shouted = "did:wba:" + start.replace("ALICE", "alice");
      assertThat(hub.agentKeys.signer(KeyType.ED25519, shouted)).isPresent();
      assertThat(hub.agentKeys.signersKept()).isEqualTo(1);
      String hex = key.hex();
      for (String name :
          new String[] {hex, hex.toUpperCase(Locale.ROOT), key.didKey(), did + ":e1_"}) {
        assertThat(hub.agentKeys.signer(KeyType.ED25519, name)).as(name).isPresent();
      }
      assertThat(hub.agentKeys.signersKept()).isEqualTo(2);
      assertThat(hub.agentKeys.signer(KeyType.ED25519, did + "#" + "k".repeat(600))).isEmpty();
    }
  }
}
