package dev.meshkore.hub.owner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.TestHub;
import java.security.KeyPair;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// What is done to keys, mandates and limits can be proved afterwards.
final class TrustLeavesTest {
  private static final String REASON = "words that must not be in a leaf";

  private final TestHub hub = TestHub.start(Map.of());
  private final Estate estate = new Estate(hub);

  @AfterEach
  void stop() {
    hub.close();
  }

  @Test
  void everyActOfTrustHasItsLeaf() {
    KeyPair keys = Estate.keys();
    String ada = estate.owner("Ada", false);
    String alice = estate.agentOf(ada, "alice", keys);
    String mandate =
        estate.give(ada, "alice", "\"calls\":[\"profile\"]").get("mandate_id").stringValue();
    estate.ask(204, "DELETE", "/mandates/" + mandate, ada, null);
    estate.ask(
        200, "POST", "/stop", ada, "{\"scope\":\"agent:alice\",\"reason\":\"" + REASON + "\"}");
    estate.ask(200, "POST", "/resume", ada, "{\"scope\":\"agent:alice\"}");
    estate.ask(200, "PUT", "/limits/agent:alice", hub.adminKey(), "{\"limit\":5}");
    estate.ask(204, "DELETE", "/limits/agent:alice", hub.adminKey(), null);
    estate.ask(200, "PUT", "/holds/alice", hub.adminKey(), "{\"kinds\":[\"message\"]}");
    estate.agent("bob");
    String held = estate.send(202, alice, "bob").get("approval_id").stringValue();
    estate.ask(200, "POST", "/approvals/" + held, ada, "{\"decision\":\"reject\"}");
    estate.ask(201, "POST", "/owners/me/agents/alice/recover", ada, null);
    estate.ask(204, "DELETE", "/agents/alice/credentials", hub.adminKey(), null);
    estate.ask(204, "DELETE", "/owners/me/agents/alice", ada, null);

    List<JsonNode> leaves = leaves();
    assertThat(leaves)
        .extracting(leaf -> leaf.get("kind").stringValue())
        .containsSubsequence(
            "owner.made",
            "agent.joined",
            "key.bound",
            "mandate.given",
            "mandate.revoked",
            "stopped",
            "resumed",
            "limit.set",
            "limit.removed",
            "holds.set",
            "approval.rejected",
            "key.revoked",
            "credentials.changed",
            "credentials.revoked",
            "agent.released");
    assertThat(leaves.toString()).doesNotContain(REASON, ada, alice);
  }

  private List<JsonNode> leaves() {
    hub.hub().auditLog().tick();
    String[] lines =
        estate.exchange("GET", "/audit/export", hub.adminKey(), null).body().split("\n");
    return Arrays.stream(lines, 1, lines.length - 1)
        .map(line -> Estate.JSON.readTree(Estate.JSON.readTree(line).get("leaf").stringValue()))
        .toList();
  }
}
