package dev.meshkore.hub.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.keys.Key;
import dev.meshkore.hub.testing.AgentKeyPair.Call;
import dev.meshkore.hub.testing.TestHub;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The header of the Agent Network Protocol's older clients proves who calls, once, for one hub and
/// some minutes, and makes no credential that stays.
final class DidWbaCallsTest {
  private TestHub hub;
  private SignedAgent alice;
  private String did;

  @BeforeEach
  void start() {
    hub = TestHub.start(Map.of());
    alice = SignedAgent.join(hub, "alice", 1).bound();
    did = "did:wba:127.0.0.1%3A" + hub.port() + ":agents:alice";
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  @Test
  void itProvesTheAgentWhoseKeySigned() {
    String thumbprint = Key.ofEd25519Name(alice.pair.ed25519Hex()).orElseThrow().thumbprint();
    for (String name : List.of(did, did + ":e1_" + thumbprint)) {
      for (String service : List.of("127.0.0.1", "127.0.0.1:" + hub.port())) {
        for (String version : List.of("1.0", "1.1")) {
          var headers = alice.pair.didWba(version, name, service, SignedAgent.nonce(), at(0));
          HttpResponse<String> answer = profile(headers);
          assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
          assertThat(answer.body()).contains("\"agent_id\":\"alice\"");
        }
      }
    }
    Call send = Call.post(alice.url("/send"), "{\"to\":\"alice\",\"payload\":1}");
    assertThat(SignedAgent.send(send.with(header())).statusCode()).isEqualTo(201);
  }

  @Test
  void aNameThatIsTooLongIsNobodys() {
    String name = did + "#" + "k".repeat(600);
    Call call = Call.get(alice.url("/profile"));
    var headers = alice.pair.http(call, name, SignedAgent.now(), SignedAgent.nonce());
    assertRefused(401, "unauthenticated", SignedAgent.send(call.with(headers)));
    String shorter = did + "#key-1";
    headers = alice.pair.http(call, shorter, SignedAgent.now(), SignedAgent.nonce());
    assertThat(SignedAgent.send(call.with(headers)).statusCode()).isEqualTo(200);
  }

  @Test
  void itIsAcceptedOnceForAnyRequest() {
    Map<String, String> headers = header();
    assertThat(profile(headers).statusCode()).isEqualTo(200);
    assertRefused(401, "signature-used", profile(headers));
    Call other = Call.post(alice.url("/send"), "{\"to\":\"alice\",\"payload\":1}");
    assertRefused(401, "signature-used", SignedAgent.send(other.with(headers)));
    assertThat(profile(header()).statusCode()).isEqualTo(200);
  }

  @Test
  void itIsForOneHubOneAgentAndSomeMinutes() {
    SignedAgent eve = SignedAgent.join(hub, "eve", 2).bound();
    String nonce = SignedAgent.nonce();
    for (Map<String, String> headers :
        List.of(
            alice.pair.didWba("1.1", did, "hub.example", nonce, at(0)),
            alice.pair.didWba("1.1", did, "127.0.0.1:1", nonce, at(0)),
            alice.pair.didWba(
                "1.1", did.replace("127.0.0.1", "hub.example"), "127.0.0.1", nonce, at(0)),
            alice.pair.didWba("1.1", did.replace("alice", "nobody"), "127.0.0.1", nonce, at(0)),
            alice.pair.didWba("1.1", did + ":e1_" + "A".repeat(43), "127.0.0.1", nonce, at(0)),
            alice.pair.didWba("1.1", "alice", "127.0.0.1", nonce, at(0)),
            eve.pair.didWba("1.1", did, "127.0.0.1", nonce, at(0)),
            alice.with(hub, 3).pair.didWba("1.1", did, "127.0.0.1", nonce, at(0)))) {
      assertRefused(401, "unauthenticated", profile(headers));
    }
    for (long seconds : List.of(-310L, 75L)) {
      var headers = alice.pair.didWba("1.1", did, "127.0.0.1", nonce, at(seconds));
      assertRefused(401, "signature-expired", profile(headers));
    }
    assertThat(profile(alice.pair.didWba("1.1", did, "127.0.0.1", nonce, at(-280))).statusCode())
        .isEqualTo(200);
  }

  @Test
  void whatIsChangedOrBrokenIsRefused() {
    String right = header().getOrDefault("Authorization", "");
    for (String broken :
        List.of(
            right.replaceFirst("nonce=\"", "nonce=\"x"),
            right.replaceFirst("v=\"1.1\"", "v=\"1.0\""),
            right.replaceFirst("v=\"1.1\"", "v=\"2\""),
            right.replaceFirst("v=\"1.1\", ", ""),
            right.replaceFirst("key-1", "key-1\\\\\""),
            right.replaceFirst("timestamp=\"", "timestamp=\"+10000"),
            right + ", nonce=\"other\"",
            right + ", more=\"x\"",
            right + ",",
            right.substring(0, right.length() - 1),
            right.replaceFirst("signature=\"....", "signature=\""),
            right.replaceFirst("signature=\".", "signature=\"!"),
            "DIDWba ",
            "DIDWba {}",
            "DIDWba did=")) {
      HttpResponse<String> answer = profile(Map.of("Authorization", broken));
      assertThat(answer.statusCode()).as(broken + answer.body()).isEqualTo(401);
    }
    assertThat(profile(Map.of("Authorization", right)).statusCode()).isEqualTo(200);
  }

  @Test
  void itChangesNoKeys() {
    SignedAgent renewed = alice.with(hub, 4);
    String challenge = alice.challenge(alice.token);
    String binding = renewed.binding("ed25519", challenge, "").toString();
    for (Call call :
        List.of(
            Call.post(alice.url("/keys"), binding),
            Call.post(alice.url("/keys/api-key"), ""),
            new Call("DELETE", alice.url("/keys/" + alice.pair.secp256k1X()), ""))) {
      assertRefused(403, "not-allowed", SignedAgent.send(call.with(header())));
    }
    alice.delete(alice.apiKey, "/keys/" + alice.pair.ed25519Hex());
    assertRefused(401, "unauthenticated", profile(header()));
  }

  private Map<String, String> header() {
    return alice.pair.didWba("1.1", did, "127.0.0.1", SignedAgent.nonce(), at(0));
  }

  private HttpResponse<String> profile(Map<String, String> headers) {
    return SignedAgent.send(Call.get(alice.url("/profile")).with(headers));
  }

  private static String at(long seconds) {
    return Instant.now().plusSeconds(seconds).truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static void assertRefused(int status, String slug, HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(SignedAgent.slug(answer)).isEqualTo(slug);
  }
}
