package dev.meshkore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.Hub;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// The coordinator against a real hub, with workers in threads of their own.
@Timeout(60)
final class DemoCoordinatorTest {
  private static final DemoDocument DOCUMENT =
      DemoDocument.split("# A\na\n# B\nb\n# C\nc\n# D\nd\n");

  @TempDir Path place;

  @Test
  void everyPartComesBackOnceThoughAWorkerRepeatsItself() throws Exception {
    try (var hub = TestHub.open(place.resolve("data"))) {
      var results = play(hub, "result-");

      assertThat(results.areExactlyOnce()).isTrue();
      assertThat(results.summary().path("parts"))
          .extracting(part -> Json.text(part, "worker"))
          .containsExactly("ben", "anna", "ben", "anna");
    }
  }

  @Test
  void aPartThatComesBackUnderTwoIdsIsNoticed() throws Exception {
    try (var hub = TestHub.open(place.resolve("data"))) {
      assertThat(play(hub, null).areExactlyOnce()).isFalse();
    }
  }

  /// @param idPrefix of the answers' ids; null leaves the ids to the hub
  private DemoResults play(Hub hub, @Nullable String idPrefix) throws Exception {
    var here = new Shell(place).surroundings(System.out, System.err);
    var results = new DemoResults(DOCUMENT);
    var address = URI.create(hub.url());
    try (var anna = TrainCommand.join(address, hub.newInvite("anna"), "anna");
        var ben = TrainCommand.join(address, hub.newInvite("ben"), "ben");
        var client = TrainCommand.join(address, hub.newInvite("c"), "coordinator");
        var socket = HubSocket.connect(client)) {
      var workers =
          List.of(
              Thread.ofVirtual().start(() -> work(anna, idPrefix)),
              Thread.ofVirtual().start(() -> work(ben, idPrefix)));
      new DemoCoordinator(here, client, socket, results, List.of("anna", "ben"))
          .run(DOCUMENT, place);
      for (var worker : workers) {
        worker.join();
      }
    }
    return results;
  }

  /// Answers each part twice, as one does who was killed before it noted that it had answered.
  private static void work(HubClient agent, @Nullable String idPrefix) {
    var after = 0L;
    while (true) {
      var page = agent.get("/messages?wait=20&limit=1&after=" + after, Duration.ofSeconds(20));
      after = page.path("after").asLong();
      for (var message : page.path("messages")) {
        var payload = message.path("payload");
        if (Json.text(payload, "task").equals("done")) {
          return;
        }
        agent.post("/send", answer(payload, idPrefix));
        agent.post("/send", answer(payload, idPrefix));
      }
    }
  }

  private static JsonNode answer(JsonNode payload, @Nullable String idPrefix) {
    var part = payload.path("part").asInt();
    var answer = Json.object().put("to", "coordinator");
    answer.putObject("payload").put("part", part).put("words", 1);
    return idPrefix == null ? answer : answer.put("id", idPrefix + part);
  }
}
