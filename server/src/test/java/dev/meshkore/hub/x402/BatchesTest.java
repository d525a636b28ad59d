package dev.meshkore.hub.x402;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Bank;
import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.Wallet;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.StreamSupport;
import org.erdtman.jcs.JsonCanonicalizer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Batches of signed payments, as payers, payees and others see them.
final class BatchesTest {
  private static final JsonMapper JSON = new JsonMapper();

  @TempDir Path folder;

  /// Two agents that pay each other by what their wallets sign.
  private static final class Market {
    final Bank bank;
    final Caller anybody;
    final Caller alice;
    final Caller bob;
    final Wallet aliceWallet = Wallet.of(1);
    final Wallet bobWallet = Wallet.of(2);
    final JsonNode hubKeys;

    Market(Bank bank) {
      this.bank = bank;
      this.anybody = Caller.withoutKey(bank.hub);
      this.alice = bank.agent("alice", "5");
      this.bob = bank.agent("bob", "5");
      aliceWallet.bindTo(alice);
      bobWallet.bindTo(bob);
      this.hubKeys = anybody.get(200, "/.well-known/jwks.json");
      // The next batch is closed ten seconds after this one, so all that a test pays is in it.
      await(alice, pay(aliceWallet, bob, 1), "batched", "confirmed", "completed");
    }

    /// Pays, and answers the transfer.
    String pay(Wallet wallet, Caller payee, long atoms) {
      JsonNode kind = anybody.get(200, "/x402/supported").get("kinds").get(0);
      JsonNode own = payee.get(200, "/wallet/x402");
      ObjectNode required = JSON.createObjectNode();
      required.put("scheme", "exact");
      required.put("network", kind.get("network").stringValue());
      required.put("amount", Long.toString(atoms));
      required.put("asset", own.get("asset").stringValue());
      required.put("payTo", own.get("pay_to").stringValue());
      required.put("maxTimeoutSeconds", 300);
      required.set("extra", kind.get("extra"));
      ObjectNode body = JSON.createObjectNode();
      body.put("x402Version", 2);
      body.set("paymentPayload", wallet.pays(required, bank.hub.now().getEpochSecond()));
      body.set("paymentRequirements", required);
      JsonNode settled = anybody.post(200, "/x402/settle", body.toString());
      assertThat(settled.get("success").booleanValue()).as("%s", settled).isTrue();
      return settled.get("transaction").stringValue();
    }

    /// Lets ten seconds pass, and waits until a payment has come so far.
    JsonNode await(Caller agent, String transfer, String... statuses) {
      bank.hub.advance(Duration.ofSeconds(11));
      Instant deadline = Instant.now().plus(Duration.ofSeconds(30));
      JsonNode shown = agent.get(200, "/v1/x402/transfers/" + transfer);
      while (!List.of(statuses).contains(shown.get("status").stringValue())) {
        assertThat(Instant.now()).as("%s", shown).isBefore(deadline);
        Thread.onSpinWait();
        shown = agent.get(200, "/v1/x402/transfers/" + transfer);
      }
      return shown;
    }

    JsonNode proof(Caller agent, String transfer) {
      return agent.get(200, "/x402/payments/" + transfer + "/proof");
    }
  }

  private void play(Consumer<Market> test) throws Exception {
    Bank.onEach(
        folder,
        bank -> {
          test.accept(new Market(bank));
          bank.check();
        });
  }

  @Test
  void aPaymentIsProvedToBothAndNoOther() throws Exception {
    play(market -> {
      var transfers = new ArrayList<String>();
      for (int i = 1; i <= 7; i++) {
        transfers.add(market.pay(market.aliceWallet, market.bob, i));
      }
      market.await(market.alice, transfers.getLast(), "batched", "confirmed", "completed");
      for (int i = 0; i < transfers.size(); i++) {
        JsonNode proof = market.proof(market.alice, transfers.get(i));
        assertThat(SumTreeReader.fault(proof, market.hubKeys)).as("%s", proof).isEmpty();
        assertThat(proof.at("/leaf/atoms").longValue()).isEqualTo(i + 1);
        assertThat(proof.at("/leaf/payer").stringValue())
            .isEqualToIgnoringCase(market.aliceWallet.address().text());
        assertThat(market.proof(market.bob, transfers.get(i)).get("path"))
            .isEqualTo(proof.get("path"));
      }
      String path = "/x402/payments/" + transfers.getFirst() + "/proof";
      Caller carol = market.bank.agent("carol", "1");
      assertThat(Bank.slug(carol.get(404, path))).isEqualTo("unknown-transfer");
      market.anybody.get(401, path);
      String plain = Bank.pay(carol, 201, "p", "bob", "1").get("transfer_id").stringValue();
      carol.get(404, "/x402/payments/" + plain + "/proof");
      carol.get(404, "/x402/payments/nothing/proof");
      carol.get(404, "/v1/x402/transfers/" + transfers.getFirst());
    });
  }

  @Test
  void whateverIsChangedInAProofIsSeen() throws Exception {
    play(market -> {
      var transfers = new ArrayList<String>();
      for (int i = 1; i <= 5; i++) {
        transfers.add(market.pay(market.aliceWallet, market.bob, 10L * i));
      }
      market.await(market.alice, transfers.getLast(), "batched", "confirmed", "completed");
      JsonNode good = market.proof(market.alice, transfers.get(2));
      assertThat(SumTreeReader.fault(good, market.hubKeys)).isEmpty();
      List<Consumer<ObjectNode>> changes =
          List.of(
              proof -> ((ObjectNode) proof.get("leaf")).put("atoms", 31),
              proof -> ((ObjectNode) proof.get("leaf")).put("position", 1),
              proof -> ((ObjectNode) proof.get("leaf")).put("transfer_id", "t1"),
              proof -> ((ObjectNode) proof.at("/path/0")).put("sum_atoms", "39"),
              proof -> ((ObjectNode) proof.at("/path/0")).put("side", "left"),
              proof -> proof.withArray("path").remove(0),
              proof -> ((ObjectNode) proof.get("statement")).put("sum_atoms", "149"),
              proof -> ((ObjectNode) proof.get("statement")).put("count", 6));
      for (Consumer<ObjectNode> change : changes) {
        ObjectNode bad = (ObjectNode) good.deepCopy();
        change.accept(bad);
        assertThat(SumTreeReader.fault(bad, market.hubKeys)).as("%s", bad).isNotEmpty();
      }
    });
  }

  @Test
  void aBatchTellsEachAgentWhatItComesToForItself() throws Exception {
    play(market -> {
      Caller carol = market.bank.agent("carol", "0");
      market.pay(market.aliceWallet, market.bob, 100);
      market.pay(market.bobWallet, market.alice, 30);
      String last = market.pay(market.bobWallet, carol, 7);
      JsonNode shown = market.await(carol, last, "batched", "confirmed", "completed");
      String path = "/x402/batches/" + shown.get("batch_id").stringValue();
      ObjectNode statement = (ObjectNode) market.alice.get(200, path).get("statement");
      JsonNode all = market.bank.admin.get(200, path).get("nets");
      assertThat(sha256(all)).isEqualTo(statement.get("nets").stringValue());
      long sum = 0;
      long paid = 0;
      for (JsonNode batch : pages(market)) {
        sum += Long.parseLong(batch.get("sum_atoms").stringValue());
        JsonNode of =
            market.bank.admin.get(200, "/x402/batches/" + batch.get("batch_id").stringValue());
        for (JsonNode agent : of.at("/nets/agents")) {
          paid += Long.parseLong(agent.get("paid_atoms").stringValue());
        }
      }
      assertThat(sum).isEqualTo(138).isEqualTo(paid);
      JsonNode own = carol.get(200, path).get("nets");
      assertThat(own.get("agents")).hasSize(1);
      assertThat(own.at("/agents/0/received_atoms").stringValue()).isEqualTo("7");
      assertThat(own.at("/pairs/0/from").stringValue()).isEqualTo("bob");
      assertThat(own.toString()).doesNotContain("alice");
      assertThat(Bank.slug(carol.get(404, "/x402/batches/b999"))).isEqualTo("unknown-batch");
      assertThat(Bank.slug(carol.get(404, "/x402/batches/x"))).isEqualTo("unknown-batch");
      market.anybody.get(401, "/x402/batches");
    });
  }

  /// All batches, the oldest first; each names the one before.
  private static List<JsonNode> pages(Market market) {
    var all = new ArrayList<JsonNode>();
    JsonNode page = market.alice.get(200, "/x402/batches?limit=1");
    page.get("batches").forEach(all::add);
    while (!page.get("next").isNull()) {
      String cursor = page.get("next").stringValue();
      page = market.alice.get(200, "/x402/batches?limit=1&cursor=" + cursor);
      page.get("batches").forEach(all::add);
    }
    List<JsonNode> oldestFirst = all.reversed();
    String before = "";
    for (JsonNode batch : oldestFirst) {
      assertThat(batch.get("previous").stringValue()).isEqualTo(before);
      before = sha256(batch);
    }
    return oldestFirst;
  }

  private static String sha256(JsonNode json) {
    try {
      byte[] bytes = new JsonCanonicalizer(json.toString()).getEncodedUTF8();
      return HexFormat.of()
          .formatHex(java.security.MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (IOException | java.security.NoSuchAlgorithmException failure) {
      throw new AssertionError(failure);
    }
  }

  @Test
  void theAuditLogHoldsItsRoot() throws Exception {
    play(market -> {
      String transfer = market.pay(market.aliceWallet, market.bob, 9);
      market.await(market.alice, transfer, "completed");
      JsonNode proof = market.proof(market.alice, transfer);
      assertThat(proof.get("path")).isEmpty();
      JsonNode leaf =
          market.bank.admin.get(200, "/audit/leaves/" + proof.get("audit_leaf").longValue());
      String record = leaf.toString();
      assertThat(record)
          .contains("payments.batched")
          .contains(proof.at("/statement/root").stringValue());
    });
  }

  @Test
  void itsWayIsToldInCirclesWords() throws Exception {
    play(market -> {
      String before = ids(market.alice, "").getFirst();
      market.await(market.alice, before, "completed");
      String first = market.pay(market.aliceWallet, market.bob, 1);
      market.await(market.alice, first, "completed");
      String second = market.pay(market.aliceWallet, market.bob, 2);
      String third = market.pay(market.bobWallet, market.alice, 3);
      assertThat(market.alice.get(200, "/v1/x402/transfers/" + second).get("status").stringValue())
          .isEqualTo("received");
      JsonNode refused = market.alice.get(503, "/x402/payments/" + second + "/proof");
      assertThat(Bank.slug(refused)).isEqualTo("busy");
      assertThat(ids(market.alice, "")).containsExactly(third, second, first, before);
      assertThat(ids(market.bob, "?status=received")).containsExactly(third, second);
      String from = market.aliceWallet.address().text();
      assertThat(ids(market.bob, "?from=" + from)).containsExactly(second, first, before);
      assertThat(ids(market.bob, "?to=" + from)).isEmpty();
      assertThat(ids(market.bob, "?network=eip155:1")).isEmpty();
      assertThat(ids(market.bob, "?endDate=2026-01-01T00:00:00Z")).isEmpty();
      assertThat(ids(market.bob, "?pageSize=2&pageAfter=" + third.substring(1)))
          .containsExactly(second, first);
      String query = "?pageSize=2&from=" + from;
      String link =
          market
              .bob
              .exchange("GET", "/v1/x402/transfers" + query, null)
              .headers()
              .firstValue("Link")
              .orElseThrow();
      String next = link.substring(link.indexOf('?'), link.indexOf('>'));
      assertThat(link).startsWith("<" + market.bank.hub.url()).contains("from=" + from);
      assertThat(ids(market.bob, next)).containsExactly(before);
      assertThat(Bank.slug(market.bob.get(400, "/v1/x402/transfers?from=nobody")))
          .isEqualTo("invalid-field");
    });
  }

  private static List<String> ids(Caller agent, String query) {
    JsonNode list = agent.get(200, "/v1/x402/transfers" + query).get("transfers");
    return StreamSupport.stream(list.spliterator(), false)
        .map(one -> one.get("id").stringValue())
        .toList();
  }
}
