package dev.meshkore.hub.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.AgentKeyPair;
import dev.meshkore.hub.testing.AgentKeyPair.Call;
import dev.meshkore.hub.testing.TestHub;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// An agent of a real hub with keys of its own, by all of whose ways it can call.
final class SignedAgent {
  static final JsonMapper JSON = new JsonMapper();
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final AtomicInteger NONCES = new AtomicInteger();

  final String id;
  final AgentKeyPair pair;
  private final String hubUrl;
  private final String base;
  String apiKey;
  String token;

  private SignedAgent(TestHub hub, String id, AgentKeyPair pair, String apiKey, String token) {
    this.hubUrl = hub.url();
    this.base = "http://127.0.0.1:" + hub.port();
    this.id = id;
    this.pair = pair;
    this.apiKey = apiKey;
    this.token = token;
  }

  static SignedAgent join(TestHub hub, String id, int seed) {
    String body = "{\"agent_id\":\"" + id + "\"}";
    String invite = hub.invite().replace(hub.url(), "http://127.0.0.1:" + hub.port());
    HttpResponse<String> answer =
        send(Call.post(invite, body).with(Map.of("Content-Type", "application/json")));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    JsonNode joined = JSON.readTree(answer.body());
    return new SignedAgent(
        hub,
        id,
        AgentKeyPair.of(seed),
        joined.get("api_key").stringValue(),
        joined.get("token").stringValue());
  }

  /// The same agent with other keys.
  SignedAgent with(TestHub hub, int seed) {
    return new SignedAgent(hub, id, AgentKeyPair.of(seed), apiKey, token);
  }

  SignedAgent bound() {
    assertThat(bind("ed25519", apiKey).statusCode()).isEqualTo(201);
    assertThat(bind("secp256k1", apiKey).statusCode()).isEqualTo(201);
    return this;
  }

  HttpResponse<String> bind(String type, String credential) {
    String challenge = challenge(credential);
    return post(credential, "/keys", binding(type, challenge, "").toString());
  }

  String challenge(String credential) {
    HttpResponse<String> answer = post(credential, "/keys/challenge", "");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    return JSON.readTree(answer.body()).get("challenge").stringValue();
  }

  /// What binds a key of this agent.
  JsonNode binding(String type, String challenge, String previous) {
    boolean isEd25519 = type.equals("ed25519");
    var body = JSON.createObjectNode();
    body.put("type", type);
    body.put("public_key", isEd25519 ? pair.ed25519Hex() : pair.secp256k1Hex());
    body.put("challenge", challenge);
    body.put("signature", isEd25519 ? pair.sign(challenge) : pair.signSchnorr(challenge));
    if (!previous.isEmpty()) {
      body.put("previous_signature", previous);
    }
    return body;
  }

  HttpResponse<String> get(String credential, String path) {
    return send(Call.get(base + path).with(Map.of("Authorization", "Bearer " + credential)));
  }

  HttpResponse<String> post(String credential, String path, String body) {
    return send(Call.post(base + path, body).with(Map.of("Authorization", "Bearer " + credential)));
  }

  HttpResponse<String> delete(String credential, String path) {
    var call = new Call("DELETE", base + path, "");
    return send(call.with(Map.of("Authorization", "Bearer " + credential)));
  }

  /// The answer to a request that is signed as the contract says.
  HttpResponse<String> signed(Call call) {
    return send(call.with(pair.http(call, keyId(), now(), nonce())));
  }

  HttpResponse<String> nostr(Call call) {
    return send(call.with(pair.nostr(call, now())));
  }

  String keyId() {
    return pair.ed25519Hex();
  }

  String url(String path) {
    return hubUrl + path;
  }

  static String nonce() {
    return "nonce-" + NONCES.incrementAndGet();
  }

  static long now() {
    return Instant.now().getEpochSecond();
  }

  static String slug(HttpResponse<String> answer) {
    return JSON.readTree(answer.body()).path("type").asString("").replace("/problems/", "");
  }

  static HttpResponse<String> send(HttpRequest request) {
    try {
      return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException failure) {
      throw new AssertionError(request.toString(), failure);
    } catch (InterruptedException failure) {
      Thread.currentThread().interrupt();
      throw new AssertionError(failure);
    }
  }
}
