package dev.meshkore.hub.owner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.TestHub;
import java.security.KeyPair;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// With whom a mandate lets an agent deal, by whatever call.
final class CounterpartiesTest {
  private static final String BOB_ONLY =
      "\"counterparties\":{\"agents\":[\"bob\",\"#room\"]},\"messages\":{}";

  private TestHub hub;
  private Estate estate;
  private String ada;
  private String alice;

  @BeforeEach
  void open() {
    hub = TestHub.start(Map.of());
    estate = new Estate(hub);
    ada = estate.owner("Ada", true);
    alice = estate.agentOf(ada, "alice", null);
    estate.agent("bob");
    estate.agent("carol");
  }

  @AfterEach
  void close() {
    hub.close();
  }

  private static String room(String members) {
    return "{\"channel_id\":\"room\",\"members\":[" + members + "]}";
  }

  @Test
  void aChannelIsMadeOnlyWithThoseWhomAMandateNames() {
    estate.give(ada, "alice", "\"calls\":[\"channels\"]," + BOB_ONLY);
    JsonNode refused = estate.ask(403, "POST", "/channels", alice, room("\"bob\",\"carol\""));
    assertThat(Estate.slug(refused)).isEqualTo("mandate-required");
    assertThat(refused.get("counterparty").stringValue()).isEqualTo("bob, carol");
    // Whether there is such an agent is not told.
    estate.ask(403, "POST", "/channels", alice, room("\"nobody\""));
    estate.ask(400, "POST", "/channels", alice, "{\"channel_id\":\"room\",\"members\":1}");
    estate.ask(201, "POST", "/channels", alice, room("\"bob\",\"alice\""));

    String members = "/channels/room/members";
    JsonNode more = estate.ask(403, "POST", members, alice, "{\"agent_id\":\"carol\"}");
    assertThat(Estate.slug(more)).isEqualTo("mandate-required");
    estate.ask(200, "POST", members, alice, "{\"agent_id\":\"bob\"}");
    JsonNode seen = estate.ask(200, "GET", "/channels/room", alice, null);
    assertThat(seen.get("members")).hasSize(2);
  }

  @Test
  void howFarMembersAreKnownCountsToo() {
    estate.give(
        ada, "alice", "\"calls\":[\"POST /channels\"],\"counterparties\":{\"trust\":\"trusted\"}");
    estate.ask(403, "POST", "/channels", alice, room("\"bob\""));
    estate.ask(200, "PUT", "/agents/bob/trust", hub.adminKey(), "{}");
    estate.ask(403, "POST", "/channels", alice, room("\"bob\",\"carol\""));
    estate.ask(201, "POST", "/channels", alice, room("\"bob\""));
  }

  @Test
  void askingToBeAContactIsForThoseWhomAMandateNamesAndIsCounted() {
    estate.give(
        ada,
        "alice",
        "\"calls\":[\"POST /contacts/{other}\"],\"counterparties\":{\"agents\":[\"bob\"]},"
            + "\"messages\":{\"lifetime\":1}");
    JsonNode refused = estate.ask(403, "POST", "/contacts/carol", alice, "{\"note\":\"psst\"}");
    assertThat(Estate.slug(refused)).isEqualTo("mandate-required");
    assertThat(refused.get("counterparty").stringValue()).isEqualTo("carol");
    estate.ask(202, "POST", "/contacts/bob", alice, "{\"note\":\"hello\"}");
    JsonNode second = estate.ask(429, "POST", "/contacts/bob", alice, "{\"note\":\"again\"}");
    assertThat(Estate.slug(second)).isEqualTo("budget-exhausted");
  }

  @Test
  void aRouteThatSendsMustSayHowMuchLikeItsGroup() {
    for (String call : List.of("POST /send", "POST /channels/{channel_id}/send")) {
      String rest = "\"calls\":[\"" + call + "\"],\"counterparties\":{\"agents\":[\"*\"]}";
      String body = "{\"agent_id\":\"alice\"," + rest + "}";
      JsonNode refused = estate.ask(400, "POST", "/mandates", ada, body);
      assertThat(refused.get("field").stringValue()).as(call).isEqualTo("messages");
      estate.give(ada, "alice", rest + ",\"messages\":{\"lifetime\":1}");
    }
    estate.send(201, alice, "bob");
    assertThat(Estate.slug(estate.send(429, alice, "bob"))).isEqualTo("budget-exhausted");
  }

  @Test
  void theLeafOfAPartNamesTheAgentThatHandedItOn() {
    KeyPair keys = Estate.keys();
    estate.agentOf(ada, "chief", keys);
    String grants = "\"calls\":[\"profile\"],\"counterparties\":{\"agents\":[\"*\"]}";
    String parent =
        estate.give(ada, "chief", grants + ",\"delegation_depth\":1").get("token").stringValue();
    long end = Instant.now().getEpochSecond() + 3_600;
    String child = estate.child(keys, "chief", "alice", parent, end, "{" + grants + "}");
    estate.ask(201, "POST", "/mandates/presented", alice, "{\"mandate\":\"" + child + "\"}");
    hub.hub().auditLog().tick();
    String[] lines =
        estate.exchange("GET", "/audit/export", hub.adminKey(), null).body().split("\n");
    List<String> givers =
        Arrays.stream(lines, 1, lines.length - 1)
            .map(line -> Estate.JSON.readTree(Estate.JSON.readTree(line).get("leaf").stringValue()))
            .filter(leaf -> leaf.get("kind").stringValue().equals("mandate.given"))
            .map(leaf -> leaf.get("actor").stringValue() + ">" + leaf.get("object").stringValue())
            .toList();
    assertThat(givers).hasSize(2);
    assertThat(givers.getFirst()).startsWith("own_").endsWith(">chief");
    assertThat(givers.getLast()).isEqualTo("chief>alice");
  }
}
