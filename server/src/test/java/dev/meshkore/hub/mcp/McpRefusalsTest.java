package dev.meshkore.hub.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.TestHub;
import java.net.http.HttpClient;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// What REST refuses is refused through MCP, with the same problem.
final class McpRefusalsTest {
  private final HttpClient client = HttpClient.newHttpClient();
  private TestHub hub = TestHub.start(Map.of());

  @AfterEach
  void close() {
    hub.close();
    client.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "send|{\"to\":\"nobody\",\"payload\":1}|POST|/send|{\"to\":\"nobody\",\"payload\":1}",
        "send|{\"payload\":1}|POST|/send|{\"payload\":1}",
        "send|{\"to\":5,\"payload\":1}|POST|/send|{\"to\":5,\"payload\":1}",
        "send|{\"to\":\"bob\",\"payload\":1,\"x\":2}|POST|/send"
            + "|{\"to\":\"bob\",\"payload\":1,\"x\":2}",
        "send|{\"to\":\"bob\",\"payload\":1,\"id\":\"a b\"}|POST|/send"
            + "|{\"to\":\"bob\",\"payload\":1,\"id\":\"a b\"}",
        "acknowledge|{\"sequence\":99}|POST|/messages/ack|{\"sequence\":99}",
        "acknowledge|{}|POST|/messages/ack|{}",
        "history|{\"agent_id\":\"../x\"}|GET|/history/..%2Fx|",
        "history|{\"agent_id\":\"bob\",\"before\":\"zz\"}|GET|/history/bob?before=zz|",
        "receipts|{\"message_id\":\"none\"}|GET|/receipts/none|",
        "list_agents|{\"status\":\"here\"}|GET|/agents?status=here|",
        "list_agents|{\"limit\":1000}|GET|/agents?limit=1000|",
        "profile|{\"agent_id\":\"nobody\"}|GET|/agents/nobody|",
        "update_profile|{\"status\":\"gone\"}|PATCH|/profile|{\"status\":\"gone\"}",
        "create_channel|{\"channel_id\":\"A b\"}|POST|/channels|{\"channel_id\":\"A b\"}",
        "join_channel|{\"channel_id\":\"none\"}|POST|/channels/none/join|",
        "send_to_channel|{\"channel_id\":\"none\",\"payload\":1}|POST|/channels/none/send"
            + "|{\"payload\":1}",
        "channel_history|{\"channel_id\":\"none\"}|GET|/channels/none/history|",
      })
  void refusesWithTheProblemOfRest(
      String tool, String arguments, String method, String target, String body) {
    McpPlayer alice = McpPlayer.join(client, hub, Era.MODERN, "alice");
    McpPlayer.join(client, hub, Era.MODERN, "bob");
    JsonNode result = alice.call(tool, arguments);
    assertThat(result.get("isError").booleanValue()).as(result.toString()).isTrue();
    JsonNode problem = alice.rest(method, target, body == null ? "" : body);
    assertThat(result.get("structuredContent").get("problem")).isEqualTo(problem);
    assertThat(problem.get("status").intValue()).isBetween(400, 499);
    assertThat(result.get("content").get(0).get("text").stringValue())
        .startsWith("Nothing was done: " + problem.get("title").stringValue());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "send|{\"to\":\"alice\"}|text",
        "send|{\"to\":\"alice\",\"text\":\"x\",\"payload\":1}|text",
        "send|{\"to\":\"alice\",\"text\":7}|text",
        "inbox|{\"limt\":3}|limt",
        "inbox|{\"limit\":\"3\"}|limit",
        "inbox|{\"limit\":101}|limit",
        "inbox|{\"max_chars\":1e9}|max_chars",
        "wait_for_message|{\"seconds\":51}|seconds",
        "wait_for_message|{\"seconds\":1.5}|seconds",
        "reply|{\"text\":\"x\"}|message_id",
        "history|{}|agent_id",
        "list_agents|{\"cursor\":{}}|cursor",
      })
  void refusesArgumentsByName(String tool, String arguments, String field) {
    McpPlayer alice = McpPlayer.join(client, hub, Era.MODERN, "alice");
    JsonNode problem = alice.call(tool, arguments).get("structuredContent").get("problem");
    assertThat(problem.get("type").stringValue()).isEqualTo("/problems/invalid-field");
    assertThat(problem.get("field").stringValue()).isEqualTo(field);
  }

  @Test
  void keepsTheRateAndTheSizeOfRest() {
    hub.close();
    hub = TestHub.start(Map.of("rate-per-minute", "1", "payload-bytes-max", "1024"));
    McpPlayer alice = McpPlayer.join(client, hub, Era.LEGACY, "alice");
    String large = "{\"to\":\"alice\",\"text\":\"" + "x".repeat(2_000) + "\"}";
    assertThat(alice.call("send", large).toString()).contains("/problems/message-too-large");
    String small = "{\"to\":\"alice\",\"text\":\"x\"}";
    JsonNode result = alice.call("send", small);
    for (int i = 0; i < 3 && !result.path("isError").asBoolean(false); i++) {
      result = alice.call("send", small);
    }
    assertThat(result.toString())
        .contains("/problems/rate-limited", "repeat the call with the same");
  }

  @Test
  void asksWhichMessageIsMeantWhenIdsAreEqual() {
    McpPlayer alice = McpPlayer.join(client, hub, Era.MODERN, "alice");
    McpPlayer bob = McpPlayer.join(client, hub, Era.MODERN, "bob");
    McpPlayer mallory = McpPlayer.join(client, hub, Era.MODERN, "mallory");
    mallory.data("send", "{\"to\":\"alice\",\"text\":\"x\",\"id\":\"k1\"}");
    bob.data("send", "{\"to\":\"alice\",\"text\":\"y\",\"id\":\"k1\"}");
    assertThat(alice.call("reply", "{\"message_id\":\"k1\",\"text\":\"z\"}").toString())
        .contains("\"field\":\"from\"");
    alice.data("reply", "{\"message_id\":\"k1\",\"from\":\"bob\",\"text\":\"z\"}");
    assertThat(bob.rest("/messages").get("head").intValue()).isOne();
    assertThat(mallory.rest("/messages").get("head").intValue()).isZero();
  }
}
