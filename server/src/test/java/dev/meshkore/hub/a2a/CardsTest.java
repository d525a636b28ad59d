package dev.meshkore.hub.a2a;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.util.Base64URL;
import dev.meshkore.hub.testing.AgentKeyPair;
import java.net.http.HttpResponse;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import org.erdtman.jcs.JsonCanonicalizer;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Cards say what is served, and anybody can check who wrote them.
final class CardsTest {
  private static final AgentKeyPair KEYS = AgentKeyPair.of(7);
  private static final String BOBS = "/agents/bob" + Cards.PATH;

  @Test
  void aCardTellsOfTheProfileAndLeadsToBothBindings() throws Exception {
    try (var village = new Village(Map.of())) {
      assertNothingEmpty(village.json("GET", BOBS, "", ""));
      village.json(
          "PATCH",
          "/profile",
          "bob",
          "{\"description\":\"Counts things\",\"capabilities\":[\"Counting\",\"sums\"]}");
      JsonNode card = village.json("GET", BOBS, "", "");
      assertNothingEmpty(card);
      assertThat(card.get("name").stringValue()).isEqualTo("bob");
      assertThat(card.get("description").stringValue()).isEqualTo("Counts things");
      assertThat(card.get("skills")).hasSize(2);
      assertThat(card.get("skills").get(0).get("id").stringValue()).isEqualTo("counting");
      JsonNode rpc = card.get("supportedInterfaces").get(0);
      assertThat(rpc.get("url").stringValue()).isEqualTo(village.hub().url() + "/agents/bob/a2a");
      assertThat(rpc.get("protocolVersion").stringValue()).isEqualTo("1.0");
      assertThat(card.get("capabilities").get("pushNotifications").booleanValue()).isTrue();
      assertThat(village.result("alice", "GetExtendedAgentCard", "{}")).isEqualTo(card);
      assertThat(village.call("GET", "/agents/nobody" + Cards.PATH, "", "").body())
          .contains("/problems/unknown-agent");
    }
  }

  @Test
  void cardsAreSignedWithAKeyOfTheHub() throws Exception {
    try (var village = new Village(Map.of())) {
      bindKey(village);
      JsonNode extension =
          village.json("GET", BOBS, "", "").get("capabilities").get("extensions").get(0);
      assertThat(extension.get("uri").stringValue()).isEqualTo(Cards.KEYS);
      JsonNode key = extension.get("params").get("keys").get(0);
      assertThat(key.get("public_key").stringValue()).isEqualTo(KEYS.ed25519Hex());
      for (String path : new String[] {BOBS, Cards.PATH}) {
        ObjectNode card = (ObjectNode) village.json("GET", path, "", "");
        JsonNode jws = card.remove("signatures").get(0);
        byte[] canonical = new JsonCanonicalizer(card.toString()).getEncodedUTF8();
        String protectedHeader = jws.get("protected").stringValue();
        String signature = jws.get("signature").stringValue();
        JWSObject whole =
            JWSObject.parse(protectedHeader + "." + Base64URL.encode(canonical) + "." + signature);
        assertThat(whole.getHeader().getJWKURL().toString())
            .isEqualTo(village.hub().url() + "/.well-known/jwks.json");
        JsonNode keys = village.json("GET", "/.well-known/jwks.json", "", "").get("keys");
        assertThat(keys.get(0).get("kid").stringValue()).isEqualTo(whole.getHeader().getKeyID());
        Signature check = Signature.getInstance("Ed25519");
        byte[] raw = Base64.getUrlDecoder().decode(keys.get(0).get("x").stringValue());
        byte[] encoded =
            HexFormat.of().parseHex("302a300506032b6570032100" + HexFormat.of().formatHex(raw));
        check.initVerify(
            KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded)));
        check.update(whole.getSigningInput());
        assertThat(check.verify(Base64.getUrlDecoder().decode(signature))).isTrue();
      }
    }
  }

  private static void bindKey(Village village) throws Exception {
    String challenge =
        village.json("POST", "/keys/challenge", "bob", "").get("challenge").stringValue();
    ObjectNode binding = Village.JSON.createObjectNode();
    binding.put("type", "ed25519").put("public_key", KEYS.ed25519Hex());
    binding.put("challenge", challenge).put("signature", KEYS.sign(challenge));
    village.json("POST", "/keys", "bob", binding.toString());
  }

  @Test
  void cachesAreToldWhenNothingChanged() throws Exception {
    try (var village = new Village(Map.of())) {
      HttpResponse<String> first = village.call("GET", BOBS, "", "");
      String tag = first.headers().firstValue("ETag").orElseThrow();
      assertThat(first.headers().firstValue("Cache-Control").orElseThrow()).contains("max-age");
      assertThat(first.headers().firstValue("Last-Modified").orElseThrow()).endsWith(" GMT");
      HttpResponse<String> again =
          village.call("GET", BOBS, "", "", "If-None-Match", "\"other\", W/" + tag);
      assertThat(again.statusCode()).isEqualTo(304);
      assertThat(again.body()).isEmpty();
      village.json("PATCH", "/profile", "bob", "{\"description\":\"new\"}");
      assertThat(village.call("GET", BOBS, "", "", "If-None-Match", tag).statusCode())
          .isEqualTo(200);
    }
  }

  @Test
  void theHubFindsAgentsAndItsCatalogueListsThemForAgents() throws Exception {
    try (var village = new Village(Map.of())) {
      village.json("PATCH", "/profile", "bob", "{\"description\":\"translates Finnish\"}");
      JsonNode card = village.json("GET", Cards.PATH, "", "");
      assertNothingEmpty(card);
      assertThat(card.get("supportedInterfaces").get(0).get("url").stringValue())
          .isEqualTo(village.hub().url() + "/a2a");
      JsonNode answer =
          village.json(
              "POST",
              "/a2a",
              "alice",
              Village.envelope("SendMessage", Village.message("m1", "Finnish")));
      JsonNode parts = answer.get("result").get("message").get("parts");
      JsonNode found = parts.get(1).get("data").get("agents").get(0);
      assertThat(found.get("card").stringValue()).isEqualTo(village.hub().url() + BOBS);
      String catalog = "/.well-known/ai-catalog.json";
      JsonNode forAll = village.json("GET", catalog, "", "");
      assertThat(forAll.get("specVersion").stringValue()).isEqualTo("1.0");
      assertThat(forAll.get("entries")).hasSize(3);
      assertThat(village.json("GET", catalog, "alice", "").get("entries")).hasSize(6);
    }
  }

  @Test
  void anOutsideAgentHasItsOwnDoorOnly() throws Exception {
    try (var village = new Village(Map.of())) {
      JsonNode sent =
          village.json(
              "POST", "/send", "alice", "{\"to\":\"https://example.com/card.json\",\"payload\":1}");
      String outside = "/agents/" + sent.get("to").stringValue();
      assertThat(village.call("GET", outside + Cards.PATH, "", "").statusCode()).isEqualTo(404);
      HttpResponse<String> answer = village.call("GET", outside + "/a2a/tasks", "alice", "");
      assertThat(answer.statusCode()).isEqualTo(404);
      assertThat(answer.body()).contains("https://example.com/card.json");
    }
  }

  private static void assertNothingEmpty(JsonNode node) {
    if (node.isContainer()) {
      assertThat(node.isEmpty()).isFalse();
    }
    if (node.isString()) {
      assertThat(node.stringValue()).isNotEmpty();
    }
    node.forEach(CardsTest::assertNothingEmpty);
  }
}
