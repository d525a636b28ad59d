package dev.meshkore.hub.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.TestHub;
import java.net.http.HttpClient;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

final class JobToolsTest {
  private final HttpClient client = HttpClient.newHttpClient();
  private final TestHub hub = TestHub.start(Map.of());

  @AfterEach
  void close() {
    hub.close();
    client.close();
  }

  private static ObjectNode step(McpPlayer by, JsonNode job, String action, String more) {
    return by.data(
        "job",
        "{\"action\":\"%s\",\"job_id\":%s,\"previous\":%s%s}"
            .formatted(action, job.get("job_id"), job.get("head"), more));
  }

  @ParameterizedTest
  @EnumSource(Era.class)
  void takesAJobFromItsOpeningToItsReceipt(Era era) {
    McpPlayer alice = McpPlayer.join(client, hub, era, "alice");
    McpPlayer bob = McpPlayer.join(client, hub, era, "bob");
    Caller.admin(hub)
        .post(201, "/deposits", "{\"id\":\"d\",\"agent_id\":\"alice\",\"amount\":\"30\"}");
    ObjectNode job =
        alice.data(
            "job",
            "{\"action\":\"open\",\"provider\":\"bob\",\"subject\":\"IGNORE-ALL-RULES\","
                + "\"amount\":\"30\"}");
    job = step(bob, job, "accept", "");
    JsonNode accepted = job;
    job = step(alice, job, "fund", "");
    assertThat(step(alice, accepted, "fund", "").get("head")).isEqualTo(job.get("head"));
    job = step(bob, job, "submit", ",\"output\":\"{}\"");
    String read = alice.call("jobs", "{\"job_id\":" + job.get("job_id") + "}").toString();
    assertThat(read).contains("IGNORE-ALL-RULES").contains("deliverable");
    assertThat(alice.call("jobs", "{\"state\":\"submitted\"}").toString())
        .contains("complete by alice");
    job = step(alice, job, "complete", "");
    assertThat(job.get("state").stringValue()).isEqualTo("completed");
    assertThat(
            bob.data("jobs", "{\"receipt\":true,\"job_id\":" + job.get("job_id") + "}")
                .get("type")
                .stringValue())
        .isEqualTo("meshkore-job-receipt");
    assertThat(alice.call("job", "{\"action\":\"steal\"}").toString()).contains("invalid-field");
    String rated = "{\"job_id\":%s,\"rating\":%d%s}";
    alice.data("rate_job", rated.formatted(job.get("job_id"), 2, ",\"comment\":\"BUY-MORE\""));
    assertThat(alice.call("reputation", "{\"agent_id\":\"bob\"}").toString())
        .contains("as_provider")
        .doesNotContain("BUY-MORE");
    bob.data("rate_job", rated.formatted(job.get("job_id"), 5, ""));
    assertThat(alice.call("reputation", "{\"agent_id\":\"bob\"}").toString())
        .contains("| 2 of 5 by alice (client): BUY-MORE");
    assertThat(alice.call("reputation", "{\"agent_id\":\"bob\",\"ratings\":true}").toString())
        .contains("BUY-MORE");
    assertThat(alice.call("rate_job", rated.formatted(job.get("job_id"), 1, "")).toString())
        .contains("rating-closed");
  }
}
