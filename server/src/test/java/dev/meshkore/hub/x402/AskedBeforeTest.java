package dev.meshkore.hub.x402;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Bank;
import dev.meshkore.hub.testing.Caller;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Whoever has a payment that came to nothing brings it again and again.
final class AskedBeforeTest {
  @TempDir private Path folder;

  private void play(Consumer<FacilitatorTest.Shop> test) throws Exception {
    Bank.onEach(
        folder,
        FacilitatorTest.BREAKERS,
        bank -> {
          test.accept(new FacilitatorTest.Shop(bank));
          bank.check();
        });
  }

  @Test
  void aRefusedPaymentCostsItsPayerOnce() throws Exception {
    play(shop -> {
      Caller other = shop.bank.agent("other", "0");
      shop.seller.call(204, "PUT", "/blocks/buyer", null);
      JsonNode payment = shop.wallet.pays(shop.required, shop.now());
      for (int i = 0; i < 240; i++) {
        assertThat(shop.ask("settle", payment).get("errorReason").stringValue())
            .isEqualTo("contact-required");
        if (i % 2 == 1) {
          shop.bank.hub.advance(Duration.ofSeconds(1));
        }
      }
      assertThat(shop.buyer.get(200, "/breakers").get("breakers")).isEmpty();
      shop.buyer.send(other.id(), "still here");
      shop.seller.call(204, "DELETE", "/blocks/buyer", null);
      shop.bank.hub.advance(Duration.ofSeconds(11));
      assertThat(shop.ask("settle", payment).get("success").booleanValue()).isTrue();
    });
  }

  @Test
  void aPaymentWithoutMoneyCostsItsPayerOnce() throws Exception {
    play(shop -> {
      ObjectNode required = shop.required.deepCopy();
      required.put("amount", "3000000");
      JsonNode payment = shop.wallet.pays(required, shop.now());
      for (int i = 0; i < 120; i++) {
        JsonNode told = FacilitatorTest.Shop.ask(shop.anybody, "settle", payment, required);
        assertThat(told.get("errorReason").stringValue()).isEqualTo("insufficient_funds");
      }
      shop.buyer.send("seller", "still here");
    });
  }
}
