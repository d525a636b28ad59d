package dev.meshkore.hub.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.testing.Caller;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Jobs over HTTP, rule by rule.
final class JobsTest {
  private static final String MILESTONES =
      ",\"milestones\":[{\"name\":\"Draft\",\"amount\":\"10\"},"
          + "{\"name\":\"Final\",\"amount\":\"20\",\"deliver_seconds\":60}]";

  @Test
  void aJobIsPaidFromEscrowLessItsFees() {
    Site.onEach(site -> {
      Caller alice = site.agent("alice", "100");
      Caller bob = site.agent("bob", "0");
      JsonNode opened = Site.open(alice, "bob", "30", "");
      String id = Site.id(opened);
      assertThat(opened.get("state").stringValue()).isEqualTo("open");
      assertThat(Site.amount(opened, "/fees/if_completed/transaction")).isEqualTo("0.900000");
      assertThat(Site.amount(opened, "/fees/if_completed/escrow")).isEqualTo("0.150000");
      Site.refused(alice, 409, "out-of-turn", id, "fund", "");
      Site.refused(alice, 403, "not-allowed", id, "accept", "");
      assertThat(Site.step(bob, 201, id, "accept", "").get("accepted").booleanValue()).isTrue();
      JsonNode funded = Site.step(alice, 201, id, "fund", "");
      assertThat(Site.amount(funded, "/held")).isEqualTo("30.000000");
      assertThat(Site.available(alice)).isEqualTo("70.000000");
      assertThat(funded.at("/next/0/by/0").stringValue()).isEqualTo("bob");
      Site.refused(alice, 409, "out-of-turn", id, "complete", "");
      Site.refused(alice, 403, "not-allowed", id, "reject", "");
      JsonNode submitted = Site.submit(bob, id);
      assertThat(submitted.at("/deliverable/sha256").stringValue()).isEqualTo(Site.SHA);
      Site.refused(bob, 403, "not-allowed", id, "complete", "");
      Site.refused(alice, 403, "not-allowed", id, "reject", "");
      JsonNode completed = Site.step(alice, 201, id, "complete", "");
      assertThat(completed.get("state").stringValue()).isEqualTo("completed");
      assertThat(completed.get("next")).isEmpty();
      assertThat(Site.available(bob)).isEqualTo("28.950000");
      assertThat(Site.available(alice)).isEqualTo("70.000000");
      Site.refused(alice, 409, "out-of-turn", id, "complete", "");
      assertThat(Site.told(bob, 3)).containsExactly("open", "fund", "complete");
      assertThat(Site.told(alice, 2)).containsExactly("accept", "submit");
      JsonNode transfers = alice.get(200, "/wallet/transfers").get("transfers");
      assertThat(transfers.at("/0/to").stringValue()).isEqualTo("escrow");
      assertThat(transfers.at("/0/purpose").stringValue()).isEqualTo("escrow");
      Caller mallory = site.agent("mallory", "0");
      assertThat(Site.slug(mallory.get(404, "/jobs/" + id))).isEqualTo("unknown-job");
      site.check(Optional.of("1050000"));
    });
  }

  @Test
  void theSameStepAgainIsAnsweredAsBefore() {
    Site.onEach(site -> {
      Caller alice = site.agent("alice", "100");
      Caller bob = site.agent("bob", "0");
      String body =
          "{\"job_id\":\"job_0123456789abcdef\",\"provider\":\"bob\",\"subject\":\"s\","
              + "\"amount\":\"30\"}";
      JsonNode opened = alice.post(201, "/jobs", body);
      alice.post(200, "/jobs", body);
      assertThat(Site.slug(alice.post(400, "/jobs", body.replace("30", "31"))))
          .isEqualTo("invalid-field");
      String id = Site.id(opened);
      JsonNode agreed = Site.on(bob, 201, id, opened.get("head").stringValue(), "accept", "");
      Site.on(bob, 200, id, opened.get("head").stringValue(), "accept", "");
      String head = agreed.get("head").stringValue();
      JsonNode funded = Site.on(alice, 201, id, head, "fund", "");
      Site.on(alice, 200, id, head, "fund", "");
      assertThat(Site.available(alice)).isEqualTo("70.000000");
      Site.submit(bob, id);
      // Long after it, too.
      assertThat(Site.on(alice, 200, id, head, "fund", "").get("state").stringValue())
          .isEqualTo("submitted");
      assertThat(Site.slug(Site.on(alice, 409, id, head, "reject", ""))).isEqualTo("out-of-turn");
      String late = funded.get("head").stringValue();
      assertThat(Site.slug(Site.on(alice, 409, id, late, "complete", ""))).isEqualTo("out-of-turn");
      site.check(Optional.of("0"));
    });
  }

  @Test
  void milestonesArePaidInTheirOrderAndStayPaid() {
    Site.onEach(site -> {
      Caller alice = site.agent("alice", "30");
      Caller bob = site.agent("bob", "0");
      String id = Site.funded(alice, bob, "30", MILESTONES);
      Site.submit(bob, id);
      JsonNode first = Site.step(alice, 201, id, "complete", "");
      assertThat(first.get("state").stringValue()).isEqualTo("funded");
      assertThat(first.get("milestone").longValue()).isEqualTo(2);
      assertThat(first.at("/milestones/0/paid").booleanValue()).isTrue();
      assertThat(Site.available(bob)).isEqualTo("9.650000");
      JsonNode expired = site.after(Duration.ofSeconds(61), alice, id, "expired");
      assertThat(Site.amount(expired, "/refunded")).isEqualTo("20.000000");
      assertThat(expired.get("ended_by").stringValue()).isEqualTo("time");
      assertThat(Site.available(alice)).isEqualTo("20.000000");
      assertThat(Site.available(bob)).isEqualTo("9.650000");
      site.check(Optional.of("350000"));
    });
  }

  @Test
  void silenceFollowsTheRuleThatWasAgreed() {
    Site.onEach(site -> {
      Caller alice = site.agent("alice", "100");
      Caller bob = site.agent("bob", "0");
      String paid = Site.funded(alice, bob, "20", ",\"review_seconds\":60");
      Site.submit(bob, paid);
      String back = Site.funded(alice, bob, "20", ",\"review_seconds\":60,\"silence\":\"refund\"");
      Site.submit(bob, back);
      String open = Site.id(Site.open(alice, "bob", "20", ",\"fund_seconds\":60"));
      JsonNode completed = site.after(Duration.ofSeconds(61), alice, paid, "completed");
      assertThat(completed.at("/chain/4/move/from").stringValue()).isEqualTo("hub");
      assertThat(completed.at("/chain/4/proof/way").stringValue()).isEqualTo("clock");
      site.after(Duration.ZERO, alice, back, "expired");
      site.after(Duration.ZERO, alice, open, "expired");
      assertThat(Site.available(alice)).isEqualTo("80.000000");
      assertThat(Site.available(bob)).isEqualTo("19.300000");
      site.check(Optional.of("700000"));
    });
  }

  @Test
  void anArbiterDividesWhatIsHeld() {
    Site.onEach(site -> {
      Caller alice = site.agent("alice", "100");
      Caller bob = site.agent("bob", "0");
      Caller judy = site.agent("judy", "0");
      String id = Site.funded(alice, bob, "30", ",\"arbiter\":\"judy\"");
      Site.submit(bob, id);
      Site.refused(alice, 400, "invalid-field", id, "dispute", "");
      String why = ",\"note\":\"Half is missing\",\"evidence\":[{\"sha256\":\"" + Site.SHA + "\"}]";
      Site.step(alice, 201, id, "dispute", why);
      assertThat(Site.told(judy, 1)).containsExactly("dispute");
      Site.step(bob, 201, id, "evidence", ",\"note\":\"All is there\"");
      Site.refused(alice, 403, "not-allowed", id, "resolve", ",\"amount\":\"0\"");
      Site.refused(judy, 400, "invalid-field", id, "resolve", ",\"amount\":\"30.01\"");
      Site.refused(judy, 400, "invalid-field", id, "resolve", ",\"atoms\":99");
      JsonNode resolved = Site.step(judy, 201, id, "resolve", ",\"amount\":\"10\"");
      assertThat(resolved.get("state").stringValue()).isEqualTo("completed");
      assertThat(resolved.get("ended_by").stringValue()).isEqualTo("resolve");
      assertThat(Site.amount(resolved, "/released")).isEqualTo("10.000000");
      assertThat(Site.amount(resolved, "/refunded")).isEqualTo("20.000000");
      assertThat(Site.available(alice)).isEqualTo("90.000000");
      assertThat(Site.available(bob)).isEqualTo("9.650000");
      site.check(Optional.of("350000"));
    });
  }

  @Test
  void theOperatorDecidesWhereNobodyElseIsNamedAndTimeWhereNobodyDoes() {
    Site.onEach(site -> {
      Caller alice = site.agent("alice", "100");
      Caller bob = site.agent("bob", "0");
      String id = Site.funded(alice, bob, "30", "");
      Site.submit(bob, id);
      Site.step(bob, 201, id, "dispute", ",\"note\":\"She does not answer\"");
      assertThat(Site.id(site.admin.get(200, "/jobs?state=disputed").at("/jobs/0"))).isEqualTo(id);
      JsonNode resolved = Site.step(site.admin, 201, id, "resolve", ",\"amount\":\"0\"");
      assertThat(resolved.get("state").stringValue()).isEqualTo("rejected");
      assertThat(resolved.at("/chain/5/proof/way").stringValue()).isEqualTo("admin");
      assertThat(Site.available(alice)).isEqualTo("100.000000");

      String rule = MILESTONES + ",\"unresolved\":\"complete\",\"resolve_seconds\":60";
      String other = Site.funded(alice, bob, "30", rule);
      Site.submit(bob, other);
      Site.step(alice, 201, other, "dispute", ",\"note\":\"Late\"");
      JsonNode ended = site.after(Duration.ofSeconds(61), alice, other, "completed");
      assertThat(Site.amount(ended, "/released")).isEqualTo("10.000000");
      assertThat(Site.amount(ended, "/refunded")).isEqualTo("20.000000");
      site.check(Optional.of("350000"));
    });
  }

  @Test
  void anEvaluatorAloneAcceptsOrRejectsWhatIsSubmitted() {
    Site.onEach(site -> {
      Caller alice = site.agent("alice", "100");
      Caller bob = site.agent("bob", "0");
      Caller tess = site.agent("tess", "0");
      String id = Site.funded(alice, bob, "20", ",\"evaluator\":\"tess\"");
      Site.submit(bob, id);
      assertThat(Site.told(tess, 1)).containsExactly("submit");
      Site.refused(alice, 403, "not-allowed", id, "complete", "");
      assertThat(Site.step(tess, 201, id, "complete", ",\"note\":\"All tests pass\"").get("state"))
          .isEqualTo(Json.object().put("s", "completed").get("s"));
      String bad = Site.funded(alice, bob, "20", ",\"evaluator\":\"tess\"");
      Site.submit(bob, bad);
      Site.step(tess, 201, bad, "reject", "");
      assertThat(Site.state(alice, bad)).isEqualTo("rejected");
      assertThat(Site.available(alice)).isEqualTo("80.000000");
      site.check(Optional.of("700000"));
    });
  }

  @Test
  void aSmallJobMayDoWithoutEscrow() {
    Site.onEach(site -> {
      Caller alice = site.agent("alice", "15");
      Caller bob = site.agent("bob", "0");
      String without = ",\"escrow\":false";
      assertThat(
              Site.slug(
                  alice.post(
                      400,
                      "/jobs",
                      "{\"provider\":\"bob\",\"subject\":\"s\",\"atoms\":10000001,"
                          + "\"escrow\":false}")))
          .isEqualTo("invalid-field");
      String id = Site.id(Site.open(alice, "bob", "10", without));
      Site.step(bob, 201, id, "accept", "");
      Site.refused(alice, 409, "out-of-turn", id, "fund", "");
      Site.submit(bob, id);
      Site.refused(alice, 409, "out-of-turn", id, "dispute", ",\"note\":\"n\"");
      JsonNode completed = Site.step(alice, 201, id, "complete", "");
      assertThat(Site.amount(completed, "/fees/escrow")).isEqualTo("0.000000");
      assertThat(Site.available(alice)).isEqualTo("5.000000");
      assertThat(Site.available(bob)).isEqualTo("9.700000");
      String poor = Site.id(Site.open(alice, "bob", "9", without));
      Site.step(bob, 201, poor, "accept", "");
      Site.submit(bob, poor);
      Site.refused(alice, 409, "insufficient-funds", poor, "complete", "");
      site.deposit("alice", "4");
      Site.step(alice, 201, poor, "complete", "");
      String unpaid = Site.id(Site.open(alice, "bob", "9", without + ",\"review_seconds\":60"));
      Site.step(bob, 201, unpaid, "accept", "");
      Site.submit(bob, unpaid);
      site.after(Duration.ofSeconds(61), alice, unpaid, "expired");
      site.check(Optional.of("570000"));
    });
  }

  @Test
  void aProviderOpensAndItsClientAgreesByPaying() {
    Site.onEach(site -> {
      Caller alice = site.agent("alice", "30");
      Caller bob = site.agent("bob", "0");
      String id =
          Site.id(
              bob.post(201, "/jobs", "{\"client\":\"alice\",\"subject\":\"s\",\"amount\":\"30\"}"));
      Site.refused(bob, 403, "not-allowed", id, "fund", "");
      JsonNode funded = Site.step(alice, 201, id, "fund", "");
      assertThat(funded.get("accepted").booleanValue()).isTrue();
      Site.step(bob, 201, id, "reject", "");
      assertThat(Site.available(alice)).isEqualTo("30.000000");
      assertThat(alice.get(200, "/jobs?role=client").get("jobs")).hasSize(1);
      assertThat(alice.get(200, "/jobs?role=provider").get("jobs")).isEmpty();
      assertThat(alice.get(200, "/jobs?state=rejected").get("jobs")).hasSize(1);
      site.check(Optional.of("0"));
    });
  }

  @Test
  void whatIsDeliveredAsJsonFitsTheSchema() {
    Site.onEach(site -> {
      Caller alice = site.agent("alice", "60");
      Caller bob = site.agent("bob", "0");
      String schema =
          ",\"output_schema\":{\"type\":\"object\",\"required\":[\"pages\"],"
              + "\"properties\":{\"pages\":{\"type\":\"integer\",\"minimum\":1},"
              + "\"code\":{\"type\":\"string\",\"pattern\":\"^(a+)+$\"}}}";
      String id = Site.funded(alice, bob, "30", schema);
      Site.refused(bob, 400, "invalid-field", id, "submit", ",\"sha256\":\"" + Site.SHA + "\"");
      Site.refused(bob, 400, "invalid-field", id, "submit", ",\"output\":\"{]\"");
      Site.refused(bob, 400, "invalid-field", id, "submit", ",\"output\":\"{\\\"pages\\\":0}\"");
      String slow = "{\\\"pages\\\":1,\\\"code\\\":\\\"" + "a".repeat(40_000) + "b\\\"}";
      Site.refused(bob, 400, "invalid-field", id, "submit", ",\"output\":\"" + slow + "\"");
      Site.refused(
          bob, 400, "invalid-field", id, "submit", ",\"output\":\"{\\\"pages\\\":1e999}\"");
      String good = ",\"output\":\"{\\\"pages\\\":12}\"";
      Site.refused(
          bob, 400, "invalid-field", id, "submit", good + ",\"sha256\":\"" + Site.SHA + "\"");
      JsonNode submitted = Site.step(bob, 201, id, "submit", good);
      assertThat(submitted.at("/deliverable/output").stringValue()).isEqualTo("{\"pages\":12}");
      for (String bad :
          new String[] {
            "{\"$ref\":\"http://127.0.0.1/x\"}",
            "{\"type\":7}",
            "{\"pattern\":\"(?=a)\"}",
            "{\"allOf\":[{\"$ref\":\"#\"}]}",
            "{\"type\":\"nothing\"}",
            "{\"const\":1e999}"
          }) {
        JsonNode refused =
            alice.post(
                400,
                "/jobs",
                "{\"provider\":\"bob\",\"subject\":\"s\",\"amount\":\"1\",\"output_schema\":%s}"
                    .formatted(bad));
        assertThat(Site.slug(refused)).isEqualTo("invalid-field");
      }
      String hides = "{\"properties\":{\"hid\\u200bden\":{}}}";
      JsonNode refused =
          alice.post(
              422,
              "/jobs",
              "{\"provider\":\"bob\",\"subject\":\"s\",\"amount\":\"1\",\"output_schema\":%s}"
                  .formatted(hides));
      assertThat(Site.slug(refused)).isEqualTo("listing-refused");
      assertThat(refused.get("field").stringValue()).isEqualTo("output_schema");
    });
  }

  @Test
  void aReceiptIsVerifiedWithoutTheHub() {
    Site.onEach(site -> {
      Caller alice = site.agent("alice", "30");
      Caller bob = site.agent("bob", "0");
      String id = Site.funded(alice, bob, "30", MILESTONES);
      Site.submit(bob, id);
      Site.step(alice, 201, id, "complete", "");
      Site.step(bob, 201, id, "reject", "");
      JsonNode receipt = bob.get(200, "/jobs/" + id + "/receipt");
      JsonNode keys = Caller.withoutKey(site.hub).get(200, "/.well-known/jwks.json");
      assertThat(Receipts.faults(Json.bytes(receipt), keys)).isEmpty();
      assertThat(receipt.get("transfers")).hasSize(5);
      assertThat(receipt.get("released").longValue()).isEqualTo(10_000_000);
      ObjectNode forged = ((ObjectNode) receipt).deepCopy().put("released", 20_000_000);
      assertThat(Receipts.faults(Json.bytes(forged), keys)).isNotEmpty();
      ObjectNode cut = ((ObjectNode) receipt).deepCopy();
      ((tools.jackson.databind.node.ArrayNode) cut.get("chain")).remove(3);
      assertThat(Receipts.faults(Json.bytes(cut), keys)).hasSizeGreaterThan(1);
    });
  }
}
