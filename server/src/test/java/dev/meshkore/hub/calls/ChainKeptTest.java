package dev.meshkore.hub.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.meshkore.hub.chain.GasOf;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.testing.Anvil;
import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.ChainHub;
import dev.meshkore.hub.testing.FaultyNode;
import dev.meshkore.hub.testing.FaultyNode.Fault;
import dev.meshkore.hub.testing.TestHub;
import dev.meshkore.hub.testing.Wallet;
import java.math.BigInteger;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Answers that are kept because their payment was not: who gets them, who hears of them, and what
/// else its payer may call meanwhile.
final class ChainKeptTest {
  private static final AtomicInteger WALLETS = new AtomicInteger(140);

  private static Wallet wallet(ChainShop shop, long calls) {
    Wallet wallet = Wallet.of(WALLETS.incrementAndGet());
    shop.anvil.mint(wallet.address(), calls * ChainShop.PRICE);
    return wallet;
  }

  private static HttpResponse<String> pay(ChainShop shop, String input, String signed) {
    return shop.call("?wait=0", input, "PAYMENT-SIGNATURE", signed);
  }

  private static JsonNode made(ChainShop shop, String input, String signed) {
    HttpResponse<String> answer = pay(shop, input, signed);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    return Json.tree(answer.body().getBytes(StandardCharsets.UTF_8));
  }

  /// Moves all of a wallet's money elsewhere; does not wait until that is final.
  private static void drain(ChainShop shop, Wallet wallet) {
    ObjectNode required =
        Anvil.required(shop.anvil.balance(wallet.address()), Wallet.of(4).address());
    ObjectNode body = Json.object();
    body.put("x402Version", 2);
    body.set("paymentPayload", wallet.pays(required, shop.hub.now().getEpochSecond()));
    body.set("paymentRequirements", required);
    Caller anybody = Caller.withoutKey(shop.hub);
    var _ =
        CompletableFuture.supplyAsync(
            () -> anybody.post(200, "/x402/settle", body.toString()),
            Executors.newVirtualThreadPerTaskExecutor());
    while (shop.anvil.balance(wallet.address()) > 0) {
      Thread.onSpinWait();
    }
  }

  /// Gives a payer money again.
  private static void refill(ChainShop shop, Wallet wallet) {
    shop.anvil.mint(wallet.address(), 5 * ChainShop.PRICE);
    // What the node said of its newest block is a second old at most.
    shop.hub.advance(Duration.ofSeconds(2));
  }

  /// A payment in somebody's name that somebody else has signed.
  private static String forged(ChainShop shop, Wallet named) {
    JsonNode required = shop.required();
    var words = named.authorization(required, shop.hub.now().getEpochSecond());
    return Wallet.header(Wallet.payload(required, words, Wallet.of(9).sign(required, words)));
  }

  private static String reason(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(402);
    return ChainShop.header(answer, "PAYMENT-RESPONSE").get("errorReason").stringValue();
  }

  @Test
  void whatIsInDoubtIsToldToNobodyButWhoPaysIt() {
    ChainHub.onEach(
        Map.of("evm-confirmations", "8"),
        (anvil, hub) -> {
          var shop = new ChainShop(anvil, hub);
          Wallet payer = wallet(shop, 1);
          long till = shop.till();
          JsonNode call = made(shop, "\"x\"", shop.sign(payer));
          drain(shop, payer);
          shop.answer(call, "{\"output\":\"secret\"}");
          shop.until(call, "unpaid");
          refill(shop, payer);
          String second = shop.sign(payer);
          assertThat(made(shop, "\"x\"", second).get("state").stringValue()).isEqualTo("settling");

          HttpResponse<String> stranger = pay(shop, "\"x\"", forged(shop, payer));
          assertThat(reason(stranger)).isEqualTo("invalid_exact_evm_payload_signature");
          String third = shop.sign(payer);
          HttpResponse<String> again = shop.call("?wait=30", "\"x\"", "PAYMENT-SIGNATURE", third);
          assertThat(again.statusCode()).as(again.body()).isEqualTo(429);
          assertThat(ChainShop.slug(again)).isEqualTo("too-many-open");
          assertThat(again.headers().firstValue("Retry-After")).isPresent();
          assertThat(again.body())
              .contains("Send the first one again")
              .doesNotContain("secret")
              .doesNotContain(call.get("call_id").stringValue());

          HttpResponse<String> paid = shop.calling("\"x\"", second).join();
          assertThat(paid.body()).isEqualTo("\"secret\"");
          assertThat(shop.till()).as("paid once").isEqualTo(till + ChainShop.PRICE);
        });
  }

  @Test
  void theAnswerIsKeptWhateverElseWasCalledAlike() {
    ChainHub.onEach(
        Map.of(),
        (anvil, hub) -> {
          var shop = new ChainShop(anvil, hub);
          Wallet payer = wallet(shop, 2);
          JsonNode first = made(shop, "\"x\"", shop.sign(payer));
          JsonNode second = made(shop, "\"x\"", shop.sign(payer));
          drain(shop, payer);
          shop.answer(first, "{\"output\":\"kept\"}");
          shop.until(first, "unpaid");
          shop.answer(second, "{\"declined\":\"once is enough\"}");
          refill(shop, payer);
          HttpResponse<String> paid = shop.calling("\"x\"", shop.sign(payer)).join();
          assertThat(paid.body()).isEqualTo("\"kept\"");
          assertThat(shop.waiting()).as("nobody was asked again").isEmpty();
        });
  }

  @Test
  void whoPaysOneOfTwoIsNotLetInYet() {
    ChainHub.onEach(
        Map.of(),
        (anvil, hub) -> {
          var shop = new ChainShop(anvil, hub);
          Wallet payer = wallet(shop, 2);
          JsonNode first = made(shop, "1", shop.sign(payer));
          JsonNode second = made(shop, "2", shop.sign(payer));
          drain(shop, payer);
          shop.answer(first, "{\"output\":1}");
          shop.answer(second, "{\"output\":2}");
          shop.until(first, "unpaid");
          shop.until(second, "unpaid");
          refill(shop, payer);
          assertThat(shop.calling("1", shop.sign(payer)).join().body()).isEqualTo("1");
          assertThat(ChainShop.slug(pay(shop, "3", shop.sign(payer)))).isEqualTo("circuit-open");
          assertThat(reason(pay(shop, "3", forged(shop, payer))))
              .as("others do not hear whether it is refused")
              .isEqualTo("invalid_exact_evm_payload_signature");
          assertThat(shop.calling("2", shop.sign(payer)).join().body()).isEqualTo("2");
          shop.answer(made(shop, "3", shop.sign(payer)), "{\"declined\":\"no\"}");
        });
  }

  @Test
  void whoHoldsTooMuchOpenMakesNoCall() {
    ChainHub.onEach(
        Map.of("open-max", "1"),
        (anvil, hub) -> {
          var shop = new ChainShop(anvil, hub);
          Wallet wallet = wallet(shop, 3);
          wallet.bindTo(Caller.join(hub, "buyer"));
          var held = shop.calling("1", shop.sign(wallet));
          JsonNode first = shop.next();
          String signed = shop.sign(wallet);
          HttpResponse<String> refused = shop.call("?wait=30", "2", "PAYMENT-SIGNATURE", signed);
          assertThat(ChainShop.slug(refused)).isEqualTo("too-many-open");
          assertThat(shop.waiting()).as("no other call was made").hasSize(1);
          JsonNode second = made(shop, "2", signed);
          shop.answer(first, "{\"declined\":\"no\"}");
          shop.answer(second, "{\"declined\":\"no\"}");
          assertThat(held.join().statusCode()).isEqualTo(502);
        });
  }

  @Test
  void whatIsAnsweredAndNotHandedInIsPromisedYet() {
    Optional<Anvil> started = Anvil.ticking();
    assumeTrue(started.isPresent(), "anvil is not installed");
    try (Anvil anvil = started.get();
        var node = new FaultyNode(anvil)) {
      Map<String, String> settings = new HashMap<>(ChainHub.settings(anvil, Map.of()));
      settings.put("evm-rpc", node.url().toString());
      TestHub.onEach(
          settings,
          hub -> {
            anvil.giveEther(GasOf.hub(hub.data()), BigInteger.TEN.pow(18));
            node.heal(0);
            var shop = new ChainShop(anvil, hub);
            Wallet payer = wallet(shop, 1);
            String signed = shop.sign(payer);
            JsonNode call = made(shop, "1", signed);
            // What is asked when a payment is handed in, and not when it is looked at.
            node.fail(
                method -> method.equals("eth_getTransactionCount") ? Fault.UNHEARD : Fault.NONE);
            shop.answer(call, "{\"output\":1}");
            assertThat(reason(pay(shop, "2", shop.sign(payer)))).isEqualTo("insufficient_funds");
            node.heal(0);
            shop.hub.advance(Duration.ofSeconds(10));
            assertThat(shop.calling("1", signed).join().body()).isEqualTo("1");
          });
    }
  }
}
