package dev.meshkore.hub.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

final class AskingTest {
  private final Asking asking = new Asking(new SecureRandom());
  private final McpCaller alice = new McpCaller("alice", 1, null);
  private final McpCaller mallory = new McpCaller("mallory", 2, null);
  private final ObjectNode request = McpJson.object("{\"method\":\"roots/list\",\"params\":{}}");

  @Test
  void takesTheAnswerOfWhoWasAsked() {
    JsonNode answer =
        asking.ask(
            alice,
            request,
            message -> {
              assertThat(message.get("method").stringValue()).isEqualTo("roots/list");
              JsonNode id = message.get("id");
              asking.answer(mallory, new Rpc.Reply(id, McpJson.object("{\"roots\":[1]}")));
              asking.answer(alice, new Rpc.Reply(id, McpJson.object("{\"roots\":[]}")));
            });
    assertThat(answer).hasToString("{\"roots\":[]}");
  }

  @Test
  void asksEachTimeUnderAnotherName() {
    var ids = new ArrayList<String>();
    for (int i = 0; i < 3; i++) {
      asking.ask(
          alice,
          request,
          message -> {
            ids.add(message.get("id").stringValue());
            asking.answer(alice, new Rpc.Reply(message.get("id"), null));
          });
    }
    assertThat(ids).doesNotHaveDuplicates();
  }
}
