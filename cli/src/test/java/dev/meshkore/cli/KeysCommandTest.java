package dev.meshkore.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.Hub;
import dev.meshkore.sdk.Keys;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Keys of an agent's own, made, bound and replaced on the command line, against a real hub.
@Timeout(120)
final class KeysCommandTest {
  @TempDir Path place;

  private Shell.Ended as(String agent, String... words) {
    var line = new ArrayList<>(List.of(words));
    line.addAll(List.of("--profile", agent));
    return new Shell(place).run(line.toArray(String[]::new));
  }

  private Shell.Ended done(String agent, String... words) {
    var ended = as(agent, words);
    assertThat(ended.code()).as(ended.err()).isZero();
    return ended;
  }

  private void join(Hub hub, String agent, String... more) {
    var line = new ArrayList<>(List.of("join", hub.newInvite("test"), "--agent", agent));
    line.addAll(List.of(more));
    done(agent, line.toArray(String[]::new));
  }

  private Path file(String name) {
    return place.resolve(".config/meshkore").resolve(name);
  }

  private JsonNode boundAt(Hub hub, String agent) {
    var kept = Profile.load(new Shell(place).surroundings(System.out, System.err), agent);
    try (var client = new HubClient(HubAddress.read(hub.url()), kept.apiKey())) {
      return client.get("/keys").path("keys");
    }
  }

  @Test
  void keysAreMadeBoundAndShownButNeverTheirSeed() throws Exception {
    try (var hub = TestHub.open(place.resolve("data"))) {
      join(hub, "alice");
      var none = done("alice", "keys");
      assertThat(none.out()).contains("no keys here yet", "`meshkore keys new --profile alice`");
      assertThat(file("alice.seed")).doesNotExist();

      var made = done("alice", "keys", "new");
      var seed = Files.readString(file("alice.seed"), US_ASCII);
      assertThat(seed).matches("[0-9a-f]{64}\n");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file("alice.seed"))))
          .isEqualTo("rw-------");
      var keys = Keys.open(file("alice.seed"));
      assertThat(made.out())
          .contains(keys.didKey(), keys.npub(), keys.evmAddress(), keys.solanaAddress())
          .contains("ed25519 since ", "secp256k1 since ");
      var bound = boundAt(hub, "alice");
      assertThat(bound).hasSize(2);
      assertThat(bound.path(0).path("did_key").asString()).isEqualTo(keys.didKey());
      assertThat(bound.path(1).path("evm_address").asString()).isEqualTo(keys.evmAddress());

      var again = done("alice", "keys", "new", "--json");
      assertThat(boundAt(hub, "alice")).isEqualTo(bound);
      assertThat(Json.text(again.json(), "did_key")).isEqualTo(keys.didKey());
      var shown = done("alice", "keys", "--json").json();
      assertThat(shown).isEqualTo(done("alice", "keys", "show", "--json").json());
      assertThat(shown.path("keys")).hasSize(2);
      assertThat(shown.path("keys").path(0).path("bound").asBoolean()).isTrue();
      assertThat(shown.path("others")).isEmpty();
      for (var ended : List.of(made, again, done("alice", "keys"), done("alice", "keys", "show"))) {
        assertThat(ended.out() + ended.err()).doesNotContain(seed.strip());
      }
    }
  }

  @Test
  void aSeedThatAnSdkMadeIsUsed() throws Exception {
    try (var hub = TestHub.open(place.resolve("data"))) {
      join(hub, "alice");
      var keys = Keys.open(file("alice.seed"));
      assertThat(done("alice", "keys").out()).contains(keys.didKey(), "not yet", "keys new");
      assertThat(done("alice", "keys", "new").out()).contains(keys.didKey());
      assertThat(boundAt(hub, "alice").path(0).path("did_key").asString()).isEqualTo(keys.didKey());
    }
  }

  @Test
  void keysOfAnotherSeedAreReplacedOnlyWhenAsked() throws Exception {
    try (var hub = TestHub.open(place.resolve("data"))) {
      join(hub, "alice");
      done("alice", "keys", "new");
      Files.move(file("alice.seed"), file("elsewhere"));
      var former = Keys.open(file("elsewhere"));
      assertThat(done("alice", "keys").out())
          .contains("no keys here yet", "not here", former.ed25519());

      var refused = as("alice", "keys", "new");
      assertThat(refused.code()).isEqualTo(Exit.USER.code());
      assertThat(refused.err()).contains("not of this profile", former.ed25519(), "--replace");
      assertThat(file("alice.seed")).doesNotExist();

      done("alice", "keys", "new", "--replace");
      var keys = Keys.open(file("alice.seed"));
      assertThat(boundAt(hub, "alice").path(0).path("did_key").asString()).isEqualTo(keys.didKey());

      Files.delete(file("alice.seed"));
      Files.move(file("elsewhere"), file("alice.seed"));
      var revoked = as("alice", "keys", "new", "--replace");
      assertThat(revoked.err()).contains("The key is, or was, bound", "keys rotate");
      assertThat(revoked.code()).isEqualTo(Exit.USER.code());
    }
  }

  @Test
  void keysAreRotatedAndTheFormerSeedIsKept() throws Exception {
    try (var hub = TestHub.open(place.resolve("data"))) {
      join(hub, "alice");
      assertThat(as("alice", "keys", "rotate").err()).contains("no keys to replace", "keys new");
      done("alice", "keys", "new");
      var first = Files.readString(file("alice.seed"));
      var rotated = done("alice", "keys", "rotate", "--json");
      var second = Keys.open(file("alice.seed"));
      assertThat(Json.text(rotated.json(), "did_key")).isEqualTo(second.didKey());
      assertThat(Json.text(rotated.json(), "former_seed"))
          .isEqualTo(file("alice.seed.1").toString());
      assertThat(Files.readString(file("alice.seed.1"))).isEqualTo(first);
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file("alice.seed.1"))))
          .isEqualTo("rw-------");
      assertThat(boundAt(hub, "alice").path(0).path("did_key").asString())
          .isEqualTo(second.didKey());

      // As if the command had ended before the seeds changed places.
      var third = Keys.open(file("alice.seed.new"));
      assertThat(done("alice", "keys", "rotate").out())
          .contains(third.didKey(), file("alice.seed.2").toString());
      assertThat(file("alice.seed.new")).doesNotExist();
      assertThat(Keys.open(file("alice.seed")).didKey()).isEqualTo(third.didKey());
      assertThat(boundAt(hub, "alice").path(0).path("did_key").asString())
          .isEqualTo(third.didKey());
    }
  }

  @Test
  void aSeedThatOthersCanReadIsNotUsed() throws Exception {
    try (var hub = TestHub.open(place.resolve("data"))) {
      join(hub, "alice");
      done("alice", "keys", "new");
      var seed = file("alice.seed");
      Files.setPosixFilePermissions(seed, PosixFilePermissions.fromString("rw-r--r--"));
      var refused = as("alice", "keys", "--json");
      assertThat(refused.code()).isEqualTo(Exit.USER.code());
      assertThat(refused.err())
          .contains("The keys cannot be read", "chmod 600")
          .doesNotContain(Files.readString(seed).strip());
    }
  }

  @Test
  void nothingIsSignedForAHubOfAnotherName() throws Exception {
    try (var hub = TestHub.open(place.resolve("data"))) {
      join(hub, "alice");
      var profile = file("alice.json");
      Files.writeString(profile, Files.readString(profile).replace("127.0.0.1", "localhost"));
      var refused = as("alice", "keys", "new");
      assertThat(refused.code()).isEqualTo(Exit.OTHER.code());
      assertThat(refused.err()).contains("sign something else", "correct `url`");
      assertThat(boundAt(hub, "alice")).isEmpty();
    }
  }

  @Test
  void whoTakesAProfileOverDoesNotGetItsKeys() throws Exception {
    try (var hub = TestHub.open(place.resolve("data"))) {
      join(hub, "alice");
      done("alice", "keys", "new");
      var seed = Files.readString(file("alice.seed"));
      var joined =
          as("alice", "join", hub.newInvite("test"), "--agent", "bob", "--force", "--json");
      assertThat(joined.code()).as(joined.err()).isZero();
      assertThat(file("alice.seed")).doesNotExist();
      assertThat(Files.readString(Path.of(Json.text(joined.json(), "former_seed"))))
          .isEqualTo(seed);
      assertThat(done("alice", "keys").out()).contains("bob at ", "no keys here yet");
    }
  }

  @Test
  void withoutAProfileThereAreNoKeys() {
    var ended = as("nobody", "keys", "new");
    assertThat(ended.code()).isEqualTo(Exit.AUTH.code());
    assertThat(ended.err()).contains("no profile 'nobody'", "meshkore join");
  }
}
