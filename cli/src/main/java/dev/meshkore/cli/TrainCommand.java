package dev.meshkore.cli;

import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// Uses a throw-away hub for a moment, so that Java can learn which classes a start needs.
@Command(name = "train", hidden = true, description = "Use a hub for a moment (for the build).")
final class TrainCommand implements Callable<Integer> {
  private static final int MESSAGE_COUNT = 20;

  private final Surroundings here;

  @Mixin private final CommonOptions common = new CommonOptions();

  TrainCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() throws IOException, HubSocket.Closed, InterruptedException {
    try (var folder = TemporaryFolder.make("meshkore-train");
        var hub = LocalHub.open(here, throwAway(here, folder))) {
      var address = URI.create(hub.url());
      try (var alice = join(address, hub.newInvite("train"), "alice");
          var bob = join(address, hub.newInvite("train"), "bob");
          var socket = HubSocket.connect(bob)) {
        for (var number = 0; number < MESSAGE_COUNT; number++) {
          var message = Json.object().put("to", "bob");
          message.putObject("payload").put("text", "message " + number);
          alice.post("/send", message);
        }
        bob.get("/messages");
        readAll(socket);
      }
    }
    if (common.json) {
      here.out().println(Json.line(Json.object().put("messages", MESSAGE_COUNT)));
    }
    return Exit.OK.code();
  }

  /// Settings of a hub that nobody else will find.
  static dev.meshkore.hub.HubConfig throwAway(Surroundings here, TemporaryFolder folder) {
    return throwAway(here, folder, Map.of());
  }

  /// The same with some settings of its own.
  static dev.meshkore.hub.HubConfig throwAway(
      Surroundings here, TemporaryFolder folder, Map<String, String> settings) {
    var alone =
        new Surroundings(
            here.out(), here.err(), here.in(), Map.of(), here.clock(), here.terminal(), null);
    var all = new HashMap<>(settings);
    all.put("port", "0");
    all.put("data", folder.path().resolve("hub").toString());
    return LocalHub.read(alone, all);
  }

  static HubClient join(URI hub, String invite, String agentId) {
    try (var guest = new HubClient(hub, null)) {
      var path = URI.create(invite).getPath();
      var joined = guest.post(path, Json.object().put("agent_id", agentId));
      return new HubClient(hub, Json.text(joined, "api_key"));
    }
  }

  private static void readAll(HubSocket socket) throws HubSocket.Closed, InterruptedException {
    var read = 0;
    while (read < MESSAGE_COUNT) {
      var frame = socket.next(10_000);
      if (frame == null) {
        throw new CommandFailed(Exit.OTHER, "The messages did not come back in time", "", "");
      }
      if (Json.text(frame, "type").equals("message")) {
        read++;
      }
    }
    socket.send(Json.object().put("type", "ack").put("sequence", MESSAGE_COUNT));
  }
}
