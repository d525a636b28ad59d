package dev.meshkore.cli;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/// Shows what is in an agent's inbox, and marks it as read.
@Command(
    name = "inbox",
    description = "Show your unread messages, oldest first, and mark them as read.")
final class InboxCommand implements Callable<Integer> {
  private final Surroundings here;

  @Mixin private final CommonOptions common = new CommonOptions();
  @Mixin private final AgentOptions reader = new AgentOptions();

  @Option(
      names = {"-f", "--follow"},
      description = "Stay, and show messages as they come.")
  boolean follow;

  @Option(names = "--keep", description = "Leave the messages unread.")
  boolean keep;

  @Option(
      names = "--limit",
      paramLabel = "COUNT",
      defaultValue = "100",
      description = "At most so many messages (default: ${DEFAULT-VALUE}).")
  int limit = 100;

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      defaultValue = "0",
      description = "Wait up to 60 seconds for a first message.")
  int wait;

  InboxCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() throws InterruptedException {
    try (var client = reader.client(here)) {
      if (follow) {
        followLive(client);
      } else {
        readOnce(client);
      }
    }
    return Exit.OK.code();
  }

  private void readOnce(HubClient client) {
    var path = "/messages?limit=" + limit + "&wait=" + wait;
    var page = client.get(path, Duration.ofSeconds(wait));
    for (var message : page.path("messages")) {
      show(message);
    }
    checkShown();
    if (page.path("messages").isEmpty() && !common.json) {
      here.out().println("No unread messages.");
    }
    if (!keep && !page.path("messages").isEmpty()) {
      client.post("/messages/ack", Json.object().put("sequence", page.path("after").asLong()));
    }
    if (page.path("more").asBoolean() && !common.json) {
      here.out().println(here.dim("There are more; run the command again."));
    }
  }

  /// Shows messages as they come; after a lost connection it resumes where it was.
  private void followLive(HubClient client) throws InterruptedException {
    var pause = new CountDownLatch(1);
    var waitSeconds = 1;
    if (!common.json) {
      here.err().println(here.dim("Waiting for messages; stop with Ctrl-C."));
    }
    while (true) {
      try (var socket = HubSocket.connect(client)) {
        waitSeconds = 1;
        pump(socket);
      } catch (HubSocket.Closed e) {
        if (e.isForGood()) {
          throw new CommandFailed(
              Exit.AUTH,
              "The hub does not accept the key",
              String.valueOf(e.getMessage()),
              "Join again, or check --profile and --key.");
        }
        here.err().println("The connection ended (" + e.getMessage() + "); connecting again.");
      }
      if (pause.await(waitSeconds, TimeUnit.SECONDS)) {
        return;
      }
      waitSeconds = Math.min(waitSeconds * 2, 30);
    }
  }

  private void pump(HubSocket socket) throws HubSocket.Closed, InterruptedException {
    while (true) {
      var frame = socket.next(60_000);
      if (frame != null && Json.text(frame, "type").equals("message")) {
        show(frame);
        checkShown();
        if (!keep) {
          var sequence = frame.path("sequence").asLong();
          socket.send(Json.object().put("type", "ack").put("sequence", sequence));
        }
      }
    }
  }

  /// What nobody saw is not marked as read.
  private void checkShown() {
    if (here.out().checkError()) {
      throw new CommandFailed(
          Exit.OTHER, "The output was closed", "The messages stay unread", "Run it again.");
    }
  }

  private void show(JsonNode message) {
    here.out().println(common.json ? Json.line(message) : MessageText.of(here, message));
  }
}
