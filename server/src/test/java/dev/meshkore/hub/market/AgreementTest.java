package dev.meshkore.hub.market;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.AgentKeyPair;
import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.TestHub;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Agreements are checked here as a stranger would, apart from the hub's own code: canonical JSON,
/// SHA-256 and the platform's Ed25519.
final class AgreementTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final AgentKeyPair ALICE = AgentKeyPair.of(1);
  private static final AgentKeyPair BOB = AgentKeyPair.of(2);

  private static void bind(Caller agent, AgentKeyPair keys) {
    String challenge = agent.post(201, "/keys/challenge", "{}").get("challenge").stringValue();
    ObjectNode body = JSON.createObjectNode();
    body.put("type", "ed25519");
    body.put("public_key", keys.ed25519Hex());
    body.put("challenge", challenge);
    body.put("signature", keys.sign(challenge));
    agent.post(201, "/keys", body.toString());
  }

  /// Makes a call that is signed: first the bytes are asked for, then they are signed and sent.
  private static JsonNode signed(
      Caller agent, AgentKeyPair keys, String method, String path, String body) {
    ObjectNode call = (ObjectNode) JSON.readTree(body);
    JsonNode prepared =
        agent.call(200, method, path, call.deepCopy().put("prepare", true).toString());
    JsonNode id = prepared.get("move").get("negotiation_id");
    boolean isNew = id != null && !path.endsWith("/moves");
    if (isNew) {
      call.set("negotiation_id", id);
    }
    call.put("signature", keys.sign(prepared.get("canonical").stringValue()));
    return agent.call(201, method, path, call.toString());
  }

  /// JSON in canonical form, for what has only texts, whole numbers, lists and objects.
  private static String canonical(JsonNode node) {
    if (node.isObject()) {
      var sorted = new TreeMap<String, JsonNode>();
      node.properties().forEach(one -> sorted.put(one.getKey(), one.getValue()));
      return "{"
          + String.join(
              ",",
              sorted.entrySet().stream()
                  .map(one ->
                      JSON.writeValueAsString(one.getKey()) + ":" + canonical(one.getValue()))
                  .toList())
          + "}";
    }
    if (node.isArray()) {
      return "["
          + String.join(",", node.valueStream().map(AgreementTest::canonical).toList())
          + "]";
    }
    return node.toString();
  }

  private static String hash(JsonNode node) {
    try {
      byte[] bytes = canonical(node).getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (GeneralSecurityException failure) {
      throw new AssertionError(failure);
    }
  }

  private static boolean verifies(byte[] key, byte[] message, byte[] signature) {
    try {
      byte[] head = HexFormat.of().parseHex("302a300506032b6570032100");
      byte[] encoded = java.util.Arrays.copyOf(head, head.length + key.length);
      System.arraycopy(key, 0, encoded, head.length, key.length);
      Signature verifier = Signature.getInstance("Ed25519");
      verifier.initVerify(
          KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded)));
      verifier.update(message);
      return verifier.verify(signature);
    } catch (GeneralSecurityException failure) {
      throw new AssertionError(failure);
    }
  }

  private static void checkAsAStranger(JsonNode agreement, JsonNode hubKeys) {
    String before = "";
    for (JsonNode link : agreement.get("chain")) {
      JsonNode move = link.get("move");
      assertThat(link.get("hash").stringValue()).isEqualTo(hash(move));
      if (!before.isEmpty()) {
        assertThat(move.get("previous").stringValue()).isEqualTo(before);
      }
      JsonNode proof = link.get("proof");
      if (proof.get("by").stringValue().equals("key")) {
        assertThat(
                verifies(
                    HexFormat.of().parseHex(proof.get("public_key").stringValue()),
                    canonical(move).getBytes(StandardCharsets.UTF_8),
                    HexFormat.of().parseHex(proof.get("signature").stringValue())))
            .isTrue();
      }
      before = hash(move);
    }
    assertThat(agreement.get("head").stringValue()).isEqualTo(before);
    ObjectNode whole = ((ObjectNode) agreement).deepCopy();
    JsonNode jws = whole.remove("hub_signature");
    String header = jws.get("protected").stringValue();
    String payload =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(canonical(whole).getBytes(StandardCharsets.UTF_8));
    String kid = JSON.readTree(Base64.getUrlDecoder().decode(header)).get("kid").stringValue();
    assertThat(
            hubKeys.get("keys").valueStream().filter(key -> key.get("kid").asString().equals(kid)))
        .anyMatch(key ->
            verifies(
                Base64.getUrlDecoder().decode(key.get("x").stringValue()),
                (header + "." + payload).getBytes(StandardCharsets.US_ASCII),
                Base64.getUrlDecoder().decode(jws.get("signature").stringValue())));
  }

  private static void check(TestHub hub, JsonNode agreement) {
    assertThat(Agreement.faults(bytes(agreement.toString()), keys(hub))).isEmpty();
    checkAsAStranger(agreement, keys(hub));
  }

  private static JsonNode keys(TestHub hub) {
    return Caller.withoutKey(hub).get(200, "/.well-known/jwks.json");
  }

  private static byte[] bytes(String document) {
    return document.getBytes(StandardCharsets.UTF_8);
  }

  private static String head(JsonNode negotiation) {
    return negotiation.get("head").stringValue();
  }

  private static JsonNode negotiated(TestHub hub) {
    List<Caller> all = Stall.join(hub, "alice", "bob");
    bind(all.get(0), ALICE);
    bind(all.get(1), BOB);
    String terms = "\"terms\":" + Stall.terms(1, "80.05") + "}";
    JsonNode first =
        signed(all.get(0), ALICE, "POST", "/negotiations", "{\"with\":\"bob\"," + terms);
    String path = "/negotiations/" + first.get("negotiation_id").stringValue();
    String counter = "{\"kind\":\"counter\",\"previous\":\"" + head(first) + "\"," + terms;
    JsonNode second =
        signed(all.get(1), BOB, "POST", path + "/moves", counter.replace("80.05", "99.90"));
    signed(
        all.get(0),
        ALICE,
        "POST",
        path + "/moves",
        "{\"kind\":\"accept\",\"previous\":\"" + head(second) + "\"}");
    return all.get(1).get(200, path + "/agreement");
  }

  @Test
  void aStrangerVerifiesWhatBothSidesSigned() {
    try (TestHub hub = TestHub.start(Map.of())) {
      JsonNode agreement = negotiated(hub);
      check(hub, agreement);
      assertThat(agreement.get("terms").get("price").get("atoms").longValue()).isEqualTo(9_990);
      assertThat(agreement.get("chain").valueStream().map(one -> one.get("proof").get("by")))
          .allMatch(by -> by.stringValue().equals("key"));
    }
  }

  @Test
  void whatIsTakenAtItsPriceOrOfferedAndAcceptedIsVerifiedTheSame() {
    try (TestHub hub = TestHub.start(Map.of())) {
      List<Caller> all = Stall.join(hub, "alice", "bob", "carol");
      Caller alice = all.get(0);
      Caller bob = all.get(1);
      bind(bob, BOB);
      String service = Stall.publish(bob, "Sworn", "");
      JsonNode taken =
          alice.post(201, "/services/" + service + "/take", "{\"version\":1,\"quantity\":3}");
      JsonNode agreement =
          alice.get(
              200, "/negotiations/" + taken.get("negotiation_id").stringValue() + "/agreement");
      check(hub, agreement);
      assertThat(agreement.get("terms").get("price").get("atoms").longValue()).isEqualTo(3_750);
      assertThat(agreement.get("chain").get(1).get("proof").get("by").stringValue())
          .isEqualTo("hub");

      String request =
          "/requests/"
              + alice
                  .post(201, "/requests", "{\"title\":\"Help\",\"deadline_in\":60}")
                  .get("request_id")
                  .stringValue();
      String offer = "{\"terms\":" + Stall.terms(1, "7") + "}";
      assertThat(Stall.slug(bob.call(403, "PUT", request + "/offer", offer)))
          .isEqualTo("move-unsigned");
      JsonNode sealed = signed(bob, BOB, "PUT", request + "/offer", offer);
      hub.advance(Duration.ofSeconds(61));
      alice.get(200, request + "/offers");
      String path = request + "/offers/" + sealed.get("offer_id").stringValue() + "/accept";
      JsonNode accepted = alice.post(201, path, "{}");
      JsonNode second =
          bob.get(
              200, "/negotiations/" + accepted.get("negotiation_id").stringValue() + "/agreement");
      check(hub, second);
      assertThat(second.get("chain").get(0).get("proof").get("by").stringValue()).isEqualTo("key");
    }
  }

  @Test
  void whoeverHasAKeyIsBoundByItAlone() {
    try (TestHub hub = TestHub.start(Map.of())) {
      List<Caller> all = Stall.join(hub, "alice", "bob");
      bind(all.get(0), ALICE);
      String body = "{\"with\":\"bob\",\"terms\":" + Stall.terms(1, "80") + "}";
      Stall.refused(all.get(0), 403, "move-unsigned", "/negotiations", body);
      JsonNode prepared =
          all.get(0)
              .post(200, "/negotiations", body.replace("{\"with", "{\"prepare\":true,\"with"));
      assertThat(all.get(1).get(200, "/negotiations").get("negotiations")).isEmpty();
      String id = prepared.get("move").get("negotiation_id").stringValue();
      String canonical = prepared.get("canonical").stringValue();
      BiFunction<String, String, String> with =
          (signature, amount) ->
              "{\"with\":\"bob\",\"negotiation_id\":\""
                  + id
                  + "\",\"signature\":\""
                  + signature
                  + "\",\"terms\":"
                  + Stall.terms(1, amount)
                  + "}";
      Stall.refused(
          all.get(0), 400, "invalid-field", "/negotiations", with.apply(BOB.sign(canonical), "80"));
      Stall.refused(
          all.get(0),
          400,
          "invalid-field",
          "/negotiations",
          with.apply(ALICE.sign(canonical), "81"));
      all.get(0).post(201, "/negotiations", with.apply(ALICE.sign(canonical), "80"));
    }
  }

  @Test
  void whateverIsChangedInADocumentIsFound() {
    try (TestHub hub = TestHub.start(Map.of())) {
      String agreement = negotiated(hub).toString();
      for (Map.Entry<String, String> change :
          Map.of(
                  "9990", "9991",
                  "\"accept\"", "\"counter\"",
                  "\"buyer\":\"alice\"", "\"buyer\":\"mallory\"",
                  "\"sequence\":1", "\"sequence\":2",
                  "\"hub\":\"http", "\"hub\":\"xttp",
                  "\"signature\":\"", "\"signature\":\"00",
                  "\"by\":\"key\"", "\"by\":\"friend\"")
              .entrySet()) {
        assertThat(agreement).contains(change.getKey());
        String changed = agreement.replaceFirst(change.getKey(), change.getValue());
        assertThat(Agreement.faults(changed.getBytes(StandardCharsets.UTF_8)))
            .as(change.getKey())
            .isNotEmpty();
      }
      for (String broken : List.of("", "[]", "{}", "{\"chain\":[1,2]}", "null")) {
        assertThat(Agreement.faults(broken.getBytes(StandardCharsets.UTF_8))).isNotEmpty();
      }
    }
  }

  @Test
  void theHubsWordCountsWhereTheHubHasSignedIt() {
    try (TestHub hub = TestHub.start(Map.of())) {
      List<Caller> all = Stall.join(hub, "alice", "bob");
      String service = Stall.publish(all.get(1), "Sworn", "");
      JsonNode taken = all.get(0).post(201, "/services/" + service + "/take", "{\"version\":1}");
      String path = "/negotiations/" + taken.get("negotiation_id").stringValue() + "/agreement";
      String agreement = all.get(0).get(200, path).toString();
      assertThat(Agreement.faults(bytes(agreement), keys(hub))).isEmpty();
      assertThat(Agreement.faults(bytes(agreement)))
          .anyMatch(fault -> fault.contains("only the hub says"));
      ObjectNode unsigned = (ObjectNode) JSON.readTree(agreement);
      unsigned.remove("hub_signature");
      assertThat(Agreement.faults(bytes(unsigned.toString()), keys(hub))).isNotEmpty();
      try (TestHub other = TestHub.start(Map.of())) {
        assertThat(Agreement.faults(bytes(agreement), keys(other))).isNotEmpty();
      }
      for (String broken : List.of("{}", "{\"protected\":7}", "{\"protected\":\"%\"}", "7")) {
        ObjectNode changed = unsigned.deepCopy();
        changed.set("hub_signature", JSON.readTree(broken));
        assertThat(Agreement.faults(bytes(changed.toString()), keys(hub))).isNotEmpty();
      }
    }
  }

  /// By no signature of the hub: what both sides signed says who they are.
  @Test
  void buyerAndSellerAreThoseOfTheMoves() {
    try (TestHub hub = TestHub.start(Map.of())) {
      JsonNode agreement = negotiated(hub);
      assertThat(Agreement.faults(bytes(agreement.toString()))).isEmpty();
      ObjectNode turned = (ObjectNode) JSON.readTree(agreement.toString());
      turned.put("buyer", "bob").put("seller", "alice");
      assertThat(Agreement.faults(bytes(turned.toString())))
          .anyMatch(fault -> fault.contains("another buyer or seller"));
      ObjectNode same = (ObjectNode) JSON.readTree(agreement.toString());
      same.put("seller", "alice");
      assertThat(Agreement.faults(bytes(same.toString()))).isNotEmpty();
      ObjectNode former = (ObjectNode) JSON.readTree(agreement.toString());
      former.putArray("former_hubs").add(former.get("hub"));
      former.put("hub", "https://elsewhere.example");
      assertThat(Agreement.faults(bytes(former.toString())))
          .containsExactly("No key of the hub has signed it");
    }
  }

  @Test
  void anAgreementStaysGoodWhenTheHubHasAnotherUrl(@TempDir Path data) {
    Map<String, String> settings = Map.of("data", data.toString());
    String key;
    String path;
    JsonNode before;
    try (TestHub hub = TestHub.start(settings)) {
      List<Caller> all = Stall.join(hub, "alice", "bob");
      String body = "{\"with\":\"bob\",\"terms\":" + Stall.terms(1, "80") + "}";
      JsonNode first = all.get(0).post(201, "/negotiations", body);
      path = "/negotiations/" + first.get("negotiation_id").stringValue();
      String accept = "{\"kind\":\"accept\",\"previous\":\"" + head(first) + "\"}";
      all.get(1).post(201, path + "/moves", accept);
      key = all.get(0).key();
      before = all.get(0).get(200, path + "/agreement");
      assertThat(before.has("former_hubs")).isFalse();
    }
    try (TestHub hub = TestHub.start(settings)) {
      Caller alice = Caller.of(hub, "alice", key);
      JsonNode after = alice.get(200, path + "/agreement");
      assertThat(after.get("hub")).isNotEqualTo(before.get("hub"));
      assertThat(after.get("former_hubs").get(0)).isEqualTo(before.get("hub"));
      check(hub, after);
      assertThat(Agreement.faults(bytes(before.toString()), keys(hub))).isEmpty();
    }
  }
}
