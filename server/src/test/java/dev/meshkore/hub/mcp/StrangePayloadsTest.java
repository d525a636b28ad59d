package dev.meshkore.hub.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.TestHub;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Whatever `POST /send` takes as a payload, every other door hands over: else one message would
/// hide all the others from whoever reads by that door.
final class StrangePayloadsTest {
  private final HttpClient client = HttpClient.newHttpClient();
  private TestHub hub;
  private Caller bob;

  @BeforeEach
  void open() {
    hub = TestHub.start(Map.of());
    bob = Caller.join(hub, "bob");
  }

  @AfterEach
  void close() {
    hub.close();
    client.close();
  }

  static List<String> payloads() {
    return List.of(
        "{\"a\":1,\"a\":2}",
        "{\"n\":" + "7".repeat(2_000) + "}",
        "{\"n\":0." + "7".repeat(2_000) + "}",
        "{\"n\":1e400}",
        "{\"n\":1e9999999999}",
        "{\"" + "a".repeat(60_000) + "\":1}",
        "[".repeat(32) + "]".repeat(32),
        "{\"text\":\"half \\ud83d\"}");
  }

  private static String send(String to, String more, String payload) {
    return "{\"to\":\"" + to + "\"" + more + ",\"payload\":" + payload + "}";
  }

  @ParameterizedTest
  @MethodSource("payloads")
  void anInboxReadByMcpHasThem(String payload) {
    McpPlayer alice = McpPlayer.join(client, hub, Era.MODERN, "alice");
    bob.post(201, "/send", send("alice", "", payload));
    bob.send("alice", "and now for all");
    assertThat(inbox(alice)).contains("message 1 of 2", "| and now for all");
  }

  private static String inbox(McpPlayer agent) {
    ObjectNode params = McpJson.object().put("name", "inbox");
    params.putObject("arguments");
    HttpResponse<String> answer = agent.send(agent.message("tools/call", params));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer.body();
  }

  @Test
  void aNumberThatIsTooLargeIsNoFailureOfTheHub() {
    McpPlayer alice = McpPlayer.join(client, hub, Era.MODERN, "alice");
    ObjectNode message = alice.message("ping", McpJson.object());
    HttpRequest request =
        alice
            .request(message)
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    message.toString().replace("\"id\":7", "\"id\":1e9999999999")))
            .build();
    assertThat(alice.send(request).statusCode()).isEqualTo(400);
  }

  @ParameterizedTest
  @MethodSource("payloads")
  void aHookTellsOfThem(String payload) {
    Caller alice = Caller.join(hub, "alice");
    bob.post(201, "/send", send("alice", "", payload));
    bob.send("alice", "and now for all");
    String event = "{\"hook_event_name\":\"UserPromptSubmit\",\"session_id\":\"s1\"}";
    JsonNode answer = alice.post(200, "/hooks/claude", event);
    assertThat(answer.toString()).contains("message 1 of 2", "| and now for all");
  }

  @ParameterizedTest
  @MethodSource("payloads")
  void aRunOfAcpEndsWithThem(String payload) {
    Caller alice = Caller.join(hub, "alice");
    String id =
        alice
            .post(
                202,
                "/acp/runs",
                "{\"agent_name\":\"bob\",\"mode\":\"async\",\"input\":[{\"role\":\"user\","
                    + "\"parts\":[{\"content\":\"hi\"}]}]}")
            .get("run_id")
            .stringValue();
    bob.post(201, "/send", send("alice", ",\"reply_to\":\"" + id + "\"", payload));
    JsonNode run = alice.get(200, "/acp/runs/" + id);
    assertThat(run.get("status").stringValue()).isEqualTo("completed");
  }
}
