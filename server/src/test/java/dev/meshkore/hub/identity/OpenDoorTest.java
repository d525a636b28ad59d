package dev.meshkore.hub.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.TestHub;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// One stranger who registers one id after another at a hub that lets strangers in.
final class OpenDoorTest {
  private final TestHub hub = TestHub.start(Map.of("open", "true", "open-joins-per-hour", "2"));

  @AfterEach
  void stop() {
    hub.close();
  }

  @Test
  void oneAddressRegistersOnlySoManyIds() throws Exception {
    assertThat(register("127.0.0.1", "a").statusCode()).isEqualTo(201);
    assertThat(register("127.0.0.1", "b").statusCode()).isEqualTo(201);
    HttpResponse<String> refused = register("127.0.0.1", "c");
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.body()).contains("/problems/rate-limited");
    assertThat(refused.headers().firstValueAsLong("Retry-After").orElse(0))
        .isBetween(3_500L, 3_601L);
    // A header that strangers choose makes them nobody else.
    assertThat(register("127.0.0.1", "d", "X-Forwarded-For", "192.0.2.1").statusCode())
        .isEqualTo(429);
    assertThat(register("127.0.0.2", "e").statusCode()).isEqualTo(201);
    assertThat(register("127.0.0.1", "a").statusCode()).isEqualTo(200);
    hub.advance(Duration.ofHours(1));
    assertThat(register("127.0.0.1", "c").statusCode()).isEqualTo(201);
  }

  private HttpResponse<String> register(String from, String id, String... headers)
      throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create(hub.url() + "/register"))
            .header("Content-Type", "application/json")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "{\"agent_id\":\"" + id + "\",\"api_key\":\"my own key\"}"));
    if (headers.length > 0) {
      request.headers(headers);
    }
    try (var client = HttpClient.newBuilder().localAddress(InetAddress.ofLiteral(from)).build()) {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
  }
}
