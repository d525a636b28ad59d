package dev.meshkore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.Hub;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/// An operator sets limits, approves, and pulls the plug, against a real hub.
@Timeout(60)
final class GuardCommandsTest {
  @TempDir Path place;

  private Shell shell() {
    return new Shell(place);
  }

  private Shell.Ended admin(Hub hub, String... words) {
    var line = new ArrayList<>(List.of(words));
    line.addAll(List.of("--url", hub.url(), "--data", place.resolve("data").toString()));
    return shell().run(line.toArray(String[]::new));
  }

  private void join(Hub hub, String agent) {
    var joined = shell().run("join", hub.newInvite("test"), "--agent", agent, "--profile", agent);
    assertThat(joined.code()).as(joined.err()).isZero();
  }

  private Shell.Ended send(String text) {
    return shell().run("send", "--profile", "alice", "bob", text);
  }

  @Test
  void anAgentIsLimitedStoppedAndLetGoOn() {
    try (var hub = TestHub.open(place.resolve("data"))) {
      join(hub, "alice");
      join(hub, "bob");
      assertThat(admin(hub, "limit").out()).contains("no budgets");
      assertThat(admin(hub, "limit", "agent:alice", "2").out()).contains("agent:alice", "ever");
      assertThat(send("one").code()).isZero();
      assertThat(send("two").code()).isZero();
      var limited = send("three");
      assertThat(limited.code()).isNotZero();
      assertThat(limited.err()).contains("agent:alice");

      assertThat(admin(hub, "stop").code()).isEqualTo(Exit.USER.code());
      var stopped = admin(hub, "stop", "alice", "--reason", "too eager");
      assertThat(stopped.out()).contains("agent:alice", "too eager");
      assertThat(send("four").err()).contains("stopped");
      assertThat(shell().run("inbox", "--profile", "alice").out()).contains("too eager");
      assertThat(admin(hub, "stop", "--hub").out()).contains("hub", "agent:alice");
      assertThat(admin(hub, "resume", "--hub").out()).contains("agent:alice");
      assertThat(admin(hub, "resume", "alice").out()).contains("Nothing is stopped");
      assertThat(admin(hub, "limit", "agent:alice", "10").code()).isZero();
      assertThat(send("five").code()).isZero();
    }
  }

  @Test
  void allThatWaitsIsListedHoweverManyPagesItTakes() throws Exception {
    try (var hub = TestHub.open(place.resolve("data"))) {
      join(hub, "alice");
      join(hub, "bob");
      ObjectNode kinds = Json.object();
      kinds.putArray("kinds").add("message");
      try (var client = new HubClient(URI.create(hub.url()), hub.adminKey())) {
        client.put("/holds/alice", kinds);
      }
      for (int i = 0; i < 55; i++) {
        assertThat(send("ask " + i + ".").out()).contains("waits for a person");
      }
      var listed = admin(hub, "approvals").out();
      for (int i = 0; i < 55; i++) {
        assertThat(listed).contains("ask " + i + ".");
      }
    }
  }

  @Test
  void whatWaitsIsListedAndDecided() throws Exception {
    try (var hub = TestHub.open(place.resolve("data"))) {
      join(hub, "alice");
      join(hub, "bob");
      assertThat(admin(hub, "approvals").out()).contains("Nothing waits");
      ObjectNode kinds = Json.object();
      kinds.putArray("kinds").add("message");
      try (var client = new HubClient(URI.create(hub.url()), hub.adminKey())) {
        client.put("/holds/alice", kinds);
      }
      assertThat(send("may I").out()).contains("waits for a person");
      var listed = admin(hub, "approvals");
      assertThat(listed.out()).contains("alice: message", "may I");
      var id = listed.out().strip().split(" ", 2)[0];
      assertThat(admin(hub, "approvals", "approve", id).out()).contains("done");
      assertThat(admin(hub, "approvals", "reject", id).code()).isNotZero();
      assertThat(admin(hub, "approvals").out()).contains("Nothing waits");
      assertThat(shell().run("inbox", "--profile", "bob").out()).contains("may I");
    }
  }
}
