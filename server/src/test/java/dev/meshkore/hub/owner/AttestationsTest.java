package dev.meshkore.hub.owner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.keys.Key;
import dev.meshkore.hub.keys.KeyType;
import dev.meshkore.hub.testing.AgentKeyPair;
import dev.meshkore.hub.testing.TestHub;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Attestations of NIP-OA, and the recovery of an agent by its owner.
final class AttestationsTest {
  private static final String OWNER =
      "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
  private static final String AGENT =
      "c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5";
  private static final String SIGNATURE =
      "8b7df2575caf0a108374f8471722b233c53f9ff827a8b0f91861966c3b9dd5cb"
          + "2e189eae9f49d72187674c2f5bd244145e10ff86c9f257ffe65a1ee5f108b369";

  private final TestHub hub = TestHub.start(Map.of());
  private final Estate estate = new Estate(hub);
  private final AgentKeyPair ownerKeys = AgentKeyPair.of(901);
  private final AgentKeyPair agentKeys = AgentKeyPair.of(902);

  @AfterEach
  void stop() {
    hub.close();
  }

  @Test
  void theOfficialExampleIsValidForItsAgentAlone() {
    var example = NipOa.read(List.of("auth", OWNER, "kind=1&created_at<1713957000", SIGNATURE));
    assertThat(example.isFor(new Key(KeyType.SECP256K1, AGENT, false))).isTrue();
    assertThat(example.isFor(new Key(KeyType.SECP256K1, OWNER, false))).isFalse();
    var other = NipOa.read(List.of("auth", OWNER, "kind=1", SIGNATURE));
    assertThat(other.isFor(new Key(KeyType.SECP256K1, AGENT, false))).isFalse();
  }

  private String ownerWithNostrKey(AgentKeyPair keys) {
    String owner = estate.owner("Ada", true);
    String id = estate.ask(200, "GET", "/owners/me", owner, null).get("owner_id").stringValue();
    String proof = keys.signSchnorr("meshkore-owner/1\n" + hub.url() + "\n" + id);
    String body = "{\"nostr_key\":\"" + keys.secp256k1X() + "\",\"nostr_proof\":\"%s\"}";
    estate.ask(400, "PATCH", "/owners/me", owner, body.formatted("00".repeat(64)));
    estate.ask(200, "PATCH", "/owners/me", owner, body.formatted(proof));
    return owner;
  }

  private String agentWithNostrKey(String id) {
    String key = estate.agent(id);
    String challenge =
        estate.ask(201, "POST", "/keys/challenge", key, null).get("challenge").stringValue();
    ObjectNode body = Estate.JSON.createObjectNode();
    body.put("type", "secp256k1").put("public_key", agentKeys.secp256k1X());
    body.put("challenge", challenge).put("signature", agentKeys.signSchnorr(challenge));
    estate.ask(201, "POST", "/keys", key, body.toString());
    return key;
  }

  private String attestation(String conditions) {
    String signed = "nostr:agent-auth:" + agentKeys.secp256k1X() + ":" + conditions;
    return "{\"nip_oa\":[\"auth\",\""
        + ownerKeys.secp256k1X()
        + "\",\""
        + conditions
        + "\",\""
        + ownerKeys.signSchnorr(signed)
        + "\"]}";
  }

  @Test
  void anAttestationIsAMandateAndTheAgreementOfBoth() {
    String owner = ownerWithNostrKey(ownerKeys);
    String alice = agentWithNostrKey("alice");
    estate.agent("bob");
    long end = Instant.now().getEpochSecond() + 3_600;
    String body = attestation("kind=14&created_at<" + end);
    JsonNode taken = estate.ask(201, "POST", "/mandates/presented", alice, body);
    assertThat(taken.get("form").stringValue()).isEqualTo("nip-oa");
    assertThat(estate.ask(200, "GET", "/owners/me/agents", owner, null).get("agents")).hasSize(1);
    estate.send(201, alice, "bob");
    estate.ask(403, "PATCH", "/profile", alice, "{\"status\":\"busy\"}");
    String id = taken.get("mandate_id").stringValue();
    estate.ask(204, "DELETE", "/mandates/" + id, owner, null);
    assertThat(Estate.slug(estate.send(403, alice, "bob"))).isEqualTo("mandate-required");
    assertThat(Estate.slug(estate.ask(400, "POST", "/mandates/presented", alice, body)))
        .isEqualTo("mandate-invalid");
  }

  @Test
  void anAttestationForAnotherOrOfAnotherTimeIsRefused() {
    String alice = agentWithNostrKey("alice");
    assertThat(Estate.slug(present(alice, attestation("")))).isEqualTo("mandate-invalid");
    ownerWithNostrKey(ownerKeys);
    String eve = estate.agent("eve");
    assertThat(Estate.slug(present(eve, attestation("")))).isEqualTo("mandate-invalid");
    for (String conditions :
        List.of("created_at<1713957000", "created_at>9000000000", "kind=1", "kind=14&kind=9")) {
      assertThat(Estate.slug(present(alice, attestation(conditions))))
          .as(conditions)
          .isEqualTo("mandate-invalid");
    }
    String changed = attestation("kind=14").replace("kind=14", "kind=9");
    assertThat(Estate.slug(present(alice, changed))).isEqualTo("mandate-invalid");
    JsonNode mine = estate.ask(200, "GET", "/owner", alice, null);
    assertThat(mine.get("owner").isNull()).isTrue();
  }

  @Test
  void aStolenTokenLetsNoOwnerHoldTheAgent() {
    ownerWithNostrKey(ownerKeys);
    String alice = agentWithNostrKey("alice");
    String register = "{\"agent_id\":\"alice\",\"api_key\":\"" + alice + "\"}";
    String token = estate.ask(200, "POST", "/register", "", register).get("token").stringValue();
    String body = attestation("kind=14");
    assertThat(Estate.slug(estate.ask(403, "POST", "/mandates/presented", token, body)))
        .isEqualTo("not-allowed");
    assertThat(estate.ask(200, "GET", "/owner", alice, null).get("owner").isNull()).isTrue();
    estate.ask(201, "POST", "/mandates/presented", alice, body);
    // Who is held already may show what its owner says again, and more of it.
    estate.ask(201, "POST", "/mandates/presented", token, body);
    estate.ask(201, "POST", "/mandates/presented", token, attestation("kind=14&created_at>1"));
  }

  @Test
  void whatIsPresentedAgainHasNothingReadAgain() throws SQLException {
    String owner = ownerWithNostrKey(ownerKeys);
    String id = estate.ask(200, "GET", "/owners/me", owner, null).get("owner_id").stringValue();
    String alice = agentWithNostrKey("alice");
    estate.ask(201, "POST", "/mandates/presented", alice, attestation("kind=14"));
    // What is written past the hub shows when the hub reads again.
    try (var connection =
            DriverManager.getConnection("jdbc:sqlite:" + hub.data().resolve("hub.db"));
        var statement = connection.createStatement()) {
      statement.execute("PRAGMA busy_timeout = 10000");
      statement.execute("INSERT INTO vouched (subject, since) VALUES ('agent:alice', 1)");
    }
    estate.ask(201, "POST", "/mandates/presented", alice, attestation("kind=14"));
    estate.ask(200, "POST", "/owner", alice, "{\"owner_id\":\"" + id + "\"}");
    assertThat(trustOfAlice()).isEqualTo("new");
    estate.ask(201, "POST", "/mandates/presented", alice, attestation("kind=14&created_at>1"));
    assertThat(trustOfAlice()).isEqualTo("trusted");
  }

  private String trustOfAlice() {
    String body = estate.exchange("GET", "/agents/alice", hub.adminKey(), null).body();
    return Estate.JSON.readTree(body).get("trust").stringValue();
  }

  private JsonNode present(String key, String body) {
    return estate.ask(400, "POST", "/mandates/presented", key, body);
  }

  @Test
  void anAgentThatLostItsKeyIsRecoveredByItsOwner() {
    String owner = estate.owner("Ada", false);
    String lost = estate.agentOf(owner, "alice", Estate.keys());
    String bob = estate.agent("bob");
    estate.send(201, bob, "alice");
    String eve = estate.owner("Eve", false);
    estate.ask(404, "POST", "/owners/me/agents/alice/recover", eve, null);
    estate.ask(404, "POST", "/owners/me/agents/bob/recover", owner, null);
    String fresh =
        estate
            .ask(201, "POST", "/owners/me/agents/alice/recover", owner, null)
            .get("api_key")
            .stringValue();
    estate.ask(401, "GET", "/messages", lost, null);
    String register = "{\"agent_id\":\"alice\",\"api_key\":\"" + lost + "\"}";
    estate.ask(401, "POST", "/register", "", register);
    JsonNode mail = estate.ask(200, "GET", "/messages", fresh, null).get("messages");
    assertThat(mail).hasSize(2);
    assertThat(mail.get(1).get("from").stringValue()).isEqualTo("hub");
    assertThat(mail.get(1).get("payload").get("notice").stringValue()).isEqualTo("recovered");
    assertThat(estate.ask(200, "GET", "/keys", fresh, null).get("keys")).isEmpty();
  }
}
