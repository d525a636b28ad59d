package dev.meshkore.hub.owner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.TestHub;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Open mandates of AP2: what is taken, and what is refused.
final class OpenMandatesTest {
  private static final String CALLS =
      "{\"type\":\"dev.meshkore.calls\",\"allowed\":[\"send\"]},"
          + "{\"type\":\"dev.meshkore.counterparties\",\"agents\":[\"bob\"]},"
          + "{\"type\":\"dev.meshkore.messages\",\"lifetime\":1}";

  private final Wallet wallet = Wallet.es256();
  private final Wallet holder = Wallet.es256();
  private final long now = Instant.now().getEpochSecond();
  private TestHub hub;
  private Estate estate;
  private String ada;
  private String alice;

  @BeforeEach
  void open() {
    hub = TestHub.start(Map.of());
    estate = new Estate(hub);
    ada = estate.owner("Ada", true);
    estate.ask(200, "PATCH", "/owners/me", ada, "{\"p256_key\":\"" + wallet.point() + "\"}");
    alice = estate.agentOf(ada, "alice", null);
    estate.agent("bob");
    estate.agent("carol");
  }

  @AfterEach
  void close() {
    hub.close();
  }

  private String claims(String type, String constraints, String more) {
    return """
    {"vct":"%s","iat":%d,"exp":%d,"cnf":{"jwk":%s},"constraints":[%s]%s}
    """
        .formatted(type, now - 10, now + 3_600, holder.jwk(), constraints, more);
  }

  private String calls(String constraints) {
    return claims("dev.meshkore.mandate.open.1", constraints, "");
  }

  private String nonce(String key) {
    return estate.ask(201, "POST", "/keys/challenge", key, null).get("challenge").stringValue();
  }

  private JsonNode present(int status, String key, String text) {
    String body = Estate.JSON.createObjectNode().put("sd_jwt", text).toString();
    return estate.ask(status, "POST", "/mandates/presented", key, body);
  }

  private JsonNode presentNow(int status, String presented) {
    return present(status, alice, holder.bind(presented, hub.url(), nonce(alice), now));
  }

  private void refused(String why, String presented) {
    JsonNode refused = presentNow(400, presented);
    assertThat(refused.toString()).contains(why);
  }

  private static String plain(String issued) {
    return Wallet.presented(issued, List.of());
  }

  @Test
  void oneThatNamesCallsIsAMandateAndCounts() {
    JsonNode taken = presentNow(201, plain(wallet.issue(calls(CALLS))));
    assertThat(taken.get("form").stringValue()).isEqualTo("sd-jwt");
    assertThat(taken.get("calls").get(0).stringValue()).isEqualTo("send");
    assertThat(Estate.slug(estate.send(403, alice, "carol"))).isEqualTo("mandate-required");
    estate.send(201, alice, "bob");
    assertThat(Estate.slug(estate.send(429, alice, "bob"))).isEqualTo("budget-exhausted");
    hub.advance(Duration.ofMinutes(61));
    assertThat(Estate.slug(estate.send(403, alice, "bob"))).isEqualTo("mandate-required");
  }

  @Test
  void oneToPayIsKeptAndAllowsNothingElse() {
    String constraints =
        """
        {"type":"payment.amount_range","currency":"USD","min":0,"max":500},
        {"type":"payment.budget","currency":"USD","max":10000},
        {"type":"payment.allowed_payees",
         "allowed":[{"id":"bob","name":"Bob","website":"%s/agents/bob"}]},
        {"type":"payment.execution_date","not_after":"%s"},
        {"type":"payment.reference","conditional_transaction_id":"x"}
        """
            .formatted(hub.url(), Instant.ofEpochSecond(now + 1_800));
    String issued = wallet.issue(claims("mandate.payment.open.1", constraints, ""));
    JsonNode taken = presentNow(201, plain(issued));
    assertThat(taken.get("calls")).isEmpty();
    assertThat(taken.get("spend").get(0).get("amount").longValue()).isEqualTo(500);
    assertThat(taken.get("reference").stringValue()).isEqualTo("x");
    assertThat(taken.get("counterparties").get("agents").toString()).isEqualTo("[\"bob\"]");
    Instant end = Instant.parse(taken.get("expires_at").stringValue());
    assertThat(end.getEpochSecond()).isEqualTo(now + 1_800);
    assertThat(Estate.slug(estate.send(403, alice, "bob"))).isEqualTo("mandate-required");
  }

  @Test
  void whatIsDisclosedCountsAndALimitCannotBeHidden() {
    String limit =
        Wallet.base64Url("[\"c2FsdA\",{\"type\":\"dev.meshkore.messages\",\"lifetime\":1}]");
    String more = Wallet.base64Url("[\"cGVwcGVy\",\"profile\"]");
    String constraints =
        """
        {"type":"dev.meshkore.calls","allowed":["send",{"...":"%s"}]},
        {"type":"dev.meshkore.counterparties","agents":["bob"]},{"...":"%s"}
        """
            .formatted(Wallet.digest(more), Wallet.digest(limit));
    String issued = wallet.issue(calls(constraints));

    refused("not disclosed in constraints", plain(issued));
    refused("not disclosed in constraints", Wallet.presented(issued, List.of(more)));
    String changed =
        Wallet.base64Url("[\"c2FsdA\",{\"type\":\"dev.meshkore.messages\",\"lifetime\":9}]");
    refused("not of what the issuer signed", Wallet.presented(issued, List.of(limit, changed)));
    refused("not disclosed", Wallet.presented(issued, List.of(changed)));
    refused("twice", Wallet.presented(issued, List.of(limit, limit)));
    String foreign = Wallet.base64Url("[\"c2FsdA\",\"exp\",99999999999]");
    refused("not of what the issuer signed", Wallet.presented(issued, List.of(limit, foreign)));

    // Less of what is allowed may be shown, and it is then less that is allowed.
    JsonNode taken = presentNow(201, Wallet.presented(issued, List.of(limit)));
    assertThat(taken.get("calls").toString()).isEqualTo("[\"send\"]");
    estate.send(201, alice, "bob");
    estate.send(429, alice, "bob");
  }

  @Test
  void aDigestStandsInOnePlaceAndADisclosureReplacesNothing() {
    String disclosure = Wallet.base64Url("[\"c2FsdA\",\"jti\",\"1\"]");
    String digest = "\"" + Wallet.digest(disclosure) + "\"";
    String type = "dev.meshkore.mandate.open.1";
    String twice = wallet.issue(claims(type, CALLS, ",\"_sd\":[" + digest + "," + digest + "]"));
    refused("stands there twice", Wallet.presented(twice, List.of(disclosure)));
    String again = wallet.issue(claims(type, CALLS, ",\"jti\":\"0\",\"_sd\":[" + digest + "]"));
    refused("there already", Wallet.presented(again, List.of(disclosure)));
    String weak =
        wallet.issue(claims(type, CALLS, ",\"_sd_alg\":\"md5\",\"_sd\":[" + digest + "]"));
    refused("sha-256", Wallet.presented(weak, List.of(disclosure)));
    String right =
        wallet.issue(claims(type, CALLS, ",\"_sd_alg\":\"sha-256\",\"_sd\":[" + digest + "]"));
    presentNow(201, Wallet.presented(right, List.of(disclosure)));
  }

  @Test
  void theKeyBindingIsForThisHubThisAgentThisTimeAndThisPresentation() {
    String presented = plain(wallet.issue(calls(CALLS)));
    assertThat(present(400, alice, presented).toString()).contains("no key binding");
    assertThat(
            present(400, alice, holder.bind(presented, "http://else", nonce(alice), now))
                .toString())
        .contains("aud");
    assertThat(present(400, alice, wallet.bind(presented, hub.url(), nonce(alice), now)).toString())
        .contains("not signed by the key in cnf");
    long before = now - 3_600;
    assertThat(
            present(400, alice, holder.bind(presented, hub.url(), nonce(alice), before)).toString())
        .contains("not signed now");
    String other = plain(wallet.issue(calls(CALLS.replace(":1}", ":2}"))));
    String moved = other + holder.binding(presented, hub.url(), nonce(alice), now);
    assertThat(present(400, alice, moved).toString()).contains("another presentation");

    present(410, alice, holder.bind(presented, hub.url(), "made up", now));
    String bound = holder.bind(presented, hub.url(), nonce(alice), now);
    present(201, alice, bound);
    present(410, alice, bound);
    String bob = estate.agentOf(ada, "bobby", null);
    present(410, bob, holder.bind(presented, hub.url(), nonce(alice), now));
    assertThat(present(400, bob, holder.bind(presented, hub.url(), nonce(bob), now)).toString())
        .contains("Another agent");
  }

  @Test
  void whoHasNotSignedItOrNotSoIsRefused() {
    String claims = calls(CALLS);
    refused("not signed by a key of your owner", plain(Wallet.es256().issue(claims)));
    refused("not signed by a key of your owner", plain(Wallet.edDsa().issue(claims)));
    String none = Wallet.base64Url("{\"alg\":\"none\",\"typ\":\"dc+sd-jwt\"}");
    String body = Wallet.base64Url(claims);
    refused("no compact JWS", plain(none + "." + body + "."));
    refused("alg", plain(none + "." + body + "." + "A".repeat(86)));
    refused("alg", plain(wallet.sign("{\"alg\":\"HS256\",\"typ\":\"dc+sd-jwt\"}", claims)));
    refused("typ", plain(wallet.sign("{\"alg\":\"ES256\",\"typ\":\"JWT\"}", claims)));
    refused(
        "x5c", plain(wallet.sign("{\"alg\":\"ES256\",\"typ\":\"dc+sd-jwt\",\"x5c\":[]}", claims)));
    String stranger = estate.agent("stranger");
    String bound = holder.bind(plain(wallet.issue(claims)), hub.url(), nonce(stranger), now);
    assertThat(present(400, stranger, bound).toString()).contains("No owner holds you");

    // By the owner's other key, which is of another algorithm.
    Wallet ed = Wallet.edDsa();
    String key = Secrets.base64Url(Estate.raw(ed.keys()));
    estate.ask(200, "PATCH", "/owners/me", ada, "{\"public_key\":\"" + key + "\"}");
    presentNow(201, plain(ed.issue(claims)));
  }

  @Test
  void theSameMandateUnderAnotherSignatureIsTheSame() {
    String issued = wallet.issue(calls(CALLS));
    JsonNode one = presentNow(201, plain(issued));
    JsonNode other = presentNow(201, plain(Wallet.otherSignature(issued)));
    assertThat(other.get("mandate_id")).isEqualTo(one.get("mandate_id"));
    estate.send(201, alice, "bob");
    estate.send(429, alice, "bob");
    String id = one.get("mandate_id").stringValue();
    estate.ask(204, "DELETE", "/mandates/" + id, ada, null);
    refused("revoked", plain(issued));
  }

  @Test
  void whatIsNotUnderstoodIsRefusedByName() {
    var wrong = new ArrayList<Map.Entry<String, String>>();
    String[] types = {
      "payment.agent_recurrence", "payment.allowed_pisps", "com.example.anything", "dev.meshkore.x"
    };
    for (String type : types) {
      wrong.add(Map.entry(type, calls(CALLS + ",{\"type\":\"" + type + "\"}")));
    }
    String type = "dev.meshkore.mandate.open.1";
    wrong.add(Map.entry("delegate_payload", claims(type, CALLS, ",\"delegate_payload\":{}")));
    wrong.add(Map.entry("vct", claims("mandate.checkout.open.1", "", "")));
    wrong.add(Map.entry("dev.meshkore.calls", claims("mandate.payment.open.1", CALLS, "")));
    wrong.add(Map.entry("iss", claims(type, CALLS, ",\"iss\":\"own_other\"")));
    wrong.add(Map.entry("another agent", claims(type, CALLS, ",\"sub\":\"bob\"")));
    wrong.add(Map.entry("aud", claims(type, CALLS, ",\"aud\":\"http://else\"")));
    wrong.add(Map.entry("two constraints", calls(CALLS + ",{\"type\":\"dev.meshkore.messages\"}")));
    wrong.add(
        Map.entry("dev.meshkore.messages", calls(CALLS.substring(0, CALLS.lastIndexOf(",{")))));
    wrong.add(Map.entry("extra", calls(CALLS.replace("\"agents\"", "\"extra\":1,\"agents\""))));
    String range = ",{\"type\":\"payment.amount_range\",\"currency\":\"USD\",\"min\":5,\"max\":9}";
    wrong.add(Map.entry("min", calls(CALLS + range)));
    String euros = ",{\"type\":\"payment.budget\",\"currency\":\"EUR\",\"max\":9}";
    wrong.add(Map.entry("one currency", calls(CALLS + range.replace(":5,", ":0,") + euros)));
    wrong.add(Map.entry("cnf", calls(CALLS).replace("\"cnf\"", "\"jti\":\"1\",\"x\"")));
    wrong.add(
        Map.entry(
            "hold now", calls(CALLS).replace("\"exp\":" + (now + 3_600), "\"exp\":" + (now - 1))));
    wrong.add(Map.entry("366 days", calls(CALLS).replace("\"exp\":" + (now + 3_600) + ",", "")));
    for (Map.Entry<String, String> one : wrong) {
      refused(one.getKey(), plain(wallet.issue(one.getValue())));
    }
    presentNow(201, plain(wallet.issue(calls(CALLS))));
  }
}
