package dev.meshkore.hub.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.TestHub;
import dev.meshkore.hub.testing.TextSocket;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Live sessions, over a WebSocket of a real hub.
final class SessionTest {
  private static final int SENDS = 300;

  private static final JsonMapper JSON = new JsonMapper();

  @TempDir private Path folder;

  private static String post(String url, String key, String body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url)).POST(HttpRequest.BodyPublishers.ofString(body));
    if (!key.isEmpty()) {
      request.header("Authorization", "Bearer " + key);
    }
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          client.send(request.build(), HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
      return answer.body();
    }
  }

  private static void change(TestHub hub, String key, String profile)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(hub.url() + "/profile"))
            .method("PATCH", HttpRequest.BodyPublishers.ofString(profile))
            .header("Authorization", "Bearer " + key)
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }
  }

  private static String join(String invite, String name) throws IOException, InterruptedException {
    String joined = post(invite, "", "{\"agent_id\":\"" + name + "\"}");
    return JSON.readTree(joined).get("api_key").stringValue();
  }

  @Test
  void whatWasReadFromDiskAfterARestartIsDelivered() throws Exception {
    Map<String, String> settings = Map.of("data", folder.resolve("data").toString());
    String alice;
    String bob;
    try (TestHub hub = TestHub.start(settings)) {
      String invite = hub.invite();
      alice = join(invite, "alice");
      bob = join(invite, "bob");
      post(hub.url() + "/send", alice, "{\"to\":\"bob\",\"id\":\"k1\",\"payload\":1}");
    }
    try (TestHub hub = TestHub.start(settings);
        TextSocket sender = new TextSocket(hub.url(), alice)) {
      assertThat(sender.next()).contains("\"welcome\"");
      try (TextSocket reader = new TextSocket(hub.url(), bob)) {
        assertThat(reader.next()).contains("\"welcome\"");
        assertThat(reader.next()).contains("\"id\":\"k1\"");
        assertThat(sender.next())
            .startsWith(
                """
                {"type":"receipt","to":"bob","state":"delivered","sequence":1,"id":"k1",\
                """);
      }
    }
  }

  /// Changes are told in their order, so that nothing was told of bob where carol's comes next.
  @Test
  void presenceIsToldWhereItChanged() throws Exception {
    try (TestHub hub = TestHub.start(Map.of())) {
      String invite = hub.invite();
      String alice = join(invite, "alice");
      String bob = join(invite, "bob");
      String carol = join(invite, "carol");
      try (TextSocket socket = new TextSocket(hub.url(), alice)) {
        assertThat(socket.next()).contains("\"welcome\"");
        socket.send("{\"type\":\"watch\",\"agents\":[\"bob\"]}");
        assertThat(socket.next()).contains("\"bob\",\"online\":false");
        socket.send("{\"type\":\"watch\",\"agents\":[\"bob\",\"carol\"]}");
        assertThat(List.of(socket.next(), socket.next()))
            .allMatch(frame -> frame.contains("\"online\":false,\"status\":\"available\""));
        change(hub, bob, "{\"description\":\"I mend shoes.\"}");
        change(hub, carol, "{\"status\":\"busy\"}");
        assertThat(socket.next()).contains("\"carol\",\"online\":false,\"status\":\"busy\"");
        change(hub, bob, "{\"status\":\"away\"}");
        assertThat(socket.next()).contains("\"bob\",\"online\":false,\"status\":\"away\"");
      }
    }
  }

  @Test
  void answersLeaveInTheOrderOfTheSends() throws Exception {
    try (TestHub hub = TestHub.start(Map.of())) {
      String invite = hub.invite();
      String alice = join(invite, "alice");
      join(invite, "bob");
      post(hub.url() + "/channels", alice, "{\"channel_id\":\"team\",\"members\":[\"bob\"]}");
      try (TextSocket socket = new TextSocket(hub.url(), alice)) {
        assertThat(socket.next()).contains("\"welcome\"");
        for (int i = 0; i < SENDS; i++) {
          String target =
              switch (i % 4) {
                case 0 -> "\"to\":\"nobody-" + i + "\"";
                case 1 -> "\"channel\":\"team\"";
                default -> "\"to\":\"bob\"";
              };
          socket.send("{\"type\":\"send\"," + target + ",\"ref\":\"r" + i + "\",\"payload\":1}");
        }
        for (int i = 0; i < SENDS; i++) {
          JsonNode answer = JSON.readTree(socket.next());
          assertThat(answer.get("ref").stringValue()).isEqualTo("r" + i);
          assertThat(answer.get("state").stringValue())
              .isEqualTo(i % 4 == 0 ? "refused" : "queued");
        }
      }
    }
  }
}
