package dev.meshkore.hub.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.TestHub;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Tokens that are signed in earnest, but not by the hub: what the cases cannot hold as data.
final class ForgedTokensTest {
  private static final JsonNode UNAUTHENTICATED =
      CaseFile.MAPPER.readTree("{\"status\":401,\"problem\":\"unauthenticated\"}");

  private final HttpClient client = HttpClient.newHttpClient();
  private final TestHub hub = TestHub.start(Map.of());
  private String header = "";
  private String payload = "";

  @BeforeEach
  void joinAsAlice() throws IOException, InterruptedException {
    Answer invited =
        wire()
            .send(
                Operation.CREATE_INVITE
                    .request(JsonNodeFactory.instance.objectNode())
                    .with("Authorization", "Bearer " + hub.adminKey()));
    ObjectNode draft = JsonNodeFactory.instance.objectNode().put("agent_id", "alice");
    draft.set("url", invited.json().get("url"));
    String token = wire().send(Operation.JOIN.request(draft)).json().get("token").stringValue();
    assertThat(profile(token).status()).isEqualTo(200);
    int first = token.indexOf('.');
    int second = token.lastIndexOf('.');
    header = token.substring(0, first);
    payload = token.substring(first + 1, second);
  }

  @AfterEach
  void close() {
    hub.close();
    client.close();
  }

  @Test
  void refusesAnotherKeyOfTheSameName()
      throws GeneralSecurityException, IOException, InterruptedException {
    var signature = Signature.getInstance("Ed25519");
    signature.initSign(KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPrivate());
    signature.update(ascii(header + "." + payload));
    assertRefused(header + "." + payload + "." + base64Url(signature.sign()));
  }

  @Test
  void refusesThePublicKeyAsASecret()
      throws GeneralSecurityException, IOException, InterruptedException {
    Answer jwks =
        wire().send(new Request("GET", "/.well-known/jwks.json", Map.of(), Optional.empty()));
    for (JsonNode key : jwks.json().get("keys")) {
      String x = key.get("x").stringValue();
      assertRefused(signedBySecret(Base64.getUrlDecoder().decode(x)));
      assertRefused(signedBySecret(ascii(x)));
    }
    assertThat(jwks.json().get("keys")).isNotEmpty();
  }

  private String signedBySecret(byte[] secret) throws GeneralSecurityException {
    ObjectNode forged =
        (ObjectNode) CaseFile.MAPPER.readTree(Base64.getUrlDecoder().decode(header));
    forged.put("alg", "HS256");
    String signed = base64Url(CaseFile.MAPPER.writeValueAsBytes(forged)) + "." + payload;
    var mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret, "HmacSHA256"));
    return signed + "." + base64Url(mac.doFinal(ascii(signed)));
  }

  private void assertRefused(String token) throws IOException, InterruptedException {
    assertThat(Expectation.differences(UNAUTHENTICATED, profile(token))).isEmpty();
  }

  private Answer profile(String token) throws IOException, InterruptedException {
    var headers = new TreeMap<>(Map.of("Authorization", "Bearer " + token));
    return wire().send(new Request("GET", "/profile", headers, Optional.empty()));
  }

  private Wire wire() {
    return new Wire(client, hub.url());
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static String base64Url(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
