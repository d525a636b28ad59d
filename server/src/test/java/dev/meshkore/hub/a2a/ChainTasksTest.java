package dev.meshkore.hub.a2a;

import static dev.meshkore.hub.a2a.Stall.assertState;
import static dev.meshkore.hub.a2a.Stall.said;
import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.testing.Anvil;
import dev.meshkore.hub.testing.Bank;
import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.ChainHub;
import dev.meshkore.hub.testing.Wallet;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Services that a chain pays, called over A2A.
final class ChainTasksTest {
  private static final Address TILL = Wallet.of(201).address();
  private static final AtomicInteger WALLETS = new AtomicInteger(50);

  private static void play(BiConsumer<Anvil, Stall> test) {
    ChainHub.onEach(
        Map.of("outbound-private", "true"), (anvil, hub) -> test.accept(anvil, new Stall(hub)));
  }

  private static JsonNode begin(Stall stall) {
    String service =
        stall
            .seller
            .post(201, "/services", ChainHub.listing("Dear", 10_000, ChainHub.ASSET, TILL))
            .get("service_id")
            .stringValue();
    ObjectNode metadata = Stall.JSON.createObjectNode().put(PayWords.SERVICE, service);
    JsonNode task = stall.result("SendMessage", stall.message("{\"a\":1}", metadata)).get("task");
    assertState(task, "INPUT_REQUIRED", "payment-required");
    return task;
  }

  @Test
  void aTaskIsPaidOnTheChainWithItsAnswer() {
    play((anvil, stall) -> {
      long till = anvil.balance(TILL);
      Wallet wallet = Wallet.of(WALLETS.incrementAndGet());
      anvil.mint(wallet.address(), 20_000);
      JsonNode task = begin(stall);
      ObjectNode required = Stall.required(task);
      assertThat(required.get("network").stringValue()).isEqualTo("eip155:84532");
      assertThat(required.get("payTo").stringValue()).isEqualTo(TILL.text());
      ObjectNode payload = stall.sign(wallet, task);
      assertState(stall.pay(task, payload), "WORKING", "payment-verified");
      stall.answerNext("{\"output\":{\"said\":\"hi\"}}");
      JsonNode done = stall.await(task, "COMPLETED", "payment-completed");
      assertThat(done.at("/artifacts/0/parts/0/data/said").stringValue()).isEqualTo("hi");
      JsonNode receipt = said(done).get(PayWords.RECEIPTS).get(0);
      assertThat(receipt.get("transaction").stringValue()).startsWith("0x");
      assertThat(receipt.get("network").stringValue()).isEqualTo("eip155:84532");
      assertThat(anvil.balance(TILL)).isEqualTo(till + 10_000);
      assertThat(stall.pay(task, payload)).isEqualTo(done);
      assertThat(Bank.available(stall.buyer))
          .as("the ledger has no part in it")
          .isEqualTo("1.000000");
    });
  }

  @Test
  void aPaymentThatIsNotKeptIsAskedForAgain() {
    play((anvil, stall) -> {
      long till = anvil.balance(TILL);
      Wallet wallet = Wallet.of(WALLETS.incrementAndGet());
      anvil.mint(wallet.address(), 10_000);
      JsonNode task = begin(stall);
      assertState(stall.pay(task, stall.sign(wallet, task)), "WORKING", "payment-verified");
      drain(anvil, stall, wallet);
      stall.answerNext("{\"output\":\"done\"}");
      JsonNode unpaid = stall.await(task, "INPUT_REQUIRED", "payment-failed");
      assertThat(said(unpaid).get(PayWords.ERROR).stringValue()).isEqualTo("INSUFFICIENT_FUNDS");
      assertThat(unpaid.toString()).doesNotContain("done");
      anvil.mint(wallet.address(), 10_000);
      stall.hub.advance(Duration.ofSeconds(2));
      var _ = stall.pay(unpaid, stall.sign(wallet, unpaid));
      JsonNode done = stall.await(task, "COMPLETED", "payment-completed");
      assertThat(said(done).get(PayWords.RECEIPTS)).hasSize(2);
      assertThat(anvil.balance(TILL)).isEqualTo(till + 10_000);
      assertThat(stall.waiting()).isEmpty();
    });
  }

  private static void drain(Anvil anvil, Stall stall, Wallet wallet) {
    ObjectNode required = Anvil.required(anvil.balance(wallet.address()), Wallet.of(202).address());
    ObjectNode body = Stall.JSON.createObjectNode();
    body.put("x402Version", 2);
    body.set("paymentPayload", wallet.pays(required, stall.hub.now().getEpochSecond()));
    body.set("paymentRequirements", required);
    JsonNode settled = Caller.withoutKey(stall.hub).post(200, "/x402/settle", body.toString());
    assertThat(settled.get("success").booleanValue()).as(settled.toString()).isTrue();
  }

  @Test
  void theCardShowsTheAsset() {
    play((_, stall) -> {
      begin(stall);
      JsonNode card = stall.buyer.get(200, "/agents/seller" + Cards.PATH);
      assertThat(card.get("skills").get(0).get("description").stringValue())
          .isEqualTo("0.010000 " + ChainHub.ASSET + " a call. Says it again.");
    });
  }
}
