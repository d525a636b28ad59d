package dev.meshkore.hub.owner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.TestHub;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// An owner pulls the plug on its own agents, and on no other's.
final class OwnerDecisionsTest {
  private Estate estate;
  private String acme;
  private String other;
  private String alice;
  private String bob;

  @BeforeEach
  void open() {
    estate = new Estate(TestHub.start(Map.of()));
    acme = estate.owner("Acme", false);
    other = estate.owner("Other", false);
    alice = estate.agentOf(acme, "alice", null);
    bob = estate.agentOf(other, "bob", null);
  }

  @AfterEach
  void close() {
    estate.hub.close();
  }

  private JsonNode order(int status, String what, String key, String scope) {
    return estate.ask(status, "POST", what, key, "{\"scope\":\"" + scope + "\"}");
  }

  @Test
  void stopsItsOwnAgentsAndNoOthers() {
    assertThat(Estate.slug(order(404, "/stop", acme, "agent:bob"))).isEqualTo("unknown-agent");
    assertThat(Estate.slug(order(404, "/stop", acme, "agent:nobody"))).isEqualTo("unknown-agent");
    assertThat(Estate.slug(order(403, "/stop", acme, "hub"))).isEqualTo("not-allowed");
    assertThat(order(200, "/stop", acme, "agent:alice").get("stops")).hasSize(1);
    assertThat(Estate.slug(estate.send(403, alice, "bob"))).isEqualTo("stopped");
    estate.send(201, bob, "alice");
    assertThat(estate.ask(200, "GET", "/stops", other, null).get("stops")).isEmpty();
    order(404, "/resume", other, "agent:alice");
    order(200, "/resume", acme, "agent:alice");
    estate.send(201, alice, "bob");
  }

  @Test
  void cannotLiftWhatTheOperatorStopped() {
    order(200, "/stop", acme, "agent:alice");
    order(200, "/stop", estate.hub.adminKey(), "agent:alice");
    order(200, "/resume", acme, "agent:alice");
    assertThat(Estate.slug(estate.send(403, alice, "bob"))).isEqualTo("stopped");
    order(200, "/resume", estate.hub.adminKey(), "agent:alice");
    estate.send(201, alice, "bob");
  }

  @Test
  void approvesWhatItsOwnAgentsAsk() {
    estate.ask(404, "PUT", "/holds/bob", acme, "{\"kinds\":[\"message\"]}");
    estate.ask(200, "PUT", "/holds/alice", acme, "{\"kinds\":[\"message\"]}");
    String id = estate.send(202, alice, "bob").get("approval_id").stringValue();
    assertThat(estate.ask(200, "GET", "/approvals", other, null).get("approvals")).isEmpty();
    assertThat(estate.ask(200, "GET", "/approvals", acme, null).get("approvals")).hasSize(1);
    String approve = "{\"decision\":\"approve\"}";
    JsonNode refused = estate.ask(404, "POST", "/approvals/" + id, other, approve);
    assertThat(Estate.slug(refused)).isEqualTo("unknown-approval");
    JsonNode done = estate.ask(200, "POST", "/approvals/" + id, acme, approve);
    assertThat(done.get("state").stringValue()).isEqualTo("done");
    assertThat(done.get("decided_by").stringValue()).startsWith("owner:");
  }
}
