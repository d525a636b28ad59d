package dev.meshkore.hub.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.TestHub;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

final class RateHeadersTest {
  private static HttpResponse<String> post(HttpClient client, String url, String key, String body)
      throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url))
            .header("Authorization", "Bearer " + key)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void aRefusedSendTellsTheRateItTook() throws Exception {
    try (var hub = TestHub.start(Map.of("rate-per-minute", "60"));
        var client = HttpClient.newHttpClient()) {
      String joined = post(client, hub.invite(), "none", "{\"agent_id\":\"alice\"}").body();
      String key = new JsonMapper().readTree(joined).get("api_key").stringValue();
      HttpResponse<String> refused =
          post(client, hub.url() + "/send", key, "{\"to\":\"nobody\",\"payload\":1}");
      assertThat(refused.statusCode()).isEqualTo(404);
      assertThat(refused.headers().firstValue("RateLimit").orElse("")).contains("r=59");
      assertThat(refused.headers().firstValue("RateLimit-Policy").orElse("")).contains("q=60");
    }
  }
}
