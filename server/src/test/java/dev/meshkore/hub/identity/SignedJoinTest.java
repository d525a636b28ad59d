package dev.meshkore.hub.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.AgentKeyPair;
import dev.meshkore.hub.testing.AgentKeyPair.Call;
import dev.meshkore.hub.testing.TestHub;
import java.net.http.HttpResponse;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// An agent that signs the request by which it joins has its key from the first moment; nobody
/// joins with the key of another.
final class SignedJoinTest {
  private final AgentKeyPair pair = AgentKeyPair.of(11);
  private TestHub hub;
  private String invite;

  @BeforeEach
  void start() {
    hub = TestHub.start(Map.of());
    invite = hub.invite();
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  @Test
  void theKeyIsBoundWithTheJoining() {
    Call join = Call.post(invite, body("alice", pair));
    HttpResponse<String> joined = SignedAgent.send(join.with(signature(join, "n1")));
    assertThat(joined.statusCode()).as(joined.body()).isEqualTo(201);
    Call profile = Call.get(hub.url() + "/profile");
    JsonNode own = SignedAgent.JSON.readTree(signed(profile).body());
    assertThat(own.get("agent_id").stringValue()).isEqualTo("alice");
    assertThat(own.get("keys").get(0).get("public_key").stringValue()).isEqualTo(pair.ed25519Hex());
    assertThat(own.has("unproven_key")).isFalse();
    String token = SignedAgent.JSON.readTree(joined.body()).get("token").stringValue();
    Call bind = Call.post(hub.url() + "/keys/challenge", "");
    assertThat(SignedAgent.send(bind.with(Map.of("Authorization", "Bearer " + token))).statusCode())
        .isEqualTo(201);
    hub.hub().auditLog().tick();
    Call export = Call.get(hub.url() + "/audit/export");
    var admin = Map.of("Authorization", "Bearer " + hub.adminKey());
    assertThat(SignedAgent.send(export.with(admin)).body()).contains("key.bound");
  }

  @Test
  void whatAnotherSignedLetsNobodyIn() {
    AgentKeyPair thief = AgentKeyPair.of(12);
    Call join = Call.post(invite, body("alice", pair));
    String now = thief.ed25519Hex();
    assertRefused(401, "unauthenticated", join, headers(thief, join, now, "n1"));
    assertRefused(401, "unauthenticated", join, headers(thief, join, pair.ed25519Hex(), "n2"));
    assertRefused(401, "unauthenticated", join, headers(pair, join, "alice", "n3"));
    Call changed = Call.post(invite, body("mallory", pair));
    assertRefused(401, "unauthenticated", changed, signature(join, "n4"));
    Call elsewhere = Call.post(hub.invite(), join.body());
    assertRefused(401, "unauthenticated", elsewhere, signature(join, "n5"));
    Call bare = Call.post(invite, "{\"agent_id\":\"alice\"}");
    assertRefused(401, "unauthenticated", bare, signature(bare, "n6"));
    assertRefused(401, "unauthenticated", join, Map.of("Signature-Input", "x", "Signature", "y"));
    assertThat(signed(Call.get(hub.url() + "/profile")).statusCode()).isEqualTo(401);
    // Nothing of this used the name up.
    HttpResponse<String> joined = SignedAgent.send(join.with(signature(join, "n7")));
    assertThat(joined.statusCode()).as(joined.body()).isEqualTo(201);
  }

  @Test
  void aSignedJoiningThatFailedCannotBeSentAgainByAThief() {
    SignedAgent.join(hub, "alice", 13);
    Call join = Call.post(invite, body("alice", pair));
    Map<String, String> once = signature(join, "n1");
    assertRefused(409, "agent-exists", join, once);
    assertRefused(401, "signature-used", join, once);
  }

  @Test
  void whoHasNoInviteHasNoSignatureStored() {
    Call join = Call.post(invite.replaceFirst("[^/]+$", "A".repeat(43)), body("alice", pair));
    Map<String, String> once = signature(join, "n1");
    assertRefused(404, "unknown-invite", join, once);
    // Had it been stored, it would be refused as used now.
    assertRefused(404, "unknown-invite", join, once);
  }

  @Test
  void aKeyThatIsBoundJoinsNoSecondAgent() {
    Call first = Call.post(invite, body("alice", pair));
    assertThat(SignedAgent.send(first.with(signature(first, "n1"))).statusCode()).isEqualTo(201);
    Call second = Call.post(invite, body("bob", pair));
    assertRefused(409, "key-taken", second, signature(second, "n2"));
    Call bob = Call.get(hub.url() + "/agents/bob");
    var admin = Map.of("Authorization", "Bearer " + hub.adminKey());
    assertThat(SignedAgent.send(bob.with(admin)).statusCode()).isEqualTo(404);
  }

  private static String body(String id, AgentKeyPair keys) {
    byte[] raw = HexFormat.of().parseHex(keys.ed25519Hex());
    String key = Base64.getUrlEncoder().withoutPadding().encodeToString(raw);
    return "{\"agent_id\":\"" + id + "\",\"public_key\":\"" + key + "\"}";
  }

  private Map<String, String> signature(Call call, String nonce) {
    return headers(pair, call, pair.ed25519Hex(), nonce);
  }

  private static Map<String, String> headers(
      AgentKeyPair by, Call call, String keyId, String nonce) {
    var headers = new LinkedHashMap<>(by.http(call, keyId, SignedAgent.now(), nonce));
    headers.put("Content-Type", "application/json");
    return headers;
  }

  private HttpResponse<String> signed(Call call) {
    return SignedAgent.send(call.with(signature(call, SignedAgent.nonce())));
  }

  private static void assertRefused(
      int status, String slug, Call call, Map<String, String> headers) {
    HttpResponse<String> answer = SignedAgent.send(call.with(headers));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(SignedAgent.slug(answer)).isEqualTo(slug);
  }
}
