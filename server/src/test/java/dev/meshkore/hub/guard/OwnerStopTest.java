package dev.meshkore.hub.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.AgentKeyPair;
import dev.meshkore.hub.testing.TestHub;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// What holds for all agents of an owner, now and later.
final class OwnerStopTest {
  @TempDir private Path folder;
  private TestHub hub;
  private People people;
  private String ada;
  private String id;
  private String alice;

  @BeforeEach
  void open() {
    open(Map.of());
  }

  private void open(Map<String, String> settings) {
    hub = TestHub.start(settings);
    people = new People(hub);
    ada = people.owner("Ada");
    id = people.ownerId(ada);
    alice = people.agentOf(ada, "alice");
    people.agent("bob");
  }

  @AfterEach
  void close() {
    hub.close();
  }

  private void onEach(Runnable play) {
    for (Map<String, String> settings : People.onEach(folder, Map.of())) {
      hub.close();
      open(settings);
      play.run();
    }
  }

  private JsonNode order(int status, String what, String by) {
    return people.ask(status, "POST", "/" + what, by, "{\"scope\":\"owner:" + id + "\"}");
  }

  @Test
  void whoJoinsAStoppedOwnerIsStopped() {
    onEach(this::stopsWhoJoins);
  }

  private void stopsWhoJoins() {
    JsonNode stops = order(200, "stop", ada).get("stops");
    assertThat(stops).hasSize(1);
    assertThat(stops.get(0).get("scope").stringValue()).isEqualTo("owner:" + id);
    String late = people.agentOf(ada, "late");
    String body = "{\"to\":\"bob\",\"payload\":1}";
    JsonNode refused = people.ask(403, "POST", "/send", late, body);
    assertThat(refused.get("scope").stringValue()).isEqualTo("owner:" + id);
    people.ask(403, "POST", "/channels", late, "{\"channel_id\":\"room\"}");
    people.ask(200, "GET", "/messages", late, null);
    assertThat(people.ask(200, "GET", "/stops", late, null).get("stops")).hasSize(1);
    // Also one that agrees to be held; and it is free again when it is released.
    String bobby = people.agent("bobby");
    people.ask(202, "POST", "/owners/me/agents/bobby", ada, null);
    assertThat(people.send(bobby, "bob", 1)).isEqualTo(201);
    people.ask(200, "POST", "/owner", bobby, "{\"owner_id\":\"" + id + "\"}");
    assertThat(people.send(bobby, "bob", 2)).isEqualTo(403);
    people.ask(204, "DELETE", "/owners/me/agents/bobby", ada, null);
    assertThat(people.send(bobby, "bob", 3)).isEqualTo(201);

    assertThat(order(200, "resume", ada).get("stops")).isEmpty();
    assertThat(people.send(late, "bob", 4)).isEqualTo(201);
    assertThat(people.leaves()).contains("stopped " + id, "resumed " + id);
  }

  @Test
  void anOwnerStopsAllItsAgentsAndNobodyElses() {
    onEach(this::stopsNobodyElses);
  }

  private void stopsNobodyElses() {
    String eve = people.owner("Eve");
    String mallory = people.agentOf(eve, "mallory");
    assertThat(order(404, "stop", eve).get("type").stringValue()).endsWith("unknown-agent");
    order(403, "stop", alice);
    assertThat(people.send(alice, "bob", 1)).isEqualTo(201);
    order(200, "stop", hub.adminKey());
    assertThat(people.send(alice, "bob", 2)).isEqualTo(403);
    assertThat(people.send(mallory, "bob", 1)).isEqualTo(201);
    // The owner is told, sees it, and cannot lift it; others see nothing of it.
    assertThat(people.firstEvent(ada).get("notice").stringValue()).isEqualTo("stopped");
    assertThat(order(200, "resume", ada).get("stops")).hasSize(1);
    assertThat(people.ask(200, "GET", "/stops", eve, null).get("stops")).isEmpty();
    assertThat(people.send(alice, "bob", 3)).isEqualTo(403);
    order(200, "resume", hub.adminKey());
    assertThat(people.send(alice, "bob", 4)).isEqualTo(201);
  }

  @Test
  void anOwnerReleasesNobodyWhileTheOperatorStopsIt() {
    onEach(this::releasesNobody);
  }

  private void releasesNobody() {
    order(200, "stop", hub.adminKey());
    JsonNode refused = people.ask(403, "DELETE", "/owners/me/agents/alice", ada, null);
    assertThat(refused.get("type").stringValue()).endsWith("/stopped");
    assertThat(refused.get("scope").stringValue()).isEqualTo("owner:" + id);
    assertThat(people.send(alice, "bob", 1)).isEqualTo(403);
    assertThat(people.leaves()).doesNotContain("agent.released alice");
    // What it only has offered to hold was never stopped by this.
    people.ask(202, "POST", "/owners/me/agents/bob", ada, null);
    people.ask(204, "DELETE", "/owners/me/agents/bob", ada, null);
    order(200, "resume", hub.adminKey());
    people.ask(204, "DELETE", "/owners/me/agents/alice", ada, null);
    assertThat(people.send(alice, "bob", 2)).isEqualTo(201);
  }

  @Test
  void budgetsOfOwnersAndPairsCount() {
    onEach(this::countsForOwnersAndPairs);
  }

  private void countsForOwnersAndPairs() {
    String other = people.agentOf(ada, "other");
    String admin = hub.adminKey();
    people.ask(200, "PUT", "/limits/owner:" + id, admin, "{\"limit\":2}");
    assertThat(people.send(alice, "bob", 1)).isEqualTo(201);
    assertThat(people.send(other, "bob", 1)).isEqualTo(201);
    JsonNode refused = people.refusal(alice, "bob");
    assertThat(refused.get("scope").stringValue()).isEqualTo("owner:" + id);
    people.ask(204, "DELETE", "/limits/owner:" + id, admin, null);

    JsonNode set = people.ask(200, "PUT", "/limits/pair:bob,alice", admin, "{\"limit\":1}");
    assertThat(set.get("limits").get(0).get("scope").stringValue()).isEqualTo("pair:alice,bob");
    assertThat(people.send(alice, "bob", 2)).isEqualTo(201);
    assertThat(people.refusal(alice, "bob").get("scope").stringValue()).isEqualTo("pair:alice,bob");
    people.ask(204, "DELETE", "/limits/pair:bob,alice", admin, null);
    assertThat(people.send(alice, "bob", 3)).isEqualTo(201);
    for (String wrong : new String[] {"pair:bob", "pair:a,b,c", "agent:a,b"}) {
      people.ask(400, "PUT", "/limits/" + wrong, admin, "{\"limit\":1}");
    }
  }

  @Test
  void theHubLooksOnlySoOften() {
    String body = "{\"method\":\"dns\",\"domain\":\"alice.example.org\"}";
    String one =
        people.ask(201, "POST", "/verifications", alice, body).get("verification_id").stringValue();
    people.ask(204, "DELETE", "/verifications/" + one, alice, null);
    body = "{\"method\":\"well-known\",\"domain\":\"hub.invalid\"}";
    String other =
        people.ask(201, "POST", "/verifications", alice, body).get("verification_id").stringValue();
    String check = "/verifications/" + other + "/check";
    for (int i = 0; i < 20; i++) {
      people.ask(200, "POST", check, alice, null);
    }
    var refused = people.exchange("POST", check, alice, null);
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.headers().firstValue("Retry-After")).isPresent();
    hub.advance(Duration.ofSeconds(61));
    people.ask(200, "POST", check, alice, null);
  }

  @Test
  void anOldAttestationDoesNotBringBackWhoWasReleased() {
    AgentKeyPair owner = AgentKeyPair.of(911);
    AgentKeyPair agent = AgentKeyPair.of(912);
    String proof = owner.signSchnorr("meshkore-owner/1\n" + hub.url() + "\n" + id);
    String key = "{\"nostr_key\":\"" + owner.secp256k1X() + "\",\"nostr_proof\":\"" + proof + "\"}";
    people.ask(200, "PATCH", "/owners/me", ada, key);
    String carol = people.agent("carol");
    String challenge =
        people.ask(201, "POST", "/keys/challenge", carol, null).get("challenge").stringValue();
    String bind =
        "{\"type\":\"secp256k1\",\"public_key\":\"%s\",\"challenge\":\"%s\",\"signature\":\"%s\"}"
            .formatted(
                agent.secp256k1X(), challenge.replace("\n", "\\n"), agent.signSchnorr(challenge));
    people.ask(201, "POST", "/keys", carol, bind);
    for (String conditions : new String[] {"", "kind=14"}) {
      String signature =
          owner.signSchnorr("nostr:agent-auth:" + agent.secp256k1X() + ":" + conditions);
      String attestation =
          "{\"nip_oa\":[\"auth\",\"%s\",\"%s\",\"%s\"]}"
              .formatted(owner.secp256k1X(), conditions, signature);
      boolean isFirst = conditions.isEmpty();
      people.ask(isFirst ? 201 : 400, "POST", "/mandates/presented", carol, attestation);
      if (isFirst) {
        assertThat(people.leaves()).contains("agent.held " + id);
        people.ask(204, "DELETE", "/owners/me/agents/carol", ada, null);
        people.ask(400, "POST", "/mandates/presented", carol, attestation);
      }
    }
    assertThat(people.ask(200, "GET", "/owner", carol, null).get("owner").isNull()).isTrue();
    // What the owner offers again, the agent may take again.
    people.ask(202, "POST", "/owners/me/agents/carol", ada, null);
    people.ask(200, "POST", "/owner", carol, "{\"owner_id\":\"" + id + "\"}");
  }

  @Test
  void whatIsDoneToChannelsAndTrustHasALeaf() {
    people.ask(201, "POST", "/channels", alice, "{\"channel_id\":\"room\"}");
    people.ask(200, "PUT", "/channels/room/policy", alice, "{\"post\":\"owner\"}");
    people.ask(200, "PUT", "/agents/bob/trust", hub.adminKey(), "{}");
    people.ask(200, "PUT", "/owners/" + id + "/trust", hub.adminKey(), "{\"trusted\":false}");
    assertThat(people.leaves())
        .contains(
            "agent.held " + id, "channel.policy_set room", "trust.set bob", "trust.set " + id);
  }
}
