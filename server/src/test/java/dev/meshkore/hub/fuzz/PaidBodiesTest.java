package dev.meshkore.hub.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.Caller;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The bodies that are spoiled to find faults are good before: else only the first check is tried.
final class PaidBodiesTest {
  @TempDir Path folder;

  private static HttpResponse<String> ask(
      FuzzedHub hub, String pattern, Map<String, String> headers) {
    String path = pattern;
    for (String name : new String[] {"{service_id}", "{call_id}"}) {
      path = path.replace(name, hub.known(name));
    }
    String body = hub.paid().of(new Router.Route("POST", pattern)).orElseThrow();
    return Caller.of(hub.hub(), "alice", hub.alice()).exchange("POST", path, body, headers);
  }

  @Test
  void theyAreTaken() throws Exception {
    try (var hub = FuzzedHub.start(new DatabaseUrl.SqliteFile(folder.resolve("hub.db")))) {
      for (String version : new String[] {"", "/v1"}) {
        assertThat(ask(hub, version + "/x402/verify", Map.of()).body())
            .contains("\"isValid\":true");
        assertThat(ask(hub, version + "/x402/settle", Map.of()).body())
            .contains("\"success\":true");
      }
      for (String pattern : new String[] {"/calls/{call_id}/answer", "/calls"}) {
        HttpResponse<String> answer = ask(hub, pattern, Map.of());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      }
      HttpResponse<String> paid =
          ask(hub, PaidBodies.CALL, Map.of("PAYMENT-SIGNATURE", hub.paid().signed()));
      assertThat(paid.headers().firstValue("PAYMENT-RESPONSE")).as(paid.body()).isPresent();
    }
  }
}
