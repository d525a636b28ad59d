package dev.meshkore.hub.calls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Bank;
import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.ChainHub;
import dev.meshkore.hub.testing.Wallet;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// The rules of payments hold for what a chain pays: mandates, blocks, policies and stops.
final class ChainRulesTest {
  private static final AtomicInteger WALLETS = new AtomicInteger(100);

  @Test
  void aMandateBoundsWhatItsAgentPromises() {
    ChainHub.onEach(
        Map.of(),
        (anvil, hub) -> {
          var shop = new ChainShop(anvil, hub);
          var bank = new Bank(hub);
          Caller owner = bank.owner("Ada");
          Caller agent = bank.agentOf(owner, "buyer", "0");
          Wallet wallet = Wallet.of(WALLETS.incrementAndGet());
          wallet.bindTo(agent);
          anvil.mint(wallet.address(), 10 * ChainShop.PRICE);
          assertThat(refusal(shop, wallet)).isEqualTo("mandate-required");
          allow(owner, 25_000, "");
          assertThat(refusal(shop, wallet))
              .as("the rail is not named")
              .isEqualTo("mandate-required");
          String mandate = allow(owner, 25_000, ",\"rails\":[\"eip155:84532\"]");
          assertThat(promise(shop, wallet, "1").statusCode()).isEqualTo(202);
          assertThat(promise(shop, wallet, "2").statusCode()).isEqualTo(202);
          assertThat(refusal(shop, wallet)).as("two are promised").isEqualTo("budget-exhausted");
          shop.answerNext("{\"declined\":\"no\"}");
          JsonNode call = shop.next();
          assertThat(call.get("buyer").stringValue()).isEqualTo("buyer");
          assertThat(promise(shop, wallet, "3").statusCode())
              .as("what was declined counts no more")
              .isEqualTo(202);
          shop.answer(call, "{\"output\":1}");
          shop.until(call, "answered");
          assertThat(agent.get(200, "/calls/" + call.get("call_id").stringValue()).get("output"))
              .isNotNull();
          shop.answerNext("{\"declined\":\"no\"}");
          assertThat(owner.get(200, "/mandates/" + mandate).get("remaining").toString())
              .contains("15000");
          JsonNode measured = agent.get(200, "/services/" + shop.service).get("measured");
          assertThat(measured.get("calls_answered").longValue()).isEqualTo(1);
          assertThat(measured.get("calls_declined").longValue()).isEqualTo(2);
        });
  }

  private static String allow(Caller owner, long atoms, String more) {
    return owner
        .post(
            201,
            "/mandates",
            ("{\"agent_id\":\"buyer\",\"expires_in\":604800,\"counterparties\":{},"
                    + "\"spend\":[{\"asset\":\"%s\",\"amount\":%d%s}]}")
                .formatted(ChainHub.ASSET, atoms, more))
        .get("mandate_id")
        .stringValue();
  }

  private static HttpResponse<String> promise(ChainShop shop, Wallet wallet, String input) {
    return shop.call("?wait=0", input, "PAYMENT-SIGNATURE", shop.sign(wallet));
  }

  private static String refusal(ChainShop shop, Wallet wallet) {
    return ChainShop.slug(promise(shop, wallet, "0"));
  }

  @Test
  void whoIsNotLetInCannotPay() {
    ChainHub.onEach(
        Map.of(),
        (anvil, hub) -> {
          var shop = new ChainShop(anvil, hub);
          Caller agent = Caller.join(hub, "buyer");
          Wallet known = Wallet.of(WALLETS.incrementAndGet());
          Wallet stranger = Wallet.of(WALLETS.incrementAndGet());
          known.bindTo(agent);
          anvil.mint(known.address(), 10 * ChainShop.PRICE);
          anvil.mint(stranger.address(), 10 * ChainShop.PRICE);
          shop.seller.call(204, "PUT", "/blocks/buyer", null);
          assertThat(refusal(shop, known)).as("blocked").isEqualTo("contact-required");
          assertThat(promise(shop, stranger, "1").statusCode()).isEqualTo(202);
          shop.seller.call(200, "PUT", "/contacts/policy", "{\"policy\":\"contacts\"}");
          assertThat(refusal(shop, stranger)).isEqualTo("contact-required");
          shop.seller.call(200, "PUT", "/contacts/policy", "{\"policy\":\"open\"}");
          Caller admin = Caller.admin(hub);
          admin.post(200, "/stop", "{\"scope\":\"hub\",\"reason\":\"drill\"}");
          assertThat(refusal(shop, known)).isEqualTo("stopped");
          assertThat(refusal(shop, stranger)).isEqualTo("stopped");
          assertThat(shop.till()).isZero();
        });
  }

  @Test
  void aBuyerSeesNoAnswerBeforeItIsPaid() {
    ChainHub.onEach(
        Map.of("evm-confirmations", "20"),
        (anvil, hub) -> {
          var shop = new ChainShop(anvil, hub);
          Caller agent = Caller.join(hub, "buyer");
          Wallet wallet = Wallet.of(WALLETS.incrementAndGet());
          wallet.bindTo(agent);
          anvil.mint(wallet.address(), ChainShop.PRICE);
          String signed = shop.sign(wallet);
          shop.call("?wait=0", "1", "PAYMENT-SIGNATURE", signed);
          JsonNode call = shop.next();
          JsonNode told = shop.answer(call, "{\"output\":\"secret\"}");
          assertThat(told.get("output").stringValue()).as("the seller's own").isEqualTo("secret");
          String path = "/calls/" + call.get("call_id").stringValue();
          assertThat(agent.get(200, path).toString()).doesNotContain("secret");
          assertThat(agent.get(200, "/calls").toString()).doesNotContain("secret");
          HttpResponse<String> now = shop.call("?wait=0", "1", "PAYMENT-SIGNATURE", signed);
          assertThat(now.statusCode()).isEqualTo(202);
          assertThat(now.body()).doesNotContain("secret").contains("settling");
        });
  }

  @Test
  void whoeverGivesAKeyUpPaysNothingByIt() {
    ChainHub.onEach(
        Map.of(),
        (anvil, hub) -> {
          var shop = new ChainShop(anvil, hub);
          var bank = new Bank(hub);
          Caller owner = bank.owner("Ada");
          Caller agent = bank.agentOf(owner, "buyer", "0");
          Wallet revoked = Wallet.of(WALLETS.incrementAndGet());
          Wallet replaced = Wallet.of(WALLETS.incrementAndGet());
          Wallet stranger = Wallet.of(WALLETS.incrementAndGet());
          for (Wallet one : List.of(revoked, replaced, stranger)) {
            anvil.mint(one.address(), 10 * ChainShop.PRICE);
          }
          revoked.bindTo(agent);
          assertThat(refusal(shop, revoked)).isEqualTo("mandate-required");
          String key = agent.get(200, "/keys").at("/keys/0/public_key").stringValue();
          agent.call(204, "DELETE", "/keys/" + key, null);
          assertThat(refusal(shop, revoked)).isEqualTo("not-allowed");
          replaced.bindTo(agent);
          Wallet.of(WALLETS.incrementAndGet()).bindTo(agent);
          HttpResponse<String> told = promise(shop, replaced, "0");
          assertThat(ChainShop.slug(told)).isEqualTo("not-allowed");
          assertThat(ChainShop.header(told, "PAYMENT-RESPONSE").get("errorReason").stringValue())
              .isEqualTo("not-allowed");
          assertThat(promise(shop, stranger, "1").statusCode()).isEqualTo(202);
          assertThat(shop.waiting()).hasSize(1);
        });
  }

  @Test
  void aRefusedPaymentCostsItsPayerOnce() {
    ChainHub.onEach(
        Map.of("breaker-refusals", "20", "breaker-repeats", "30", "rate-per-minute", "100"),
        (anvil, hub) -> {
          var shop = new ChainShop(anvil, hub);
          var bank = new Bank(hub);
          Caller agent = bank.agentOf(bank.owner("Ada"), "buyer", "0");
          Wallet wallet = Wallet.of(WALLETS.incrementAndGet());
          wallet.bindTo(agent);
          anvil.mint(wallet.address(), 10 * ChainShop.PRICE);
          String signed = shop.sign(wallet);
          for (int i = 0; i < 40; i++) {
            String input = i < 35 ? "0" : Integer.toString(i);
            assertThat(ChainShop.slug(shop.call("?wait=0", input, "PAYMENT-SIGNATURE", signed)))
                .isEqualTo("mandate-required");
          }
          agent.send("seller", "still here");
        });
  }

  @Test
  void nobodyIsAskedAboutWhatWasSigned() {
    ChainHub.onEach(
        Map.of(),
        (anvil, hub) -> {
          var shop = new ChainShop(anvil, hub);
          Caller agent = Caller.join(hub, "buyer");
          Caller admin = Caller.admin(hub);
          Wallet wallet = Wallet.of(WALLETS.incrementAndGet());
          wallet.bindTo(agent);
          anvil.mint(wallet.address(), ChainShop.PRICE);
          admin.call(200, "PUT", "/holds/buyer", "{\"kinds\":[\"first-contact\"]}");
          HttpResponse<String> told = promise(shop, wallet, "0");
          assertThat(ChainShop.slug(told)).isEqualTo("approval-required");
          assertThat(told.body()).contains("nobody is asked about what was signed");
          assertThat(admin.get(200, "/approvals").get("approvals")).isEmpty();
        });
  }
}
