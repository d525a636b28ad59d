package dev.meshkore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.Hub;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What an owner does on the command line, against a real hub.
@Timeout(60)
final class OwnerCommandTest {
  @TempDir Path place;

  private Shell.Ended run(String... arguments) {
    return new Shell(place).run(arguments);
  }

  private Shell.Ended done(String... arguments) {
    var ended = run(arguments);
    assertThat(ended.code()).as(ended.err()).isZero();
    return ended;
  }

  private String given(String messages) throws Exception {
    var give = done("mandate", "give", "alice", "--to", "bob", "--messages", messages, "--json");
    return Json.text(give.json(), "mandate_id");
  }

  @Test
  void anOwnerGivesAMandateSeesItsLimitAndPullsThePlug() throws Exception {
    var data = place.resolve("data");
    try (Hub hub = TestHub.open(data)) {
      var admin = "--admin-key-file=" + data.resolve("admin.key");
      var url = "--url=" + hub.url();
      var made = done("owner", "new", "Ada", "--mandates", "required", url, admin);
      var file = place.resolve(".config/meshkore/owner.json");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
      assertThat(made.out())
          .doesNotContain(Json.text(Json.read(Files.readString(file)), "api_key"));

      var invite = done("owner", "invite").out().strip();
      done("join", invite, "--agent", "alice", "--profile", "alice");
      var stranger = Json.text(done("invite", "--json", url, admin).json(), "url");
      done("join", stranger, "--agent", "bob", "--profile", "bob");
      assertThat(done("owner", "agents").out().strip()).isEqualTo("alice");

      assertThat(done("owner", "events").out()).contains("Nothing happened");
      done("stop", "alice", "--reason", "too eager", url, admin);
      assertThat(done("owner", "events").out()).contains("stopped", "agent:alice", "too eager");
      done("resume", "alice", url, admin);

      var refused = run("send", "bob", "hello", "--profile", "alice");
      assertThat(refused.code()).isEqualTo(Exit.AUTH.code());
      assertThat(refused.err()).contains("none that you hold allows send with bob");

      var id = given("2");
      done("send", "bob", "one", "--profile", "alice");
      done("send", "bob", "two", "--profile", "alice");
      var over = run("send", "bob", "three", "--profile", "alice");
      assertThat(over.code()).isNotZero();
      assertThat(over.err()).contains("mandate:" + id);
      assertThat(done("mandate", "show", id).out()).contains("0 of 2 messages left");

      var more = given("9");
      done("send", "bob", "three", "--profile", "alice");
      done("mandate", "revoke", more);
      done("mandate", "revoke", id);
      assertThat(run("send", "bob", "four", "--profile", "alice").code())
          .isEqualTo(Exit.AUTH.code());
      assertThat(done("mandate", "list").out()).contains(id, "revoked");
    }
  }

  @Test
  void allThatAnOwnerHoldsIsStoppedAndGoesOn() throws Exception {
    var data = place.resolve("data");
    try (Hub hub = TestHub.open(data)) {
      var admin = "--admin-key-file=" + data.resolve("admin.key");
      var url = "--url=" + hub.url();
      var owner = "owner:" + made(url, admin);
      var stranger = Json.text(done("invite", "--json", url, admin).json(), "url");
      done("join", stranger, "--agent", "bob", "--profile", "bob");

      assertThat(done("stop", owner, "--reason", "odd", url, admin).out()).contains(owner, "odd");
      assertThat(run("send", "bob", "one", "--profile", "alice").err()).contains("stopped");
      done("send", "alice", "two", "--profile", "bob");
      assertThat(done("resume", owner, "--owner", "owner").out())
          .as("the operator's stop is the operator's to lift")
          .contains(owner);
      assertThat(done("resume", owner, url, admin).out()).contains("Nothing is stopped");

      var json = done("stop", owner, "--owner", "owner", "--json").json();
      assertThat(Json.text(json.path("stops").path(0), "scope")).isEqualTo(owner);
      assertThat(run("send", "bob", "three", "--profile", "alice").code()).isNotZero();
      done("resume", owner, "--owner", "owner");
      done("send", "bob", "three", "--profile", "alice");

      var unknown = run("stop", "owner:own_nobody", "--owner", "owner");
      assertThat(unknown.code()).as(unknown.err()).isNotZero();
    }
  }

  /// An owner that holds alice; its id.
  private String made(String url, String admin) throws Exception {
    var made = done("owner", "new", "Ada", "--json", url, admin).json();
    var invite = done("owner", "invite").out().strip();
    done("join", invite, "--agent", "alice", "--profile", "alice");
    return Json.text(made, "owner_id");
  }
}
