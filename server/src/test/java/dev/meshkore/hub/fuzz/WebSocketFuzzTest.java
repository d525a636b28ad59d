package dev.meshkore.hub.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.Seeds;
import dev.meshkore.hub.testing.TestDatabase;
import dev.meshkore.hub.testing.TextSocket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Whatever text comes over a WebSocket, it stays open and what comes after is answered.
final class WebSocketFuzzTest {
  private static final int ROUNDS = 60;
  private static final int FRAMES = 10;
  private static final JsonMapper JSON = new JsonMapper();
  private static final List<String> FRAMES_SENT =
      List.of(
          "{\"type\":\"send\",\"to\":\"bob\",\"id\":\"w1\",\"ref\":\"r\",\"payload\":{\"a\":1}}",
          "{\"type\":\"send\",\"channel\":\"room\",\"ref\":\"r\",\"payload\":[1]}",
          "{\"type\":\"send\",\"to\":\"bob\",\"thread\":\"t\",\"expires_in\":9,\"payload\":0}",
          "{\"type\":\"ack\",\"sequence\":0,\"ref\":\"r\"}",
          "{\"type\":\"status\",\"status\":\"busy\",\"ref\":\"r\"}",
          "{\"type\":\"watch\",\"agents\":[\"bob\"],\"ref\":\"r\"}",
          "{\"type\":\"hello\",\"token\":\"x\",\"after\":0}",
          "{\"type\":\"ping\",\"ref\":\"r\"}");

  @TempDir private Path folder;

  @Test
  void staysOpenAndAnswersWhateverIsSent() {
    List<DatabaseUrl> urls = TestDatabase.each(folder).toList();
    Seeds.forAll(1, random -> urls.forEach(url -> fuzz(url, random)));
  }

  private static void fuzz(DatabaseUrl url, SplittableRandom random) {
    var mutator = new Mutator(random);
    try (var hub = FuzzedHub.start(url);
        var socket = new TextSocket(hub.hub().url(), hub.alice())) {
      assertThat(socket.next()).contains("\"welcome\"");
      for (int round = 0; round < ROUNDS; round++) {
        var sent = new ArrayList<String>();
        for (int i = 0; i < FRAMES; i++) {
          String valid = FRAMES_SENT.get(random.nextInt(FRAMES_SENT.size()));
          // Bytes that are no UTF-8 close a WebSocket by RFC 6455 §8.1, so text it stays.
          String frame = new String(mutator.body(valid), StandardCharsets.UTF_8);
          sent.add(frame);
          socket.send(frame);
        }
        String ref = "round-" + round;
        socket.send("{\"type\":\"ping\",\"ref\":\"" + ref + "\"}");
        awaitPong(socket, ref, sent);
      }
      assertThat(hub.errors()).isEmpty();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static void awaitPong(TextSocket socket, String ref, List<String> sent) {
    while (true) {
      String answer = socket.next();
      assertThat(answer).as("after %s", sent).doesNotContain("Exception", "dev.meshkore");
      JsonNode frame = JSON.readTree(answer);
      assertThat(frame.get("type").stringValue()).as(answer).isNotBlank();
      JsonNode problem = frame.get("problem");
      if (problem != null) {
        assertThat(problem.get("status").intValue()).as("%s after %s", frame, sent).isLessThan(500);
      }
      boolean isPong = frame.get("type").stringValue().equals("pong");
      if (isPong && frame.get("ref") != null && frame.get("ref").stringValue().equals(ref)) {
        return;
      }
    }
  }
}
