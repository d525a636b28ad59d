package dev.meshkore.hub.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Anvil;
import dev.meshkore.hub.testing.TestDatabase;
import dev.meshkore.hub.testing.Wallet;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Jobs whose money is in escrow on a chain, by a whole hub.
final class JobsOnChainTest {
  @Test
  void aJobIsPaidOnAChain() {
    for (Map<String, String> database : TestDatabase.settings()) {
      Pier.onOne(database, JobsOnChainTest::playWhole);
    }
  }

  private static void playWhole(Pier pier) {
    String id = pier.open("1000001", "");
    JsonNode open = pier.show(id);
    assertThat(open.at("/price/asset").stringValue()).isEqualTo(Pier.ASSET);
    JsonNode required = open.get("payment_requirements");
    assertThat(required.get("scheme").stringValue()).isEqualTo("auth-capture");
    assertThat(required.at("/extra/authCaptureEscrow").stringValue())
        .isEqualTo(Anvil.JOB_ESCROW.text());
    assertThat(pier.bob.get(200, "/jobs/" + id).has("payment_requirements")).isFalse();
    Site.step(pier.bob, 201, id, "accept", "");
    ObjectNode payment = pier.payment(id);
    String head = pier.show(id).get("head").stringValue();
    JsonNode funding = pier.fund(201, id, payment);
    assertThat(funding.get("state").stringValue()).isEqualTo("open");
    assertThat(funding.at("/funding/state").stringValue()).isEqualTo("on-the-way");
    // The same again is the same, before and after.
    assertThat(pier.fund(200, id, payment).get("head").stringValue()).isEqualTo(head);
    JsonNode funded = pier.await(id, job -> job.get("state").stringValue().equals("funded"));
    assertThat(funded.at("/held/atoms").longValue()).isEqualTo(1_000_001);
    Site.on(pier.alice, 200, id, head, "fund", ",\"payment\":" + payment);
    assertThat(pier.escrowed()).isEqualTo(1_000_001);

    Site.submit(pier.bob, id);
    JsonNode done = Site.step(pier.alice, 201, id, "complete", "");
    assertThat(done.get("state").stringValue()).isEqualTo("completed");
    // 3.5 % of it, rounded down once.
    assertThat(done.at("/fees/received/atoms").longValue()).isEqualTo(1_000_001 - 35_000);
    assertThat(pier.settled(id)).containsExactly("authorize 1000001 done", "capture 1000001 done");
    pier.check(1_000_001, 35_000);
    assertThat(pier.escrowed()).isZero();
    JsonNode receipt = pier.bob.get(200, "/jobs/" + id + "/receipt");
    assertThat(receipt.at("/on_chain/1/transaction").stringValue()).startsWith("0x");
    assertThat(receipt.get("transfers")).isEmpty();
    JsonNode keys = pier.alice.get(200, "/.well-known/jwks.json");
    byte[] document = receipt.toString().getBytes(StandardCharsets.UTF_8);
    assertThat(Receipts.faults(document, keys)).isEmpty();
    // No credit was anywhere near.
    assertThat(pier.admin.get(200, "/ledger").get("differences")).isEmpty();
    assertThat(pier.hub.texts("SELECT CAST(COUNT(*) AS TEXT) FROM ledger_transfer"))
        .containsExactly("0");
  }

  @Test
  void milestonesAreCapturedAndADisputeIsSplit() {
    Pier.onOne(
        Map.of(),
        pier -> {
          String parts =
              ",\"milestones\":[{\"name\":\"a\",\"atoms\":100099},"
                  + "{\"name\":\"b\",\"atoms\":100000},{\"name\":\"c\",\"atoms\":100001}]";
          String id = pier.funded("300100", parts);
          Site.submit(pier.bob, id);
          Site.step(pier.alice, 201, id, "complete", "");
          Site.submit(pier.bob, id);
          Site.step(pier.alice, 201, id, "dispute", ",\"note\":\"Empty\"");
          JsonNode split = Site.step(pier.admin, 201, id, "resolve", ",\"atoms\":50001");
          assertThat(split.get("state").stringValue()).isEqualTo("completed");
          // 3503.46 and 1750.03, each rounded down.
          assertThat(split.at("/fees/received/atoms").longValue())
              .isEqualTo(150_100 - 3_503 - 1_750);
          assertThat(pier.settled(id))
              .containsExactly(
                  "authorize 300100 done",
                  "capture 100099 done",
                  "capture 50001 done",
                  "void 150000 done");
          pier.check(150_100, 3_503 + 1_750);
          assertThat(pier.escrowed()).isZero();
        });
  }

  @Test
  void whatIsLateOrRejectedGoesBack() {
    Pier.onOne(
        Map.of(),
        pier -> {
          // The provider leaves before the money is there.
          String late = pier.open("200000", "");
          Site.step(pier.bob, 201, late, "accept", "");
          pier.fund(201, late, pier.payment(late));
          Site.step(pier.bob, 201, late, "reject", "");
          String id = pier.funded("300000", "");
          Site.step(pier.bob, 201, id, "reject", "");
          assertThat(pier.settled(id)).containsExactly("authorize 300000 done", "void 300000 done");
          pier.await(late, job -> job.get("on_chain").size() == 2);
          assertThat(pier.settled(late))
              .containsExactly("authorize 200000 done", "void 200000 done");
          assertThat(pier.show(late).get("state").stringValue()).isEqualTo("rejected");
          pier.check(0, 0);
          assertThat(pier.escrowed()).isZero();
        });
  }

  /// The hub ends after each step, before the chain has done what follows from it.
  @Test
  void theHubMayEndAtAnyStep(@TempDir Path data) {
    Map<String, String> same = Map.of("data", data.toString());
    Pier.onOne(
        same,
        pier -> {
          String id = pier.open("200000", ",\"milestones\":[" + parts() + "]");
          Site.step(pier.bob, 201, id, "accept", "");
          pier.fund(201, id, pier.payment(id));
          Pier second = pier.restarted(same);
          second.await(id, job -> job.get("state").stringValue().equals("funded"));
          Site.submit(second.bob, id);
          Site.step(second.alice, 201, id, "complete", "");
          Pier third = second.restarted(same);
          Site.submit(third.bob, id);
          Site.step(third.alice, 201, id, "complete", "");
          Site.step(third.bob, 201, id, "reject", "");
          Pier fourth = third.restarted(same);
          assertThat(fourth.settled(id))
              .containsExactly(
                  "authorize 200000 done",
                  "capture 50000 done",
                  "capture 50000 done",
                  "void 100000 done");
          fourth.check(100_000, 3_500);
          assertThat(fourth.escrowed()).isZero();
        });
  }

  /// Both agreed on a price in the token; who opens the job says who pays where.
  @Test
  void anAgreementOfTheMarketIsPaidOnTheChain() {
    Pier.onOne(
        Map.of(),
        pier -> {
          JsonNode put =
              pier.alice.post(
                  201,
                  "/negotiations",
                  """
                  {"with":"bob","terms":{"subject":"Pages","deliver_within":600,
                   "price":{"asset":"eip155:84532/erc20:%s","amount":"0.3"}}}
                  """
                      .formatted(Anvil.DOLLAR.text()));
          String negotiation = put.get("negotiation_id").stringValue();
          String accept = "{\"kind\":\"accept\",\"previous\":" + put.get("head") + "}";
          pier.bob.post(201, "/negotiations/" + negotiation + "/moves", accept);
          String body = "{\"negotiation_id\":\"" + negotiation + "\"%s}";
          String chain =
              ",\"asset\":\"%s\",\"payer\":\"%s\",\"pay_to\":\"%s\""
                  .formatted(Pier.ASSET, pier.wallet.address().text(), pier.provider.text());
          for (String other : List.of("", chain + ",\"amount\":\"0.29\"")) {
            JsonNode refused = pier.bob.post(400, "/jobs", body.formatted(other));
            assertThat(refused.get("field").stringValue()).isEqualTo("negotiation_id");
            assertThat(refused.get("detail").stringValue()).contains("0.300000 " + Pier.ASSET);
          }
          String id = Site.id(pier.bob.post(201, "/jobs", body.formatted(chain)));
          assertThat(pier.show(id).at("/terms/atoms").longValue()).isEqualTo(300_000);
          pier.fund(201, id, pier.payment(id));
          pier.await(id, job -> job.get("state").stringValue().equals("funded"));
          Site.submit(pier.bob, id);
          Site.step(pier.alice, 201, id, "complete", "");
          pier.settled(id);
          pier.check(300_000, 10_500);
          assertThat(pier.bob.get(200, "/negotiations/" + negotiation).get("state").stringValue())
              .isEqualTo("delivered");
        });
  }

  private static String parts() {
    return "{\"name\":\"a\",\"atoms\":50000},{\"name\":\"b\",\"atoms\":50000},"
        + "{\"name\":\"c\",\"atoms\":100000}";
  }

  @Test
  void whatIsNotAgreedIsRefused() {
    Pier.onOne(
        Map.of(),
        pier -> {
          refusedOpening(pier, "escrow", "100000", ",\"escrow\":false");
          refusedOpening(pier, "amount", "999", "");
          refusedOpening(pier, "capture_deadline", "100000", ",\"capture_deadline\":1");
          JsonNode elsewhere =
              pier.alice.post(
                  400,
                  "/jobs",
                  "{\"provider\":\"bob\",\"subject\":\"x\",\"asset\":\"eip155:1/erc20:"
                      + Anvil.DOLLAR.text()
                      + "\",\"atoms\":100000,\"payer\":\""
                      + pier.wallet.address().text()
                      + "\",\"pay_to\":\""
                      + pier.provider.text()
                      + "\"}");
          assertThat(elsewhere.get("field").stringValue()).isEqualTo("asset");
          String id = pier.open("200000", "");
          Site.step(pier.bob, 201, id, "accept", "");
          assertThat(Site.step(pier.alice, 400, id, "fund", "").get("field").stringValue())
              .isEqualTo("payment");
          ObjectNode byOther =
              Wallet.of(9)
                  .putsIntoEscrow(
                      pier.show(id).get("payment_requirements"), pier.hub.now().getEpochSecond());
          refusedFunding(pier, id, byOther, "payer_mismatch");
          ObjectNode required = (ObjectNode) pier.show(id).get("payment_requirements");
          required.put("payTo", Wallet.of(8).address().text());
          ObjectNode toOther =
              pier.wallet.putsIntoEscrow(required, pier.hub.now().getEpochSecond());
          refusedFunding(pier, id, toOther, "nonce_mismatch");
          String dear = pier.open("10000001", "");
          Site.step(pier.bob, 201, dear, "accept", "");
          refusedFunding(pier, dear, pier.payment(dear), "insufficient_funds");
          ObjectNode payment = pier.payment(id);
          pier.fund(201, id, payment);
          ObjectNode second = pier.payment(id);
          JsonNode busy = pier.fund(409, id, second);
          assertThat(Site.slug(busy)).isEqualTo("out-of-turn");
          assertThat(Site.slug(pier.fund(409, id, second))).isEqualTo("out-of-turn");
          pier.await(id, job -> job.get("state").stringValue().equals("funded"));
          Site.refused(pier.alice, 409, "out-of-turn", id, "fund", ",\"payment\":" + second);
        });
  }

  private static void refusedOpening(Pier pier, String field, String atoms, String more) {
    JsonNode problem = pier.opened(400, atoms, more);
    assertThat(problem.get("field").stringValue()).as("%s", problem).isEqualTo(field);
  }

  private static void refusedFunding(Pier pier, String id, JsonNode payment, String word) {
    JsonNode problem = pier.fund(400, id, payment);
    assertThat(problem.get("detail").stringValue()).contains(word);
  }
}
