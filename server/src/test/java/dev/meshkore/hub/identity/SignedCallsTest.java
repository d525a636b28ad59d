package dev.meshkore.hub.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.AgentKeyPair;
import dev.meshkore.hub.testing.AgentKeyPair.Call;
import dev.meshkore.hub.testing.TestHub;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Requests that are signed, rightly and by every way of cheating that the list of bad inputs has.
final class SignedCallsTest {
  private static final String MESSAGE = "{\"to\":\"alice\",\"payload\":1}";
  private static final List<String> ALL = List.of("@method", "@target-uri", "content-digest");

  private TestHub hub;
  private SignedAgent alice;

  @BeforeEach
  void start() {
    hub = TestHub.start(Map.of());
    alice = SignedAgent.join(hub, "alice", 1).bound();
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  @Test
  void aSignedRequestIsItsSigners() {
    HttpResponse<String> profile = alice.signed(Call.get(alice.url("/profile")));
    assertThat(profile.statusCode()).as(profile.body()).isEqualTo(200);
    assertThat(SignedAgent.JSON.readTree(profile.body()).get("agent_id").stringValue())
        .isEqualTo("alice");
    Call send = Call.post(alice.url("/send"), MESSAGE);
    assertThat(alice.signed(send).statusCode()).isEqualTo(201);
    assertThat(alice.nostr(send).statusCode()).isEqualTo(201);
    HttpResponse<String> own = alice.nostr(Call.get(alice.url("/profile?x=1&y=%20z")));
    assertThat(own.statusCode()).as(own.body()).isEqualTo(200);
  }

  @Test
  void whoIsNotLetInIsToldHowASignatureMustBe() {
    HttpResponse<String> answer = SignedAgent.send(Call.get(alice.url("/profile")).with(Map.of()));
    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.headers().firstValue("Accept-Signature").orElse(""))
        .contains("\"@method\"", "created", "nonce", "keyid");
    assertThat(answer.headers().firstValue("WWW-Authenticate").orElse("")).startsWith("Bearer");
  }

  /// Two rights could differ only where a route asked how its caller was proved.
  @Test
  void theDoorsOfOtherProtocolsTakeSignedRequests() {
    String rpc =
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\","
            + "\"params\":{\"name\":\"inbox\",\"arguments\":{}}}";
    String hook = "{\"hook_event_name\":\"UserPromptSubmit\",\"session_id\":\"s\"}";
    String run =
        "{\"agent_name\":\"alice\",\"mode\":\"async\",\"input\":[{\"role\":\"user\","
            + "\"parts\":[{\"content_type\":\"text/plain\",\"content\":\"hi\"}]}]}";
    String a2a =
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"SendMessage\",\"params\":{\"message\":"
            + "{\"messageId\":\"m1\",\"role\":\"ROLE_USER\",\"parts\":[{\"text\":\"hi\"}]}}}";
    for (boolean isNostr : List.of(true, false)) {
      for (Map.Entry<String, String> one :
          Map.of("/mcp", rpc, "/hooks/claude", hook, "/acp/runs", run, "/a2a", a2a).entrySet()) {
        Call call = Call.post(alice.url(one.getKey()), one.getValue());
        var headers =
            new HashMap<>(
                isNostr
                    ? alice.pair.nostr(call, SignedAgent.now())
                    : alice.pair.http(call, alice.keyId(), SignedAgent.now(), SignedAgent.nonce()));
        headers.put("Content-Type", "application/json");
        headers.put("Accept", "application/json, text/event-stream");
        headers.put("A2A-Version", "1.0");
        HttpResponse<String> answer = SignedAgent.send(call.with(headers));
        assertThat(answer.statusCode()).as(one.getKey() + answer.body()).isBetween(200, 202);
        assertThat(answer.body())
            .as(one.getKey())
            .doesNotContain("\"isError\":true", "\"error\":{");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"hex", "did:key", "did:wba", "did:wba#", "did:wba:e1", "id", "thumb"})
  void aKeyHasManyNames(String form) {
    String hex = alice.pair.ed25519Hex();
    var key = dev.meshkore.hub.keys.Key.of(dev.meshkore.hub.keys.KeyType.ED25519, "key", hex);
    String wba = DidWba.of(hub.url(), "alice");
    String name =
        switch (form) {
          case "hex" -> hex;
          case "did:key" -> key.didKey();
          case "did:wba" -> wba;
          case "did:wba#" -> wba + "#key-1";
          case "did:wba:e1" -> wba + ":e1_" + key.thumbprint() + "#key-1";
          case "id" -> "alice";
          default -> key.thumbprint();
        };
    Call call = Call.get(alice.url("/profile"));
    var answer =
        SignedAgent.send(
            call.with(alice.pair.http(call, name, SignedAgent.now(), SignedAgent.nonce())));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bob",
        "",
        "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
        "did:wba:elsewhere.example:agents:alice",
        "did:wba:127.0.0.1%3A1:agents:alice",
        "../../etc/passwd",
        "' OR 1=1 --",
        "0000000000000000000000000000000000000000000000000000000000000000",
      })
  void anotherKeysNameIsNotItsSigner(String name) {
    SignedAgent.join(hub, "bob", 2).bound();
    Call call = Call.get(alice.url("/profile"));
    assertRefused(
        "unauthenticated",
        call,
        alice.pair.http(call, name, SignedAgent.now(), SignedAgent.nonce()));
  }

  @Test
  void aBodyOrUrlOrMethodThatWasNotSignedIsRefused() {
    Call signed = Call.post(alice.url("/send"), MESSAGE);
    Map<String, String> headers = http(signed);
    assertRefused("unauthenticated", Call.post(signed.url(), MESSAGE.replace("1", "2")), headers);
    var recomputed = new HashMap<>(headers);
    String other = MESSAGE.replace("1", "2");
    recomputed.put("Content-Digest", AgentKeyPair.digest(other));
    assertRefused("unauthenticated", Call.post(signed.url(), other), recomputed);
    assertRefused("unauthenticated", Call.post(signed.url() + "?x=1", MESSAGE), headers);
    Call get = Call.get(alice.url("/profile"));
    assertRefused("unauthenticated", new Call("PATCH", get.url(), ""), http(get));
    Map<String, String> nostr = alice.pair.nostr(signed, SignedAgent.now());
    assertRefused("unauthenticated", Call.post(signed.url(), other), nostr);
    assertRefused("unauthenticated", Call.post(signed.url() + "?x=1", MESSAGE), nostr);
    assertRefused("unauthenticated", Call.post(alice.url("/messages/ack"), MESSAGE), nostr);
    assertRefused(
        "unauthenticated",
        new Call("PATCH", get.url(), ""),
        alice.pair.nostr(get, SignedAgent.now()));
    // And each is taken as it was signed, so that it is not for another reason that they were not.
    assertThat(SignedAgent.send(signed.with(headers)).statusCode()).isEqualTo(201);
    assertThat(SignedAgent.send(signed.with(nostr)).statusCode()).isEqualTo(201);
  }

  /// Everything here is signed by the right key.
  @Test
  void whatASignatureMustCoverIsCovered() {
    Call post = Call.post(alice.url("/send"), MESSAGE);
    for (List<String> components :
        List.of(
            List.of("@target-uri", "content-digest"),
            List.of("@method", "content-digest"),
            List.of("@method", "@target-uri"),
            List.of("@method", "@path", "content-digest"),
            List.of("@method", "@authority", "content-digest"),
            List.<String>of(),
            List.of("@method", "@target-uri", "content-digest", "@method"),
            List.of("@method", "@target-uri", "content-digest", "@status"),
            List.of("@method", "@target-uri", "content-digest", "x-not-there"))) {
      assertRefused("unauthenticated", post, http(post, "", components));
    }
    Call query = Call.get(alice.url("/agents?status=all"));
    assertRefused(
        "unauthenticated", query, http(query, "", List.of("@method", "@authority", "@path")));
    var whole = List.of("@method", "@authority", "@path", "@query");
    assertThat(SignedAgent.send(query.with(http(query, "", whole))).statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ";alg=\"hmac-sha256\"",
        ";alg=\"none\"",
        ";alg=\"rsa-v1_5-sha256\"",
        ";alg=ed25519",
        ";created=1",
        ";keyid=\"alice\"",
        ";expires=1",
        ";expires=99999999999999999999",
        ";expires=\"1\"",
        ";foo=\"bar\"",
        ";nonce",
        ";",
      })
  void parametersThatAreNotOfTheProfileAreRefused(String more) {
    Call call = Call.get(alice.url("/profile"));
    var answer = SignedAgent.send(call.with(http(call, more, List.of("@method", "@target-uri"))));
    assertThat(answer.statusCode()).as(more).isEqualTo(401);
  }

  @Test
  void brokenHeadersAreRefused() {
    Call call = Call.post(alice.url("/send"), MESSAGE);
    Map<String, String> right = http(call);
    var broken = new ArrayList<Map<String, String>>();
    for (String name : List.of("Signature-Input", "Signature", "Content-Digest")) {
      String value = right.getOrDefault(name, "");
      for (int length = 0; length < value.length(); length += 7) {
        broken.add(changed(right, name, value.substring(0, length)));
      }
      broken.add(changed(right, name, value + ", " + value));
      broken.add(changed(right, name, value + ",sig2=:AAAA:"));
      broken.add(changed(right, name, "(".repeat(5_000)));
      broken.add(changed(right, name, "\"\\".repeat(2_000)));
      broken.add(changed(right, name, value.replace('s', 'S')));
      var without = new HashMap<>(right);
      without.remove(name);
      broken.add(without);
    }
    String zeros = Base64.getEncoder().encodeToString(new byte[64]);
    broken.add(changed(right, "Signature", "sig1=:" + zeros + ":"));
    String other = right.getOrDefault("Signature", "").replace("sig1", "sig2");
    broken.add(changed(right, "Signature", other));
    broken.add(changed(right, "Content-Digest", "md5=:AAAA:"));
    broken.add(changed(right, "Authorization", "Bearer " + alice.apiKey));
    for (Map<String, String> headers : broken) {
      assertRefused("unauthenticated", call, headers);
    }
    assertThat(SignedAgent.send(call.with(right)).statusCode()).isEqualTo(201);
  }

  @Test
  void brokenEventsAreRefused() {
    Call call = Call.post(alice.url("/send"), MESSAGE);
    long now = SignedAgent.now();
    var u = List.of("u", call.url());
    var method = List.of("method", "POST");
    var payload = List.of("payload", java.util.HexFormat.of().formatHex(Sha256.of(MESSAGE)));
    assertRefusedEvent(call, alice.pair.nostr(22_242, now, List.of(u, method, payload)));
    assertRefusedEvent(call, alice.pair.nostr(27_235, now, List.of(u, method)));
    assertRefusedEvent(call, alice.pair.nostr(27_235, now, List.of(u, payload)));
    assertRefusedEvent(call, alice.pair.nostr(27_235, now, List.of(method, payload)));
    assertRefusedEvent(call, alice.pair.nostr(27_235, now, List.of(u, u, method, payload)));
    assertRefusedEvent(
        call, alice.pair.nostr(27_235, now, List.of(u, List.of("method", "GET"), payload)));
    assertRefusedEvent(
        call,
        alice.pair.nostr(27_235, now, List.of(List.of("u", call.url() + "/"), method, payload)));
    assertRefusedEvent(call, AgentKeyPair.of(9).nostr(call, now));
    Map<String, String> right = alice.pair.nostr(call, now);
    String event =
        new String(
            Base64.getDecoder().decode(right.getOrDefault("Authorization", "").substring(6)),
            java.nio.charset.StandardCharsets.UTF_8);
    for (String forged :
        List.of(
            "",
            "null",
            "[]",
            "{}",
            "[".repeat(5_000),
            event.replace("\"created_at\":" + now, "\"created_at\":" + (now - 1)),
            event.replace("\"content\":\"\"", "\"content\":\"x\""),
            event.replace("\"kind\":27235", "\"kind\":1e400"),
            event.replace(alice.pair.secp256k1X(), AgentKeyPair.of(2).secp256k1X()),
            event.substring(0, event.length() - 130) + "0".repeat(128) + "\"}",
            event + event)) {
      String base64 =
          Base64.getEncoder()
              .encodeToString(forged.getBytes(java.nio.charset.StandardCharsets.UTF_8));
      assertRefusedEvent(call, Map.of("Authorization", "Nostr " + base64));
    }
    assertRefusedEvent(call, Map.of("Authorization", "Nostr"));
    assertRefusedEvent(call, Map.of("Authorization", "Nostr %%%"));
    assertThat(SignedAgent.send(call.with(right)).statusCode()).isEqualTo(201);
  }

  @ParameterizedTest
  @CsvSource({
    "-301, signature-expired",
    "-310, signature-expired",
    "-290, ''",
    "0, ''",
    "55, ''",
    "65, signature-expired",
    "1000000, signature-expired"
  })
  void aSignatureIsOfItsTime(long ago, String refusal) {
    Call call = Call.get(alice.url("/profile"));
    Map<String, String> headers =
        alice.pair.http(
            call,
            alice.keyId(),
            SignedAgent.now() + ago,
            SignedAgent.nonce(),
            "",
            List.of("@method", "@target-uri"));
    HttpResponse<String> answer = SignedAgent.send(call.with(headers));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(refusal.isEmpty() ? 200 : 401);
    if (!refusal.isEmpty()) {
      assertThat(SignedAgent.slug(answer)).isEqualTo(refusal);
    }
  }

  private static Map<String, String> changed(
      Map<String, String> headers, String name, String value) {
    var changed = new HashMap<>(headers);
    changed.put(name, value);
    return changed;
  }

  private Map<String, String> http(Call call) {
    return http(call, "", call.body().isEmpty() ? ALL.subList(0, 2) : ALL);
  }

  private Map<String, String> http(Call call, String more, List<String> components) {
    return alice.pair.http(
        call, alice.keyId(), SignedAgent.now(), SignedAgent.nonce(), more, components);
  }

  private static void assertRefusedEvent(Call call, Map<String, String> headers) {
    assertRefused("unauthenticated", call, headers);
  }

  private static void assertRefused(String slug, Call call, Map<String, String> headers) {
    HttpResponse<String> answer = SignedAgent.send(call.with(headers));
    assertThat(answer.statusCode()).as(headers + answer.body()).isEqualTo(401);
    assertThat(SignedAgent.slug(answer)).isEqualTo(slug);
  }
}
