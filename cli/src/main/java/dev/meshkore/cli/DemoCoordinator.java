package dev.meshkore.cli;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Hands out the parts of a document over one WebSocket, and gathers what comes back.
final class DemoCoordinator {
  private static final long PATIENCE_MS = 25_000;
  private static final long QUIET_MS = 300;

  private final Surroundings here;
  private final HubClient client;
  private final HubSocket socket;
  private final DemoResults results;
  private final List<String> workers;
  private final Map<Integer, Long> sentMs = new HashMap<>();

  DemoCoordinator(
      Surroundings here,
      HubClient client,
      HubSocket socket,
      DemoResults results,
      List<String> workers) {
    this.here = here;
    this.client = client;
    this.socket = socket;
    this.results = results;
    this.workers = List.copyOf(workers);
  }

  void run(DemoDocument document, @Nullable Path folder)
      throws HubSocket.Closed, InterruptedException {
    var deadline = here.clock().millis() + PATIENCE_MS;
    awaitWorkers(deadline);
    for (var part : document.parts()) {
      var worker = workers.get(part.number() % workers.size());
      hand(part, worker, folder == null ? "." : folder.toString());
    }
    while (!results.areComplete() && here.clock().millis() < deadline) {
      read(1_000);
    }
    // A result that came twice would come now.
    while (read(QUIET_MS)) {}
    for (var worker : workers) {
      var farewell =
          Json.object().put("type", "send").put("to", worker).put("id", "done-" + worker);
      farewell.putObject("payload").put("task", "done");
      socket.send(farewell);
    }
    while (read(QUIET_MS)) {}
  }

  /// Waits until every worker is known to the hub.
  private void awaitWorkers(long deadline) throws HubSocket.Closed, InterruptedException {
    var missing = new HashSet<>(workers);
    while (true) {
      for (var agent : client.get("/agents?status=all").path("agents")) {
        missing.remove(Json.text(agent, "agent_id"));
      }
      if (missing.isEmpty()) {
        return;
      }
      if (here.clock().millis() > deadline) {
        throw new CommandFailed(Exit.OTHER, "Nobody came to work", missing + " did not join", "");
      }
      read(100);
    }
  }

  private void hand(DemoDocument.Part part, String worker, String folder) throws HubSocket.Closed {
    var id = "part-" + part.number();
    var frame = Json.object().put("type", "send").put("to", worker).put("id", id).put("ref", id);
    frame.put("thread", "document");
    frame
        .putObject("payload")
        .put("task", "describe")
        .put("part", part.number())
        .put("title", part.title())
        .put("folder", folder)
        .put("text", part.text());
    sentMs.put(part.number(), here.clock().millis());
    socket.send(frame);
  }

  /// Reads one frame, if one comes in time.
  private boolean read(long waitMs) throws HubSocket.Closed, InterruptedException {
    var frame = socket.next(waitMs);
    if (frame == null) {
      return false;
    }
    switch (Json.text(frame, "type")) {
      case "message" -> take(frame);
      case "receipt" -> tell(frame);
      case "problem" -> refused(frame);
      default -> {}
    }
    return true;
  }

  private void take(JsonNode message) throws HubSocket.Closed {
    var payload = message.path("payload");
    var part = payload.path("part").asInt(0);
    var sent = sentMs.get(part);
    var from = Json.text(message, "from");
    if (sent != null && workers.contains(from)) {
      var took = here.clock().millis() - sent;
      results.add(part, from, payload, took);
      here.out().println("part " + part + " is back from " + from + " after " + took + " ms");
    }
    var sequence = message.path("sequence").asLong();
    socket.send(Json.object().put("type", "ack").put("sequence", sequence));
  }

  private void tell(JsonNode receipt) {
    var id = Json.text(receipt, "id");
    switch (Json.text(receipt, "state")) {
      case "refused" -> refused(receipt);
      case "queued" -> {}
      default -> {
        var state = Json.text(receipt, "state");
        var preposition = state.equals("delivered") ? " to " : " by ";
        here.out().println("receipt: " + id + " " + state + preposition + Json.text(receipt, "to"));
      }
    }
  }

  private static void refused(JsonNode frame) {
    var problem = frame.path("problem");
    throw new CommandFailed(
        Exit.OTHER,
        "The hub refused a message of the demo",
        Json.text(problem, "title") + ": " + Json.text(problem, "detail"),
        Refusals.helpFor(Json.text(problem, "type")));
  }
}
