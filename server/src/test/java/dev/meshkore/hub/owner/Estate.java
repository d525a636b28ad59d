package dev.meshkore.hub.owner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.TestHub;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What an owner and its agents do at a real hub, over HTTP.
final class Estate {
  static final JsonMapper JSON = new JsonMapper();
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();

  final TestHub hub;

  Estate(TestHub hub) {
    this.hub = hub;
  }

  /// Makes an owner and answers its key.
  String owner(String name, boolean requiresMandates) {
    String body =
        "{\"name\":\"%s\",\"mandates\":\"%s\"}"
            .formatted(name, requiresMandates ? "required" : "optional");
    return ask(201, "POST", "/owners", hub.adminKey(), body).get("api_key").stringValue();
  }

  /// Lets an agent join by an owner's invite, and answers its key.
  String agentOf(String ownerKey, String id, @Nullable KeyPair keys) {
    String url = ask(201, "POST", "/invites", ownerKey, "{}").get("url").stringValue();
    ObjectNode body = JSON.createObjectNode().put("agent_id", id);
    String path = url.substring(url.indexOf("/join/"));
    String key = ask(201, "POST", path, "", body.toString()).get("api_key").stringValue();
    if (keys != null) {
      bind(key, keys);
    }
    return key;
  }

  private void bind(String key, KeyPair keys) {
    String challenge =
        ask(201, "POST", "/keys/challenge", key, null).get("challenge").stringValue();
    byte[] signature = signature(keys, challenge.getBytes(StandardCharsets.UTF_8));
    bind(key, "ed25519", raw(keys), challenge, signature);
  }

  /// Binds a key to an agent.
  void bind(String key, String type, byte[] publicKey, String challenge, byte[] signature) {
    ObjectNode body = JSON.createObjectNode();
    body.put("type", type);
    body.put("public_key", HexFormat.of().formatHex(publicKey));
    body.put("challenge", challenge);
    body.put("signature", HexFormat.of().formatHex(signature));
    ask(201, "POST", "/keys", key, body.toString());
  }

  /// Lets an agent join that belongs to nobody.
  String agent(String id) {
    String url = hub.invite();
    String path = url.substring(url.indexOf("/join/"));
    return ask(201, "POST", path, "", "{\"agent_id\":\"" + id + "\"}").get("api_key").stringValue();
  }

  /// Gives a mandate and answers it.
  JsonNode give(String ownerKey, String agentId, String rest) {
    return ask(
        201, "POST", "/mandates", ownerKey, "{\"agent_id\":\"" + agentId + "\"," + rest + "}");
  }

  JsonNode send(int status, String key, String to) {
    return ask(status, "POST", "/send", key, "{\"to\":\"" + to + "\",\"payload\":1}");
  }

  JsonNode ask(int status, String method, String path, String key, @Nullable String body) {
    HttpResponse<String> answer = exchange(method, path, key, body);
    assertThat(answer.statusCode())
        .as(method + " " + path + ": " + answer.body())
        .isEqualTo(status);
    return answer.body().isEmpty() ? JSON.createObjectNode() : JSON.readTree(answer.body());
  }

  HttpResponse<String> exchange(String method, String path, String key, @Nullable String body) {
    var publisher =
        body == null
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofString(body);
    var request = HttpRequest.newBuilder(URI.create(hub.url() + path)).method(method, publisher);
    if (!key.isEmpty()) {
      request.header("Authorization", "Bearer " + key);
    }
    try {
      return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException failure) {
      throw new AssertionError(method + " " + path, failure);
    } catch (InterruptedException failure) {
      Thread.currentThread().interrupt();
      throw new AssertionError(failure);
    }
  }

  /// The slug of a refusal.
  static String slug(JsonNode problem) {
    String type = problem.get("type").stringValue();
    return type.substring(type.lastIndexOf('/') + 1);
  }

  static KeyPair keys() {
    try {
      return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    } catch (GeneralSecurityException failure) {
      throw new AssertionError(failure);
    }
  }

  static byte[] raw(KeyPair keys) {
    byte[] encoded = keys.getPublic().getEncoded();
    return Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
  }

  /// Signs a part of a mandate offline, as the agent that hands it on.
  String child(KeyPair keys, String from, String to, String parent, long expiresAt, String grants) {
    String header = "{\"alg\":\"EdDSA\",\"typ\":\"mandate+jwt\"}";
    String claims =
        """
        {"iss":"%s","sub":"%s","aud":"%s","jti":"x","iat":%d,"exp":%d,"act":{"sub":"%s"},
         "grants":%s,"prf":"%s"}
        """
            .formatted(from, to, hub.url(), 1, expiresAt, from, grants, parent);
    return signed(keys, header, claims);
  }

  static String signed(KeyPair keys, String header, String claims) {
    String text = base64Url(header) + "." + base64Url(claims);
    byte[] signature = signature(keys, text.getBytes(StandardCharsets.US_ASCII));
    return text + "." + BASE64URL.encodeToString(signature);
  }

  private static byte[] signature(KeyPair keys, byte[] text) {
    try {
      Signature signature = Signature.getInstance("Ed25519");
      signature.initSign(keys.getPrivate());
      signature.update(text);
      return signature.sign();
    } catch (GeneralSecurityException failure) {
      throw new AssertionError(failure);
    }
  }

  private static String base64Url(String text) {
    return BASE64URL.encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
