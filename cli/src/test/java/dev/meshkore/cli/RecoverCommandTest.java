package dev.meshkore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.Hub;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// How an owner gives an agent that lost its key another one, against a real hub.
@Timeout(60)
final class RecoverCommandTest {
  @TempDir Path place;

  private Shell.Ended run(String... arguments) {
    return new Shell(place).run(arguments);
  }

  private Shell.Ended done(String... arguments) {
    var ended = run(arguments);
    assertThat(ended.code()).as(ended.err()).isZero();
    return ended;
  }

  private Path profile(String name) {
    return place.resolve(".config/meshkore/" + name + ".json");
  }

  /// Ada, who owns alice, and bob, whom nobody owns.
  private void people(Hub hub, Path data) throws Exception {
    var admin = "--admin-key-file=" + data.resolve("admin.key");
    var url = "--url=" + hub.url();
    done("owner", "new", "Ada", url, admin);
    done("join", done("owner", "invite").out().strip(), "--agent", "alice", "--profile", "alice");
    var stranger = Json.text(done("invite", "--json", url, admin).json(), "url");
    done("join", stranger, "--agent", "bob", "--profile", "bob");
  }

  @Test
  void anAgentThatLostItsKeyGoesOnWithAnother() throws Exception {
    var data = place.resolve("data");
    try (Hub hub = TestHub.open(data)) {
      people(hub, data);
      done("send", "alice", "before", "--profile", "bob");
      Files.copy(profile("alice"), profile("thief"));
      Files.delete(profile("alice"));

      var recovered = done("owner", "recover", "alice");
      assertThat(recovered.out()).contains("Recovered alice", "--profile alice");
      assertThat(recovered.out())
          .doesNotContain(Json.text(Json.read(Files.readString(profile("alice"))), "api_key"));
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(profile("alice"))))
          .isEqualTo("rw-------");
      assertThat(done("inbox", "--profile", "alice").out()).contains("before", "recovered");
      assertThat(run("inbox", "--profile", "thief").code()).isEqualTo(Exit.AUTH.code());

      var json = done("owner", "recover", "alice", "--keep", "other", "--json").json();
      assertThat(Json.text(json, "agent_id")).isEqualTo("alice");
      assertThat(Json.text(json, "url")).isEqualTo(hub.url());
      assertThat(Json.text(json, "profile")).isEqualTo(profile("other").toString());
      assertThat(json.has("api_key")).isFalse();
      assertThat(run("inbox", "--profile", "alice").code()).isEqualTo(Exit.AUTH.code());
      done("owner", "recover", "alice");
      done("inbox", "--profile", "alice");
    }
  }

  @Test
  void nobodyElsesAgentAndNoOtherProfileIsTouched() throws Exception {
    var data = place.resolve("data");
    try (Hub hub = TestHub.open(data)) {
      people(hub, data);
      assertThat(run("owner", "recover", "bob", "--keep", "new").code())
          .isEqualTo(Exit.USER.code());
      assertThat(profile("new")).doesNotExist();
      done("inbox", "--profile", "bob");

      var taken = run("owner", "recover", "alice", "--keep", "bob");
      assertThat(taken.code()).isEqualTo(Exit.USER.code());
      assertThat(taken.err()).contains("'bob' is of bob", "Nothing was recovered");
      done("inbox", "--profile", "alice");
      done("owner", "recover", "alice", "--keep", "bob", "--force");
      assertThat(done("inbox", "--profile", "bob").out()).contains("recovered");

      assertThat(run("owner", "recover", "alice", "--profile", "bob").code())
          .as("an agent is no owner")
          .isNotZero();
      assertThat(run("owner", "recover", "alice", "--profile", "nobody").code())
          .isEqualTo(Exit.AUTH.code());
      assertThat(run("owner", "recover", "--help").out()).contains("--keep", "is void at once");
    }
  }
}
