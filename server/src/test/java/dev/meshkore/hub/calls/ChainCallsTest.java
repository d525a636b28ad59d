package dev.meshkore.hub.calls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.testing.Anvil;
import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.ChainHub;
import dev.meshkore.hub.testing.Wallet;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Services that are priced in a token of a chain: paid to the seller's address when it has
/// answered, or not at all.
final class ChainCallsTest {
  private static final Wallet BUYER = Wallet.of(1);

  /// Each database has wallets of its own, since the chain is the same.
  private static final AtomicInteger WALLETS = new AtomicInteger(10);

  private static void play(Consumer<ChainShop> test) {
    ChainHub.onEach(
        Map.of(),
        (anvil, hub) -> {
          long missing = 5 * ChainShop.PRICE - anvil.balance(BUYER.address());
          anvil.mint(BUYER.address(), missing);
          test.accept(new ChainShop(anvil, hub));
        });
  }

  @Test
  void anAnswerIsPaidToTheSellersAddress() {
    play(shop -> {
      long till = shop.till();
      JsonNode required = shop.required();
      assertThat(required.get("network").stringValue()).isEqualTo("eip155:84532");
      assertThat(required.get("asset").stringValue()).isEqualTo(Anvil.DOLLAR.text());
      assertThat(required.get("payTo").stringValue()).isEqualTo(ChainShop.TILL.text());
      assertThat(required.get("amount").stringValue()).isEqualTo("10000");
      assertThat(required.at("/extra/name").stringValue()).isEqualTo("USDC");
      String signed = shop.sign(BUYER);
      var answer = shop.calling("{\"say\":\"hi\"}", signed);
      JsonNode call = shop.next();
      assertThat(call.get("buyer").isNull()).as("nobody of the hub's").isTrue();
      assertThat(call.get("payer").stringValue()).isEqualTo(BUYER.address().text());
      assertThat(call.get("asset").stringValue()).isEqualTo(ChainHub.ASSET);
      assertThat(shop.till()).isEqualTo(till);
      JsonNode settling = shop.answer(call, "{\"output\":{\"said\":\"hi\"}}");
      assertThat(settling.get("state").stringValue()).isEqualTo("settling");
      assertThat(settling.get("transaction_bps").longValue()).isZero();

      HttpResponse<String> got = answer.join();
      assertThat(got.statusCode()).as(got.body()).isEqualTo(200);
      assertThat(got.body()).isEqualTo("{\"said\":\"hi\"}");
      JsonNode told = ChainShop.header(got, "PAYMENT-RESPONSE");
      assertThat(told.get("success").booleanValue()).isTrue();
      JsonNode receipt =
          shop.anvil.call("eth_getTransactionReceipt", told.get("transaction").stringValue());
      assertThat(receipt.get("status").stringValue()).isEqualTo("0x1");
      assertThat(shop.till()).isEqualTo(till + ChainShop.PRICE);
      assertThat(shop.until(call, "answered").get("transaction").stringValue())
          .isEqualTo(told.get("transaction").stringValue());

      HttpResponse<String> again = shop.call("", "{\"say\":\"hi\"}", "PAYMENT-SIGNATURE", signed);
      assertThat(again.body()).as("an answer that was lost is fetched").isEqualTo(got.body());
      HttpResponse<String> other = shop.call("", "{\"say\":\"ho\"}", "PAYMENT-SIGNATURE", signed);
      assertThat(ChainShop.slug(other)).isEqualTo("id-taken");
      assertThat(shop.till()).as("paid once").isEqualTo(till + ChainShop.PRICE);
      JsonNode service = shop.seller.get(200, "/services/" + shop.service);
      assertThat(service.get("measured").has("calls")).as("of a stranger").isFalse();
    });
  }

  @Test
  void whoeverIsNotAnsweredPaysNothing() {
    play(shop -> {
      long till = shop.till();
      String declined = shop.sign(BUYER);
      assertThat(shop.call("?wait=0", "1", "PAYMENT-SIGNATURE", declined).statusCode())
          .isEqualTo(202);
      JsonNode first = shop.next();
      shop.answer(first, "{\"declined\":\"too hard\"}");
      String path = "/calls/" + first.get("call_id").stringValue() + "/answer";
      shop.seller.post(409, path, "{\"output\":1}");
      HttpResponse<String> no = shop.call("", "1", "PAYMENT-SIGNATURE", declined);
      assertThat(no.statusCode()).isEqualTo(502);
      assertThat(ChainShop.header(no, "PAYMENT-RESPONSE").get("success").booleanValue()).isFalse();

      String silent = shop.sign(BUYER);
      shop.call("?wait=0", "2", "PAYMENT-SIGNATURE", silent);
      JsonNode second = shop.next();
      shop.hub.advance(Duration.ofMinutes(11));
      assertThat(shop.until(second, "expired").has("transaction")).isFalse();
      shop.seller.post(
          409, "/calls/" + second.get("call_id").stringValue() + "/answer", "{\"output\":1}");
      assertThat(shop.call("", "2", "PAYMENT-SIGNATURE", silent).statusCode()).isEqualTo(502);
      assertThat(shop.till()).isEqualTo(till);
    });
  }

  @Test
  void whatIsNotThePriceIsRefused() {
    play(shop -> {
      JsonNode required = shop.required();
      long now = shop.hub.now().getEpochSecond();
      assertThat(reason(shop, change(required, "amount", "9999"), now))
          .isEqualTo("invalid_exact_evm_payload_authorization_value_mismatch");
      assertThat(reason(shop, change(required, "payTo", Anvil.DOLLAR.text()), now))
          .isEqualTo("invalid_exact_evm_payload_recipient_mismatch");
      assertThat(reason(shop, change(required, "network", "eip155:1"), now))
          .isEqualTo("invalid_network");
      assertThat(reason(shop, change(required, "asset", ChainShop.TILL.text()), now))
          .isEqualTo("invalid_exact_evm_payload_signature");
      assertThat(reason(shop, required, now - 400))
          .as("it ends before a seller must have answered")
          .isEqualTo("invalid_exact_evm_payload_authorization_valid_before");
      assertThat(reason(shop, Wallet.of(9), required, now)).isEqualTo("insufficient_funds");
      assertThat(shop.waiting()).isEmpty();
    });
  }

  private static JsonNode change(JsonNode required, String name, String value) {
    return ((ObjectNode) required.deepCopy()).put(name, value);
  }

  private static String reason(ChainShop shop, JsonNode required, long now) {
    return reason(shop, BUYER, required, now);
  }

  private static String reason(ChainShop shop, Wallet wallet, JsonNode required, long now) {
    String signed = Wallet.header(wallet.pays(required, now));
    HttpResponse<String> answer = shop.call("?wait=0", "{}", "PAYMENT-SIGNATURE", signed);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(402);
    return ChainShop.header(answer, "PAYMENT-RESPONSE").get("errorReason").stringValue();
  }

  @Test
  void aPayerPromisesNoMoreThanItHas() {
    play(shop -> {
      for (int i = 0; i < 5; i++) {
        assertThat(shop.call("?wait=0", "" + i, "PAYMENT-SIGNATURE", shop.sign(BUYER)).statusCode())
            .isEqualTo(202);
      }
      assertThat(reason(shop, shop.required(), shop.hub.now().getEpochSecond()))
          .isEqualTo("insufficient_funds");
      shop.answer(shop.next(), "{\"declined\":\"no\"}");
      assertThat(shop.call("?wait=0", "5", "PAYMENT-SIGNATURE", shop.sign(BUYER)).statusCode())
          .as("what is not answered is free again")
          .isEqualTo(202);
      shop.waiting().forEach(call -> shop.answer(call, "{\"declined\":\"no\"}"));
    });
  }

  @Test
  void whoDrainsItsWalletGetsNoAnswerAndIsRefusedForAWhile() {
    play(shop -> {
      Wallet thief = Wallet.of(WALLETS.incrementAndGet());
      shop.anvil.mint(thief.address(), ChainShop.PRICE);
      long till = shop.till();
      String signed = shop.sign(thief);
      var answer = shop.calling("{\"do\":1}", signed);
      JsonNode call = shop.next();
      drain(shop, thief);
      shop.answer(call, "{\"output\":\"done\"}");
      HttpResponse<String> got = answer.join();
      assertThat(got.statusCode()).as(got.body()).isEqualTo(402);
      assertThat(got.body()).doesNotContain("done");
      assertThat(ChainShop.header(got, "PAYMENT-RESPONSE").get("errorReason").stringValue())
          .isEqualTo("insufficient_funds");
      JsonNode seen = shop.until(call, "unpaid");
      assertThat(seen.get("reason").stringValue()).isEqualTo("insufficient_funds");
      assertThat(shop.till()).isEqualTo(till);

      shop.anvil.mint(thief.address(), 5 * ChainShop.PRICE);
      // What the node said of its newest block is a second old at most.
      shop.hub.advance(Duration.ofSeconds(2));
      HttpResponse<String> other =
          shop.call("?wait=0", "{\"do\":2}", "PAYMENT-SIGNATURE", shop.sign(thief));
      assertThat(ChainShop.slug(other)).isEqualTo("circuit-open");
      HttpResponse<String> paid = shop.calling("{\"do\":1}", shop.sign(thief)).join();
      assertThat(paid.body()).as("the answer was kept").isEqualTo("\"done\"");
      assertThat(paid.statusCode()).isEqualTo(200);
      assertThat(shop.waiting()).as("nobody was asked again").isEmpty();
      assertThat(shop.till()).isEqualTo(till + ChainShop.PRICE);
      assertThat(shop.call("", "{\"do\":1}", "PAYMENT-SIGNATURE", signed).body())
          .as("the first payment is the same call")
          .isEqualTo("\"done\"");
      assertThat(
              shop.call("?wait=0", "{\"do\":2}", "PAYMENT-SIGNATURE", shop.sign(thief))
                  .statusCode())
          .as("whoever pays is let in again")
          .isEqualTo(202);
      shop.answerNext("{\"declined\":\"no\"}");
      assertThat(shop.till()).isEqualTo(till + ChainShop.PRICE);
    });
  }

  /// Takes all of a wallet's money away by an authorization that somebody hands in.
  private static void drain(ChainShop shop, Wallet wallet) {
    long all = shop.anvil.balance(wallet.address());
    Address elsewhere = Wallet.of(4).address();
    ObjectNode required = Anvil.required(all, elsewhere);
    ObjectNode body = dev.meshkore.hub.http.Json.object();
    body.put("x402Version", 2);
    body.set("paymentPayload", wallet.pays(required, shop.hub.now().getEpochSecond()));
    body.set("paymentRequirements", required);
    JsonNode settled = Caller.withoutKey(shop.hub).post(200, "/x402/settle", body.toString());
    assertThat(settled.get("success").booleanValue()).as(settled.toString()).isTrue();
  }

  @Test
  void aPriceIsInWhatTheHubSettles() {
    play(shop -> {
      String other = "eip155:1/erc20:0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48";
      Address payTo = ChainShop.TILL;
      JsonNode refused =
          shop.seller.post(400, "/services", ChainHub.listing("A", 10_000, other, payTo));
      assertThat(refused.get("detail").stringValue()).contains(ChainHub.ASSET);
      shop.seller.post(400, "/services", ChainHub.listing("A", 10, ChainHub.ASSET, payTo));
      shop.seller.post(
          400,
          "/services",
          ChainHub.listing("A", 10_000, ChainHub.ASSET, payTo).replace(payTo.text(), "0x12"));
      shop.seller.post(400, "/services", ChainHub.listing("A", 10_000, "CREDIT", payTo));
      JsonNode shown = shop.seller.get(200, "/services/" + shop.service);
      assertThat(shown.at("/price/asset").stringValue()).isEqualTo(ChainHub.ASSET);
      assertThat(shown.at("/price/pay_to").stringValue()).isEqualTo(payTo.text());
      assertThat(shown.get("transaction_bps").longValue()).isZero();
      JsonNode listed = shop.seller.get(200, "/x402/discovery/resources").get("items").get(0);
      assertThat(listed.at("/accepts/0/payTo").stringValue()).isEqualTo(payTo.text());
      JsonNode dear = shop.seller.get(200, "/services?asset=CREDIT&max_price=1000000");
      assertThat(dear.get("services")).as("credits are not dollars").isEmpty();
      assertThat(
              shop.seller
                  .get(200, "/services?asset=" + ChainHub.ASSET + "&max_price=0.02")
                  .get("services"))
          .hasSize(1);
      String wallet =
          "{\"id\":\"w1\",\"max\":{\"atoms\":99999},\"service_id\":\"" + shop.service + "\"}";
      assertThat(
              Caller.join(shop.hub, "buyer")
                  .post(400, "/calls", wallet)
                  .get("detail")
                  .stringValue())
          .contains("eip155:84532");
    });
  }
}
