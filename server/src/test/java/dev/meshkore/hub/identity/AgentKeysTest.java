package dev.meshkore.hub.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.AgentKeyPair.Call;
import dev.meshkore.hub.testing.TestHub;
import dev.meshkore.hub.testing.TextSocket;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// The life of an agent's keys at a real hub: bound, shown, replaced, revoked.
final class AgentKeysTest {
  private static final Duration SOON = Duration.ofSeconds(1);

  private TestHub hub;
  private SignedAgent alice;

  @BeforeEach
  void start() {
    hub = TestHub.start(Map.of());
    alice = SignedAgent.join(hub, "alice", 1);
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  @Test
  void whatWasProvedIsShown() {
    alice.bound();
    JsonNode keys = json(alice.get(alice.token, "/agents/alice")).get("keys");
    assertThat(keys.size()).isEqualTo(2);
    assertThat(keys.get(0).get("type").stringValue()).isEqualTo("ed25519");
    assertThat(keys.get(0).get("public_key").stringValue()).isEqualTo(alice.pair.ed25519Hex());
    assertThat(keys.get(0).get("did_key").stringValue()).startsWith("did:key:z6Mk");
    assertThat(keys.get(0).has("npub")).isFalse();
    assertThat(keys.get(1).get("public_key").stringValue()).isEqualTo(alice.pair.secp256k1X());
    assertThat(keys.get(1).get("npub").stringValue()).startsWith("npub1");
    JsonNode listed = json(alice.get(alice.token, "/agents?status=all")).get("agents").get(0);
    assertThat(listed.get("keys")).isEqualTo(keys);
    JsonNode own = json(alice.get(alice.token, "/keys"));
    assertThat(own.get("did_wba").stringValue())
        .isEqualTo("did:wba:127.0.0.1%3A" + hub.port() + ":agents:alice");
    assertThat(own.get("keys").get(0).has("solana_address")).isTrue();
    assertThat(own.get("keys").get(1).get("evm_address").stringValue()).startsWith("0x");
    JsonNode document = json(alice.get(alice.token, "/agents/alice/did.json"));
    assertThat(document.get("id")).isEqualTo(own.get("did_wba"));
    assertThat(document.get("verificationMethod").get(0).get("publicKeyMultibase").stringValue())
        .isEqualTo(keys.get(0).get("did_key").stringValue().substring("did:key:".length()));
    JsonNode names = json(alice.get(alice.token, "/.well-known/nostr.json?name=alice"));
    assertThat(names.get("names").get("alice").stringValue()).isEqualTo(alice.pair.secp256k1X());
    assertThat(json(alice.get(alice.token, "/.well-known/nostr.json")).get("names").size())
        .isZero();
  }

  @Test
  void aKeyThatWasOnlyNamedIsShownAsThat() {
    String key = "A".repeat(43);
    Call join = Call.post(hub.invite(), "{\"agent_id\":\"carol\",\"public_key\":\"" + key + "\"}");
    assertThat(SignedAgent.send(join.with(Map.of())).statusCode()).isEqualTo(201);
    JsonNode carol = json(alice.get(alice.token, "/agents/carol"));
    assertThat(carol.get("keys").size()).isZero();
    assertThat(carol.get("unproven_key").stringValue()).isEqualTo("0".repeat(64));
  }

  @Test
  void aChallengeIsForOneAgentOneTimeAndOneAnswer() {
    SignedAgent bob = SignedAgent.join(hub, "bob", 2);
    String ofBob = bob.challenge(bob.token);
    assertRefused(410, "challenge-closed", bind(alice, "ed25519", ofBob, ""));
    assertRefused(410, "challenge-closed", bind(alice, "ed25519", "nonsense", ""));
    String of = alice.challenge(alice.token);
    assertRefused(400, "invalid-field", signedByAnother(of));
    assertThat(bind(alice, "ed25519", of, "").statusCode()).isEqualTo(201);
    assertRefused(410, "challenge-closed", bind(alice, "secp256k1", of, ""));
    String late = alice.challenge(alice.token);
    hub.advance(Duration.ofMinutes(5));
    assertRefused(410, "challenge-closed", bind(alice, "secp256k1", late, ""));
  }

  private HttpResponse<String> signedByAnother(String challenge) {
    var body = (tools.jackson.databind.node.ObjectNode) alice.binding("ed25519", challenge, "");
    body.put("signature", alice.with(hub, 3).pair.sign(challenge));
    return alice.post(alice.token, "/keys", body.toString());
  }

  @Test
  void aKeyBelongsToOneAgentForGood() {
    alice.bound();
    SignedAgent thief = SignedAgent.join(hub, "thief", 1);
    assertRefused(409, "key-taken", thief.bind("ed25519", thief.apiKey));
    String key = alice.pair.ed25519Hex();
    assertRefused(404, "unknown-key", thief.delete(thief.apiKey, "/keys/" + key));
    assertThat(alice.delete(alice.apiKey, "/keys/" + key).statusCode()).isEqualTo(204);
    assertRefused(404, "unknown-key", alice.delete(alice.apiKey, "/keys/" + key));
    assertRefused(409, "key-taken", thief.bind("ed25519", thief.apiKey));
    assertRefused(409, "key-taken", alice.bind("ed25519", alice.apiKey));
  }

  @Test
  void aNewKeyTakesThePlaceOfTheOldAndTheInboxStays() {
    alice.bound();
    alice.post(alice.token, "/send", "{\"to\":\"alice\",\"payload\":\"kept\"}");
    SignedAgent renewed = alice.with(hub, 4);
    // A stolen token is not enough; nor is a signature of no key of hers.
    assertRefused(403, "not-allowed", renewed.bind("ed25519", alice.token));
    String challenge = alice.challenge(alice.token);
    String wrong = alice.with(hub, 5).pair.sign(challenge);
    assertRefused(400, "invalid-field", bind(renewed, "ed25519", challenge, wrong));
    String right = alice.pair.sign(challenge);
    assertThat(bind(renewed, "ed25519", challenge, right).statusCode()).isEqualTo(201);
    Call read = Call.get(alice.url("/messages?acknowledge=false"));
    assertThat(alice.signed(read).statusCode()).isEqualTo(401);
    HttpResponse<String> inbox = renewed.signed(read);
    assertThat(inbox.body()).contains("kept");
    // The other key was not touched, and a request signed by one key replaces the other.
    assertThat(alice.nostr(read).statusCode()).isEqualTo(200);
    String next = renewed.challenge(alice.token);
    Call call = Call.post(alice.url("/keys"), renewed.binding("secp256k1", next, "").toString());
    assertThat(renewed.signed(call).statusCode()).isEqualTo(201);
    assertThat(alice.nostr(read).statusCode()).isEqualTo(401);
    assertThat(renewed.nostr(read).statusCode()).isEqualTo(200);
  }

  @Test
  void aTokenBindsTheVeryFirstKeyAndNoOther() {
    assertThat(alice.bind("ed25519", alice.token).statusCode()).isEqualTo(201);
    SignedAgent thief = alice.with(hub, 9);
    assertRefused(403, "not-allowed", thief.bind("secp256k1", alice.token));
    String challenge = alice.challenge(alice.token);
    String byThief = thief.pair.sign(challenge);
    assertRefused(400, "invalid-field", bind(thief, "secp256k1", challenge, byThief));
    // What was revoked counts: it is no way back to a first key.
    assertThat(alice.delete(alice.apiKey, "/keys/" + alice.pair.ed25519Hex()).statusCode())
        .isEqualTo(204);
    assertRefused(403, "not-allowed", thief.bind("ed25519", alice.token));
    assertRefused(403, "not-allowed", thief.bind("secp256k1", alice.token));
    JsonNode keys = json(alice.get(alice.token, "/keys")).get("keys");
    assertThat(keys.isEmpty()).isTrue();
  }

  @Test
  void oneKeyVouchesForTheOther() {
    assertThat(alice.bind("ed25519", alice.token).statusCode()).isEqualTo(201);
    String challenge = alice.challenge(alice.token);
    String byFirst = alice.pair.sign(challenge);
    assertThat(bind(alice, "secp256k1", challenge, byFirst).statusCode()).isEqualTo(201);
    assertThat(alice.nostr(Call.get(alice.url("/profile"))).statusCode()).isEqualTo(200);
  }

  @Test
  void ofManyFirstKeysByATokenOneIsBound() {
    var bound = new AtomicInteger();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int seed = 20; seed < 28; seed++) {
        SignedAgent one = alice.with(hub, seed);
        String type = seed % 2 == 0 ? "ed25519" : "secp256k1";
        var _ =
            threads.submit(() -> {
              if (one.bind(type, alice.token).statusCode() == 201) {
                bound.incrementAndGet();
              }
            });
      }
    }
    assertThat(bound).hasValue(1);
  }

  @Test
  void anotherApiKeyEndsTheOneBeforeAndItsTokens() {
    String register = "{\"agent_id\":\"alice\",\"api_key\":\"" + alice.apiKey + "\"}";
    assertThat(alice.post(alice.token, "/register", register).statusCode()).isEqualTo(200);
    assertRefused(403, "not-allowed", alice.post(alice.token, "/keys/api-key", ""));
    String oldKey = alice.apiKey;
    String oldToken = alice.token;
    assertThat(alice.get(oldKey, "/profile").statusCode()).isEqualTo(200);
    try (TextSocket byToken = new TextSocket(hub.url(), oldToken);
        TextSocket byKey = new TextSocket(hub.url(), oldKey)) {
      assertThat(byToken.next()).contains("welcome");
      assertThat(byKey.next()).contains("welcome");
      JsonNode made = json(alice.post(oldKey, "/keys/api-key", ""));
      long started = System.nanoTime();
      assertThat(byToken.next()).contains("4403");
      assertThat(byKey.next()).contains("4403");
      assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(SOON);
      for (String gone : List.of(oldKey, oldToken)) {
        assertRefused(401, "unauthenticated", alice.get(gone, "/profile"));
      }
      assertRefused(401, "unauthenticated", alice.post("", "/register", register));
      for (String name : List.of("api_key", "token")) {
        String credential = made.get(name).stringValue();
        assertThat(alice.get(credential, "/profile").statusCode()).isEqualTo(200);
      }
    }
  }

  @Test
  void aRevokedKeyEndsWhatItOpenedAndNothingElse() {
    alice.bound();
    try (TextSocket byHello = new TextSocket(hub.url() + "/ws?challenge=true");
        TextSocket byKey = new TextSocket(hub.url(), alice.apiKey)) {
      String challenge = json(byHello.next()).get("challenge").stringValue();
      byHello.send(hello(challenge));
      assertThat(byHello.next()).contains("welcome", "alice");
      assertThat(byKey.next()).contains("welcome");
      String path = "/keys/" + alice.pair.ed25519Hex();
      assertRefused(403, "not-allowed", alice.delete(alice.token, path));
      assertThat(alice.delete(alice.apiKey, path).statusCode()).isEqualTo(204);
      long started = System.nanoTime();
      assertThat(byHello.next()).contains("4403");
      assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(SOON);
      byKey.send("{\"type\":\"ping\"}");
      assertThat(byKey.next()).contains("pong");
      assertThat(alice.signed(Call.get(alice.url("/profile"))).statusCode()).isEqualTo(401);
    }
  }

  @Test
  void aHelloIsSignedOverItsOwnChallenge() {
    alice.bound();
    try (TextSocket first = new TextSocket(hub.url() + "/ws?challenge=true");
        TextSocket second = new TextSocket(hub.url() + "/ws?challenge=true")) {
      String challenge = json(first.next()).get("challenge").stringValue();
      second.next();
      second.send(hello(challenge));
      assertThat(second.next()).contains("unauthenticated");
      assertThat(second.next()).contains("4401");
      first.send(hello(challenge));
      assertThat(first.next()).contains("welcome");
    }
    try (TextSocket unasked = new TextSocket(hub.url() + "/ws")) {
      unasked.send(hello(""));
      assertThat(unasked.next()).contains("invalid-field");
    }
  }

  private String hello(String challenge) {
    String signed = String.join("\n", "meshkore-hello/1", hub.url(), challenge);
    return "{\"type\":\"hello\",\"key\":\""
        + alice.pair.ed25519Hex()
        + "\",\"signature\":\""
        + alice.pair.sign(signed)
        + "\"}";
  }

  @Test
  void theOperatorCanTakeEverythingThatProvesAnAgent() {
    alice.bound();
    String path = "/agents/alice/credentials";
    assertRefused(403, "not-allowed", alice.delete(alice.apiKey, path));
    assertThat(alice.delete(hub.adminKey(), path).statusCode()).isEqualTo(204);
    Call call = Call.get(alice.url("/profile"));
    assertThat(alice.signed(call).statusCode()).isEqualTo(401);
    assertThat(alice.nostr(call).statusCode()).isEqualTo(401);
    assertThat(alice.get(alice.apiKey, "/profile").statusCode()).isEqualTo(401);
    assertThat(alice.get(alice.token, "/profile").statusCode()).isEqualTo(401);
    assertThat(json(alice.get(hub.adminKey(), "/agents/alice")).get("keys").size()).isZero();
    assertRefused(404, "unknown-agent", alice.delete(hub.adminKey(), "/agents/nobody/credentials"));
  }

  @Test
  void nothingSecretIsLogged() {
    var lines = new CopyOnWriteArrayList<String>();
    Handler handler = new Lines(lines);
    Logger root = Logger.getLogger("");
    Level before = root.getLevel();
    root.addHandler(handler);
    root.setLevel(Level.ALL);
    handler.setLevel(Level.ALL);
    try {
      alice.bound();
      Call call = Call.get(alice.url("/profile"));
      Map<String, String> signed =
          alice.pair.http(call, alice.keyId(), SignedAgent.now(), "marker-nonce");
      Map<String, String> nostr = alice.pair.nostr(call, SignedAgent.now());
      for (int i = 0; i < 2; i++) {
        SignedAgent.send(call.with(signed));
        SignedAgent.send(call.with(nostr));
      }
      SignedAgent.send(
          call.with(Map.of("Signature-Input", "marker-nonce", "Signature", "marker-nonce")));
      alice.get("mk_marker-nonce", "/profile");
      alice.get("marker-nonce", "/profile");
      alice.get(alice.token, "/profile?x=" + "marker-nonce");
      String event = nostr.getOrDefault("Authorization", "").substring(6);
      Logger.getLogger("dev.meshkore.test").info("seen");
      assertThat(lines).contains("seen");
      assertThat(String.join("\n", lines))
          .doesNotContain(
              "marker-nonce",
              event,
              signed.getOrDefault("Signature", "-"),
              alice.apiKey,
              alice.token);
    } finally {
      root.removeHandler(handler);
      root.setLevel(before);
    }
  }

  private static final class Lines extends Handler {
    private final List<String> lines;

    Lines(List<String> lines) {
      this.lines = lines;
    }

    @Override
    public void publish(LogRecord line) {
      lines.add(line.getMessage() + (line.getThrown() == null ? "" : " " + line.getThrown()));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  private static HttpResponse<String> bind(
      SignedAgent agent, String type, String challenge, String previous) {
    String body = agent.binding(type, challenge, previous).toString();
    return agent.post(agent.token, "/keys", body);
  }

  private static JsonNode json(HttpResponse<String> answer) {
    return json(answer.body());
  }

  private static JsonNode json(String text) {
    return SignedAgent.JSON.readTree(text);
  }

  private static void assertRefused(int status, String slug, HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(SignedAgent.slug(answer)).isEqualTo(slug);
  }
}
