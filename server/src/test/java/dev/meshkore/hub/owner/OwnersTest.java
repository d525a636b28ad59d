package dev.meshkore.hub.owner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.TestHub;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// How owners are made, and how agents come to be held.
final class OwnersTest {
  private final TestHub hub = TestHub.start(Map.of());
  private final Estate estate = new Estate(hub);

  @AfterEach
  void stop() {
    hub.close();
  }

  @Test
  void anOwnerIsMadeByTheAdminOrByAnInviteForOne() {
    String agent = estate.agent("alice");
    estate.ask(403, "POST", "/owners", agent, "{\"name\":\"Ada\"}");
    estate.ask(401, "POST", "/owners", "", "{\"name\":\"Ada\"}");
    estate.ask(403, "POST", "/invites", estate.owner("Ada", false), "{\"for\":\"owner\"}");
    String url =
        estate
            .ask(201, "POST", "/invites", hub.adminKey(), "{\"for\":\"owner\"}")
            .get("url")
            .stringValue();
    // It lets in no agent, and tells nobody what it is.
    String path = url.substring(url.indexOf("/join/"));
    estate.ask(404, "POST", path, "", "{\"agent_id\":\"bob\"}");
    estate.ask(404, "GET", path, "", null);
    String body = "{\"name\":\"Grace\",\"invite\":\"" + url + "\"}";
    JsonNode made = estate.ask(201, "POST", "/owners", "", body);
    assertThat(made.get("api_key").stringValue()).matches("mko_[A-Za-z0-9_-]{43}");
    assertThat(Estate.slug(estate.ask(410, "POST", "/owners", "", body)))
        .isEqualTo("invite-used-up");
    String forAgents = hub.invite();
    estate.ask(404, "POST", "/owners", "", "{\"name\":\"Eve\",\"invite\":\"" + forAgents + "\"}");
  }

  @Test
  void changesAtOnceUndoNothingOfEachOther() {
    String ada = estate.owner("Ada", false);
    for (int i = 0; i < 40; i++) {
      String name = "{\"name\":\"Ada " + i + "\"}";
      String word = i % 2 == 0 ? "required" : "optional";
      try (var both = Executors.newVirtualThreadPerTaskExecutor()) {
        Future<?> _ = both.submit(() -> estate.ask(200, "PATCH", "/owners/me", ada, name));
        String body = "{\"mandates\":\"" + word + "\"}";
        Future<?> _ = both.submit(() -> estate.ask(200, "PATCH", "/owners/me", ada, body));
      }
      JsonNode after = estate.ask(200, "GET", "/owners/me", ada, null);
      assertThat(after.get("name").stringValue()).isEqualTo("Ada " + i);
      assertThat(after.get("mandates").stringValue()).isEqualTo(word);
    }
  }

  @Test
  void anAgentIsHeldOnlyWhenBothWant() {
    String ada = estate.owner("Ada", true);
    String eve = estate.owner("Eve", false);
    String alice = estate.agent("alice");
    String adaId = estate.ask(200, "GET", "/owners/me", ada, null).get("owner_id").stringValue();
    String eveId = estate.ask(200, "GET", "/owners/me", eve, null).get("owner_id").stringValue();
    String agreeToAda = "{\"owner_id\":\"" + adaId + "\"}";
    assertThat(Estate.slug(estate.ask(404, "POST", "/owner", alice, agreeToAda)))
        .isEqualTo("unknown-owner");
    estate.ask(202, "POST", "/owners/me/agents/alice", ada, null);
    estate.ask(202, "POST", "/owners/me/agents/alice", eve, null);
    estate.ask(404, "POST", "/mandates", ada, "{\"agent_id\":\"alice\",\"calls\":[\"profile\"]}");
    JsonNode before = estate.ask(200, "GET", "/owner", alice, null);
    assertThat(before.get("owner").isNull()).isTrue();
    assertThat(before.get("offers")).hasSize(2);
    estate.ask(200, "POST", "/owner", alice, agreeToAda);
    estate.send(403, alice, "alice");
    assertThat(estate.ask(200, "GET", "/owners/me/agents", ada, null).get("agents")).hasSize(1);
    assertThat(Estate.slug(estate.ask(409, "POST", "/owners/me/agents/alice", eve, null)))
        .isEqualTo("agent-owned");
    estate.ask(404, "POST", "/owner", alice, "{\"owner_id\":\"" + eveId + "\"}");
    estate.ask(404, "DELETE", "/owners/me/agents/alice", eve, null);
    estate.ask(204, "DELETE", "/owners/me/agents/alice", ada, null);
    estate.send(201, alice, "alice");
  }

  @Test
  void oneOwnerSeesNothingOfAnother() {
    String ada = estate.owner("Ada", true);
    String eve = estate.owner("Eve", false);
    estate.agentOf(ada, "alice", null);
    String mallory = estate.agentOf(eve, "mallory", null);
    String id =
        estate.give(ada, "alice", "\"calls\":[\"profile\"]").get("mandate_id").stringValue();
    JsonNode forbidden = estate.ask(404, "GET", "/mandates/" + id, eve, null);
    JsonNode unknown = estate.ask(404, "GET", "/mandates/mnd_nothing", eve, null);
    assertThat(forbidden).isEqualTo(unknown);
    estate.ask(404, "GET", "/mandates/" + id, mallory, null);
    estate.ask(404, "DELETE", "/mandates/" + id, eve, null);
    assertThat(estate.ask(200, "GET", "/mandates", eve, null).get("mandates")).isEmpty();
  }

  @Test
  void theKeyIsReplacedAtOnceAndIsNoAgents() {
    String ada = estate.owner("Ada", false);
    estate.ask(403, "GET", "/messages", ada, null);
    String fresh =
        estate.ask(201, "POST", "/owners/me/api-key", ada, null).get("api_key").stringValue();
    estate.ask(401, "GET", "/owners/me", ada, null);
    estate.ask(200, "GET", "/owners/me", fresh, null);
  }

  @Test
  void anOwnerStopsItsOwnAgentsAndNoOthers() {
    String ada = estate.owner("Ada", false);
    String alice = estate.agentOf(ada, "alice", null);
    String bob = estate.agent("bob");
    estate.ask(200, "POST", "/stop", ada, "{\"scope\":\"agent:alice\",\"reason\":\"enough\"}");
    assertThat(Estate.slug(estate.send(403, alice, "bob"))).isEqualTo("stopped");
    estate.ask(404, "POST", "/stop", ada, "{\"scope\":\"agent:bob\"}");
    estate.ask(403, "POST", "/stop", ada, "{\"scope\":\"hub\"}");
    estate.ask(404, "POST", "/resume", estate.owner("Eve", false), "{\"scope\":\"agent:alice\"}");
    estate.send(201, bob, "alice");
    estate.ask(200, "POST", "/resume", ada, "{\"scope\":\"agent:alice\"}");
    estate.send(201, alice, "bob");
    String id = estate.ask(200, "GET", "/owners/me", ada, null).get("owner_id").stringValue();
    estate.ask(200, "POST", "/stop", ada, "{\"scope\":\"owner:" + id + "\"}");
    assertThat(Estate.slug(estate.send(403, alice, "bob"))).isEqualTo("stopped");
  }
}
