package dev.meshkore.hub.owner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.TestHub;
import java.security.KeyPair;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// What is refused when a mandate is handed on.
final class DelegationTest {
  private static final String PARENT =
      """
      "calls":["send","channels"],"counterparties":{"agents":["bob","team-*"],"trust":"new"},
      "messages":{"lifetime":5,"windows":[{"seconds":60,"count":2}]},"delegation_depth":2,
      "spend":[{"asset":"EUR","amount":100}]
      """;
  private static final String NARROW =
      """
      {"calls":["send"],"counterparties":{"agents":["bob"]},
       "messages":{"lifetime":2},"delegation_depth":1}
      """;

  private final TestHub hub = TestHub.start(Map.of());
  private final Estate estate = new Estate(hub);
  private final KeyPair keys = Estate.keys();
  private String owner = "";
  private String alice = "";
  private String helper = "";
  private String parent = "";
  private long exp;

  @BeforeEach
  void give() {
    owner = estate.owner("Ada", true);
    alice = estate.agentOf(owner, "alice", keys);
    helper = estate.agentOf(owner, "helper", null);
    estate.agent("bob");
    JsonNode given = estate.give(owner, "alice", PARENT);
    parent = given.get("token").stringValue();
    exp = Instant.parse(given.get("expires_at").stringValue()).getEpochSecond();
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  private JsonNode present(int status, String token) {
    return MandatesTest.present(estate, status, helper, token);
  }

  private static String spending(int depth, String asset, int amount) {
    String spend = ",\"spend\":[{\"asset\":\"" + asset + "\",\"amount\":" + amount + "}]";
    return NARROW.replace("depth\":1", "depth\":" + depth + spend);
  }

  private String child(String grants) {
    return estate.child(keys, "alice", "helper", parent, exp, grants);
  }

  @Test
  void whatIsWiderInAnyFieldIsRefusedByName() {
    Map<String, String> wider =
        Map.ofEntries(
            Map.entry(NARROW.replace("\"send\"", "\"profile\""), "calls"),
            Map.entry(NARROW.replace("\"send\"", "\"*\""), "calls"),
            Map.entry(NARROW.replace("\"send\"", "\"POST /send\""), "calls"),
            Map.entry(NARROW.replace("\"bob\"", "\"*\""), "counterparties"),
            Map.entry(NARROW.replace("\"bob\"", "\"team*\""), "counterparties"),
            Map.entry(NARROW.replace("\"bob\"", "\"bob*\""), "counterparties"),
            Map.entry(NARROW.replace("\"lifetime\":2", "\"lifetime\":6"), "messages"),
            Map.entry(NARROW.replace("\"lifetime\":2", "\"lifetime\":3"), "messages"),
            Map.entry(NARROW.replace("{\"lifetime\":2}", "{}"), "messages"),
            Map.entry(NARROW.replace("depth\":1", "depth\":2"), "delegation_depth"),
            Map.entry(spending(1, "EUR", 101), "spend"),
            Map.entry(spending(1, "USD", 1), "spend"));
    wider.forEach((grants, field) -> {
      JsonNode refused = present(403, child(grants));
      assertThat(Estate.slug(refused)).as(grants).isEqualTo("delegation-refused");
      assertThat(refused.get("field").stringValue()).as(grants).isEqualTo(field);
    });
    String later = estate.child(keys, "alice", "helper", parent, exp + 1, NARROW);
    assertThat(present(403, later).get("field").stringValue()).isEqualTo("exp");
  }

  @Test
  void whatIsNarrowerIsTaken() {
    List<String> narrower =
        List.of(
            NARROW,
            NARROW.replace("\"bob\"", "\"team-a*\",\"team-*\""),
            NARROW.replace("\"send\"", "\"POST /channels\",\"send\""),
            NARROW.replace(
                "{\"lifetime\":2}", "{\"lifetime\":5,\"windows\":[{\"seconds\":90,\"count\":2}]}"),
            spending(0, "EUR", 100));
    narrower.forEach(grants -> present(201, child(grants)));
  }

  @Test
  void onlyTheAgentThatHoldsItHandsItOn() {
    KeyPair other = Estate.keys();
    String forged = estate.child(other, "alice", "helper", parent, exp, NARROW);
    assertThat(Estate.slug(present(400, forged))).isEqualTo("mandate-invalid");
    String inAnotherName = estate.child(keys, "bob", "helper", parent, exp, NARROW);
    assertThat(Estate.slug(present(400, inAnotherName))).isEqualTo("mandate-invalid");
    String good = child(NARROW);
    String changed =
        good.substring(0, good.length() - 5) + (good.endsWith("AAAAA") ? "BAAAA" : "AAAAA");
    assertThat(Estate.slug(present(400, changed))).isEqualTo("mandate-invalid");
    String bob = estate.agentOf(owner, "robert", null);
    assertThat(Estate.slug(MandatesTest.present(estate, 400, bob, good)))
        .isEqualTo("mandate-invalid");
    String header = "{\"alg\":\"none\",\"typ\":\"mandate+jwt\"}";
    assertThat(Estate.slug(present(400, Estate.signed(keys, header, "{\"iss\":\"alice\"}"))))
        .isEqualTo("mandate-invalid");
  }

  @Test
  void noOwnerWidensWhatAnotherHasNarrowed() {
    String eve = estate.owner("Eve", false);
    KeyPair hers = Estate.keys();
    estate.agentOf(eve, "mallory", hers);
    JsonNode given = estate.give(eve, "mallory", PARENT);
    String token =
        estate.child(hers, "mallory", "helper", given.get("token").stringValue(), exp, NARROW);
    JsonNode refused = present(403, token);
    assertThat(Estate.slug(refused)).isEqualTo("delegation-refused");
    assertThat(refused.get("field").stringValue()).isEqualTo("sub");
    assertThat(Estate.slug(estate.send(403, helper, "bob"))).isEqualTo("mandate-required");
    assertThat(
            Estate.slug(
                estate.ask(
                    404,
                    "POST",
                    "/mandates",
                    eve,
                    "{\"agent_id\":\"helper\",\"calls\":[\"profile\"]}")))
        .isEqualTo("unknown-agent");
  }

  @Test
  void noChainReturnsToWhereItWas() {
    KeyPair theirs = Estate.keys();
    String third = estate.agentOf(owner, "third", theirs);
    String first = estate.child(keys, "alice", "third", parent, exp, NARROW);
    String back =
        estate.child(
            theirs, "third", "alice", first, exp, NARROW.replace("depth\":1", "depth\":0"));
    MandatesTest.present(estate, 201, third, first);
    String on =
        estate.child(
            theirs, "third", "helper", first, exp, NARROW.replace("depth\":1", "depth\":0"));
    present(201, on);
    String tooDeep = estate.child(theirs, "third", "helper", first, exp, NARROW);
    assertThat(present(403, tooDeep).get("field").stringValue()).isEqualTo("delegation_depth");
    assertThat(MandatesTest.present(estate, 403, alice, back).get("field").stringValue())
        .isEqualTo("sub");
  }

  @Test
  void aMandateSignedByTheOwnersKeyIsTaken() {
    KeyPair own = Estate.keys();
    String publicKey =
        java.util.Base64.getUrlEncoder().withoutPadding().encodeToString(Estate.raw(own));
    JsonNode me =
        estate.ask(200, "PATCH", "/owners/me", owner, "{\"public_key\":\"" + publicKey + "\"}");
    String claims =
        """
        {"iss":"%s","sub":"helper","aud":"%s","iat":1,"exp":%d,"grants":%s}
        """
            .formatted(me.get("owner_id").stringValue(), hub.url(), exp, NARROW);
    String header = "{\"alg\":\"EdDSA\",\"typ\":\"mandate+jwt\"}";
    String body = "{\"mandate\":\"" + Estate.signed(own, header, claims) + "\"}";
    JsonNode taken = estate.ask(201, "POST", "/mandates", owner, body);
    assertThat(taken.get("form").stringValue()).isEqualTo("owner");
    estate.send(201, helper, "bob");
    String forged = "{\"mandate\":\"" + Estate.signed(keys, header, claims) + "\"}";
    estate.ask(400, "POST", "/mandates", owner, forged);
    String elsewhere =
        Estate.signed(own, header, claims.replace(hub.url(), "https://another.example"));
    estate.ask(400, "POST", "/mandates", owner, "{\"mandate\":\"" + elsewhere + "\"}");
  }
}
