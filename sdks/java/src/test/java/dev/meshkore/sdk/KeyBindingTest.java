package dev.meshkore.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Keys that the hub knows: bound, shown, used to sign requests, replaced.
final class KeyBindingTest {
  private static final Duration NOW = Duration.ZERO;

  @TempDir Path folder;
  private TestHub hub;
  private MeshKoreAgent alice;
  private MeshKoreAgent bob;

  @BeforeEach
  void start() throws Exception {
    hub = TestHub.start(folder);
    alice = hub.unbound("alice");
    bob = hub.unbound("bob");
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  @Test
  void boundKeysAreShownToOthersWhoCanThenWriteAndBeRead() {
    alice.bindKeys();
    alice.bindKeys();
    bob.bindKeys();
    JsonNode shown = bob.agent("alice").path("keys");
    assertThat(shown).hasSize(2);
    for (JsonNode key : shown) {
      assertThat(key.path("did_key").asString("")).startsWith("did:key:z");
    }
    alice.sendEncrypted("bob", Map.of("text", "we never met"));
    Message message = bob.next(NOW).orElseThrow();
    assertThat(message.text()).isEqualTo("we never met");
    bob.reply(message, Map.of("text", "now we did"));
    assertThat(alice.next(NOW).orElseThrow().text()).isEqualTo("now we did");
    bob.groups().offer("alice");
    MlsGroup team = alice.groups().create("team");
    team.add(alice.next(Groups::isOffer, NOW).orElseThrow());
    MlsGroup bobs = bob.groups().join(bob.next(Groups::isWelcome, NOW).orElseThrow());
    bobs.send(Map.of("text", "in a group, too"));
    assertThat(team.read()).extracting(Message::text).containsExactly("in a group, too");
  }

  @Test
  void signsItsRequestsInsteadOfAnApiKey() {
    alice.bindKeys();
    MeshKoreAgent signing = hub.kept(MeshKoreAgent.signing(hub.url(), "alice", hub.trust("alice")));
    assertThat(signing.apiKey()).isEmpty();
    signing.send("bob", Map.of("text", "signed"));
    signing.send("bob", Map.of("text", "signed"));
    assertThat(bob.next(NOW).orElseThrow().sender()).isEqualTo("alice");
    assertThat(signing.agents("no such words")).isEmpty();
    Message received = bob.next(NOW).orElseThrow();
    bob.reply(received, Map.of("text", "seen"));
    for (Message message : signing.messages(NOW)) {
      assertThat(message.text()).isEqualTo("seen");
    }
    var strangers = new MeshKoreAgent.Trust(TestHub.strangersKeys(), hub.pins("stranger"));
    MeshKoreAgent stranger = hub.kept(MeshKoreAgent.signing(hub.url(), "alice", strangers));
    assertThatThrownBy(() -> stranger.send("bob", Map.of()))
        .isInstanceOfSatisfying(
            ProblemException.class, refused -> assertThat(refused.status()).isEqualTo(401));
  }

  @Test
  void aPeerThatReplacesItsKeysIsAnAlarmUntilTheyAreAccepted() {
    alice.bindKeys();
    bob.bindKeys();
    alice.sendEncrypted("bob", Map.of("text", "first"));
    bob.done(bob.next(NOW).orElseThrow());
    Keys fresh = TestHub.strangersKeys();
    var trust = new MeshKoreAgent.Trust(fresh, hub.pins("bob"));
    String apiKey = bob.apiKey().orElseThrow();
    MeshKoreAgent replaced = hub.kept(MeshKoreAgent.of(hub.url(), "bob", apiKey, trust));
    replaced.bindKeys();
    assertThatThrownBy(() -> alice.sendEncrypted("bob", Map.of("text", "second")))
        .isInstanceOfSatisfying(
            KeyChangedException.class,
            change -> assertThat(change.shown()).isEqualTo(fresh.secp256k1()));
    hub.pins("alice").accept("bob", KeyType.SECP256K1, fresh.secp256k1());
    alice.sendEncrypted("bob", Map.of("text", "second"));
    assertThat(replaced.next(NOW).orElseThrow().text()).isEqualTo("second");
  }

  @Test
  void signsNothingForAHubOfAnotherName() {
    URI other = URI.create(hub.url().toString().replace("127.0.0.1", "localhost"));
    MeshKoreAgent elsewhere =
        hub.kept(
            MeshKoreAgent.of(other, "alice", alice.apiKey().orElseThrow(), hub.trust("alice")));
    assertThatThrownBy(elsewhere::bindKeys).isInstanceOf(EncryptionException.class);
    assertThat(alice.agent("alice").path("keys")).isEmpty();
  }
}
