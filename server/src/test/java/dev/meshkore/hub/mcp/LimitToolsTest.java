package dev.meshkore.hub.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.TestHub;
import java.net.http.HttpClient;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

final class LimitToolsTest {
  private static final String MANDATE =
      """
      {"agent_id":"alice","calls":["send"],"counterparties":{"agents":["bob","team-*"]},
       "messages":{"lifetime":5},"delegation_depth":1,"spend":[{"asset":"CREDIT",
       "amount":10000000,"per_payment":4000000,"windows":[{"seconds":3600,"amount":6000000}]}]}
      """;

  private final HttpClient client = HttpClient.newHttpClient();
  private final TestHub hub = TestHub.start(Map.of());
  private final Caller admin = Caller.admin(hub);

  @AfterEach
  void close() {
    hub.close();
    client.close();
  }

  private McpPlayer join(Era era, String id) {
    return McpPlayer.join(client, hub, era, id);
  }

  private Caller ownerOf(McpPlayer agent, String mandates) {
    String body = "{\"name\":\"Ada\",\"mandates\":\"" + mandates + "\"}";
    JsonNode made = admin.call(201, "POST", "/owners", body);
    Caller owner = Caller.of(hub, "ada", made.get("api_key").stringValue());
    owner.call(202, "POST", "/owners/me/agents/" + agent.id(), "{}");
    agent.caller().call(200, "POST", "/owner", "{\"owner_id\":" + made.get("owner_id") + "}");
    return owner;
  }

  private static String id(JsonNode given) {
    return given.get("mandate_id").stringValue();
  }

  @ParameterizedTest
  @EnumSource(Era.class)
  void showsWhatIsAllowedWhatIsLeftAndWhenMoreIsFree(Era era) {
    McpPlayer alice = join(era, "alice");
    join(era, "bob");
    JsonNode given = ownerOf(alice, "required").call(201, "POST", "/mandates", MANDATE);
    admin.call(
        201, "POST", "/deposits", "{\"id\":\"in\",\"agent_id\":\"alice\",\"amount\":\"20\"}");
    alice.data("pay", "{\"id\":\"k1\",\"to\":\"bob\",\"amount\":\"2.5\"}");
    alice.data("send", "{\"to\":\"bob\",\"text\":\"hello\"}");

    ObjectNode data = alice.data("limits", "{}");
    JsonNode rest = alice.rest("/mandates/" + id(given));
    assertThat(data.get("mandates")).hasSize(1);
    JsonNode shown = data.get("mandates").get(0);
    assertThat(shown.has("token")).isFalse();
    for (String member : new String[] {"status", "calls", "counterparties", "spend", "remaining"}) {
      assertThat(shown.get(member)).as(member).isEqualTo(rest.get(member));
    }
    assertThat(data.path("owner").path("mandates").stringValue()).isEqualTo("required");
    assertThat(alice.text("limits", "{}"))
        .contains(id(given) + " live, until ", "calls send, with bob, team-* (trust new)")
        .contains("pays in CREDIT by ledger, may be handed on, 1 deep")
        .contains("lifetime: 4 of 5 messages left")
        .contains("amount: 7.500000 of 10.000000 CREDIT left")
        .contains("windows: 3.500000 of 6.000000 CREDIT left in 3600 s, more from 20")
        .contains("per payment: 4.000000 CREDIT");

    assertThat(alice.text("pay", "{\"id\":\"k2\",\"to\":\"bob\",\"amount\":\"5\"}"))
        .contains("with limits");
  }

  @Test
  void whatNoLongerHoldsIsShownOnlyWhereItIsAskedFor() {
    McpPlayer alice = join(Era.MODERN, "alice");
    McpPlayer bob = join(Era.MODERN, "bob");
    Caller owner = ownerOf(alice, "required");
    String first = id(owner.call(201, "POST", "/mandates", MANDATE));
    IntStream.range(0, 210)
        .forEach(number -> {
          String one = id(owner.call(201, "POST", "/mandates", MANDATE));
          owner.call(204, "DELETE", "/mandates/" + one, "");
        });
    JsonNode held = alice.data("limits", "{}").get("mandates");
    assertThat(held).hasSize(1);
    assertThat(id(held.get(0))).isEqualTo(first);
    owner.call(204, "DELETE", "/mandates/" + first, "");
    assertThat(alice.data("limits", "{}").get("mandates")).isEmpty();
    assertThat(alice.text("limits", "{}")).contains("your owner requires one");
    String asked = "{\"mandate_id\":\"" + first + "\"}";
    assertThat(alice.data("limits", asked).get("mandates").get(0).get("status").stringValue())
        .isEqualTo("revoked");
    assertThat(bob.call("limits", asked).toString()).contains("unknown-mandate");
    assertThat(bob.call("limits", "{\"of\":\"alice\"}").toString()).contains("invalid-field");
  }

  @Test
  void whoHasNoneIsToldWhatThatMeans() {
    McpPlayer alice = join(Era.MODERN, "alice");
    assertThat(alice.text("limits", "{}")).contains("You have no owner");
    assertThat(alice.data("limits", "{}").get("owner").isNull()).isTrue();
    ownerOf(alice, "optional");
    assertThat(alice.text("limits", "{}")).contains("you may send, but not pay");
    admin.call(200, "PUT", "/limits/agent:alice", "{\"limit\":9,\"window_seconds\":3600}");
    ObjectNode data = alice.data("limits", "{}");
    assertThat(data.get("budgets")).isEqualTo(alice.rest("/limits").get("limits"));
    assertThat(alice.text("limits", "{}"))
        .contains("budget of agent:alice: 9 of 9 messages left, more from 20");
  }
}
