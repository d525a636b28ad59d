package dev.meshkore.hub.x402;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.evm.Authorization;
import dev.meshkore.hub.testing.Bank;
import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.Wallet;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What a seller anywhere asks of the facilitator, with the payments that a client of x402 signs.
final class FacilitatorTest {
  private static final JsonMapper JSON = new JsonMapper();

  /// What an agent that loops is stopped by; hubs of tests have none of it otherwise.
  static final Map<String, String> BREAKERS =
      Map.of("breaker-repeats", "30", "breaker-refusals", "20", "rate-per-minute", "100");

  @TempDir Path folder;

  /// A buyer with two credits, a seller, and what the seller requires.
  static final class Shop {
    final Bank bank;
    final Wallet wallet = Wallet.of(1);
    final Caller buyer;
    final Caller seller;
    final Caller anybody;
    final ObjectNode required;

    Shop(Bank bank) {
      this.bank = bank;
      this.buyer = bank.agent("buyer", "2");
      this.seller = bank.agent("seller", "0");
      this.anybody = Caller.withoutKey(bank.hub);
      wallet.bindTo(buyer);
      JsonNode own = seller.get(200, "/wallet/x402");
      JsonNode kind = anybody.get(200, "/x402/supported").get("kinds").get(0);
      this.required = JSON.createObjectNode();
      required.put("scheme", "exact");
      required.put("network", kind.get("network").stringValue());
      required.put("amount", "10000");
      required.put("asset", own.get("asset").stringValue());
      required.put("payTo", own.get("pay_to").stringValue());
      required.put("maxTimeoutSeconds", 300);
      required.set("extra", kind.get("extra"));
    }

    long now() {
      return bank.hub.now().getEpochSecond();
    }

    JsonNode ask(String what, JsonNode payment) {
      return ask(anybody, what, payment, required);
    }

    static JsonNode ask(Caller by, String what, JsonNode payment, JsonNode required) {
      ObjectNode body = JSON.createObjectNode();
      body.put("x402Version", 2);
      body.set("paymentPayload", payment);
      body.set("paymentRequirements", required);
      return by.post(200, "/x402/" + what, body.toString());
    }

    void refused(String reason, JsonNode payment) {
      JsonNode seen = ask("verify", payment);
      assertThat(seen.get("isValid").booleanValue()).as("%s", seen).isFalse();
      assertThat(seen.get("invalidReason").stringValue()).isEqualTo(reason);
      JsonNode settled = ask("settle", payment);
      assertThat(settled.get("success").booleanValue()).as("%s", settled).isFalse();
      assertThat(settled.get("errorReason").stringValue()).isEqualTo(reason);
      assertThat(settled.get("transaction").stringValue()).isEmpty();
    }

    /// An authorisation that is changed before it is signed.
    JsonNode changed(UnaryOperator<Authorization> change) {
      Authorization words = change.apply(wallet.authorization(required, now()));
      return Wallet.payload(required, words, wallet.sign(required, words));
    }
  }

  private void play(Consumer<Shop> test) throws Exception {
    play(Map.of(), test);
  }

  private void play(Map<String, String> settings, Consumer<Shop> test) throws Exception {
    Bank.onEach(
        folder,
        settings,
        bank -> {
          test.accept(new Shop(bank));
          bank.check();
        });
  }

  @Test
  void aUsedPaymentCostsItsPayerNothing() throws Exception {
    play(
        BREAKERS,
        shop -> {
          JsonNode payment = shop.wallet.pays(shop.required, shop.now());
          shop.ask("settle", payment);
          for (int i = 0; i < 60; i++) {
            assertThat(shop.ask("settle", payment).get("errorReason").stringValue())
                .isEqualTo("nonce_already_used");
          }
          shop.buyer.send("seller", "still here");
        });
  }

  @Test
  void manyPaymentsToOneSellerAreNoRepetition() throws Exception {
    play(
        BREAKERS,
        shop -> {
          for (int i = 0; i < 40; i++) {
            JsonNode payment = shop.wallet.pays(shop.required, shop.now());
            JsonNode settled = shop.ask("settle", payment);
            assertThat(settled.get("success").booleanValue()).as("%s", settled).isTrue();
          }
        });
  }

  @Test
  void aSignedPaymentMovesItsMoneyOnce() throws Exception {
    play(shop -> {
      JsonNode payment = shop.wallet.pays(shop.required, shop.now());
      JsonNode seen = shop.ask("verify", payment);
      assertThat(seen.get("isValid").booleanValue()).as("%s", seen).isTrue();
      assertThat(seen.get("payer").stringValue()).isEqualTo(shop.wallet.address().text());
      assertThat(Bank.available(shop.buyer)).as("to look moves nothing").isEqualTo("2.000000");

      JsonNode settled = shop.ask("settle", payment);
      assertThat(settled.get("success").booleanValue()).as("%s", settled).isTrue();
      String transfer = settled.get("transaction").stringValue();
      assertThat(shop.seller.get(200, "/wallet/transfers/" + transfer).get("atoms").longValue())
          .isEqualTo(10_000);
      assertThat(Bank.available(shop.buyer)).isEqualTo("1.990000");
      assertThat(Bank.available(shop.seller)).isEqualTo("0.010000");

      shop.refused("nonce_already_used", payment);
      assertThat(Bank.available(shop.buyer)).isEqualTo("1.990000");
    });
  }

  @Test
  void whatIsNotExactlyWhatIsRequiredIsRefused() throws Exception {
    play(shop -> {
      JsonNode payment = shop.wallet.pays(shop.required, shop.now());
      shop.refused(
          "invalid_exact_evm_payload_authorization_value_mismatch",
          shop.changed(words -> with(words, BigInteger.valueOf(9_999))));
      shop.refused(
          "invalid_exact_evm_payload_recipient_mismatch",
          shop.changed(words ->
              new Authorization(
                  words.from(),
                  shop.wallet.address(),
                  words.value(),
                  words.validAfter(),
                  words.validBefore(),
                  words.nonce())));
      shop.refused(
          "invalid_exact_evm_payload_authorization_valid_before",
          shop.changed(words -> between(words, shop.now() - 600, shop.now())));
      shop.refused(
          "invalid_exact_evm_payload_authorization_valid_after",
          shop.changed(words -> between(words, shop.now() + 60, shop.now() + 600)));
      ObjectNode elsewhere = payment.deepCopy().asObject();
      ((ObjectNode) elsewhere.get("accepted")).put("network", "eip155:1");
      shop.refused("invalid_network", elsewhere);
      ObjectNode upto = payment.deepCopy().asObject();
      ((ObjectNode) upto.get("accepted")).put("scheme", "upto");
      shop.refused("unsupported_scheme", upto);
      ObjectNode unreadable = payment.deepCopy().asObject();
      ((ObjectNode) unreadable.at("/payload/authorization")).put("value", "1e4");
      shop.refused("invalid_payload", unreadable);
      assertThat(Bank.available(shop.buyer)).isEqualTo("2.000000");
    });
  }

  private static Authorization with(Authorization words, BigInteger value) {
    return new Authorization(
        words.from(), words.to(), value, words.validAfter(), words.validBefore(), words.nonce());
  }

  private static Authorization between(Authorization words, long after, long before) {
    return new Authorization(
        words.from(),
        words.to(),
        words.value(),
        BigInteger.valueOf(after),
        BigInteger.valueOf(before),
        words.nonce());
  }

  /// For another chain, contract or name the same words have another digest, so another signer.
  @Test
  void aSignatureForAnotherDomainIsRefused() throws Exception {
    play(shop -> {
      Authorization words = shop.wallet.authorization(shop.required, shop.now());
      for (String change : new String[] {"chain", "contract", "name"}) {
        ObjectNode other = shop.required.deepCopy();
        ObjectNode extra = (ObjectNode) other.get("extra");
        switch (change) {
          case "chain" -> other.put("network", "eip155:8453");
          case "contract" ->
              extra.put("verifyingContract", "0x0077777d7EBA4688BDeF3E311b846F25870A19B9");
          default -> extra.put("name", "USDC");
        }
        byte[] signature = shop.wallet.sign(other, words);
        shop.refused(
            "invalid_exact_evm_payload_signature", Wallet.payload(shop.required, words, signature));
      }
      byte[] flipped = shop.wallet.sign(shop.required, words);
      flipped[64] = (byte) (27 + 28 - flipped[64]);
      shop.refused(
          "invalid_exact_evm_payload_signature", Wallet.payload(shop.required, words, flipped));
      byte[] old = shop.wallet.sign(shop.required, words);
      old[64] = (byte) (old[64] - 27);
      shop.refused(
          "invalid_exact_evm_payload_signature", Wallet.payload(shop.required, words, old));
      JsonNode good = Wallet.payload(shop.required, words, shop.wallet.sign(shop.required, words));
      assertThat(shop.ask("settle", good).get("success").booleanValue()).isTrue();
    });
  }

  @Test
  void nobodySpendsWhatItHasNot() throws Exception {
    play(shop -> {
      shop.required.put("amount", "2000001");
      JsonNode tooMuch = shop.wallet.pays(shop.required, shop.now());
      shop.refused("insufficient_funds", tooMuch);
      shop.bank.deposit("buyer", "1");
      assertThat(shop.ask("settle", tooMuch).get("errorReason").stringValue())
          .as("what failed stays failed, however late it is repeated")
          .isEqualTo("insufficient_funds");
      JsonNode stranger = Wallet.of(2).pays(shop.required, shop.now());
      shop.refused("insufficient_funds", stranger);
      shop.required.put("amount", "1");
      Caller other = shop.bank.agent("other", "1");
      Wallet.of(2).bindTo(other);
      JsonNode small = Wallet.of(2).pays(shop.required, shop.now());
      assertThat(shop.ask("settle", small).get("success").booleanValue())
          .as("a millionth is enough")
          .isTrue();
    });
  }

  /// Many at once with the same words, and many with different ones for more than there is.
  @Test
  void noRaceSpendsTwice() throws Exception {
    play(shop -> {
      JsonNode payment = shop.wallet.pays(shop.required, shop.now());
      assertThat(settledOf(shop, 32, _ -> payment)).isEqualTo(1);
      shop.required.put("amount", "100000");
      assertThat(settledOf(shop, 40, _ -> shop.wallet.pays(shop.required, shop.now())))
          .as("1.99 is 19 times a tenth")
          .isEqualTo(19);
      assertThat(Bank.available(shop.buyer)).isEqualTo("0.090000");
      assertThat(Bank.available(shop.seller)).isEqualTo("1.910000");
    });
  }

  private static int settledOf(
      Shop shop, int count, java.util.function.IntFunction<JsonNode> payments) {
    var done = new AtomicInteger();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < count; i++) {
        JsonNode payment = payments.apply(i);
        threads.execute(() -> {
          if (shop.ask("settle", payment).get("success").booleanValue()) {
            done.incrementAndGet();
          }
        });
      }
    }
    return done.get();
  }

  @Test
  void anIdThatABuyerGivesIsForOnePayment() throws Exception {
    play(shop -> {
      JsonNode first = named(shop, "payment-0123456789");
      assertThat(shop.ask("settle", first).get("success").booleanValue()).isTrue();
      JsonNode second = shop.ask("settle", named(shop, "payment-0123456789"));
      assertThat(second.get("errorReason").stringValue()).isEqualTo("nonce_already_used");
      shop.refused("invalid_payload", named(shop, "short"));
      assertThat(Bank.available(shop.buyer)).isEqualTo("1.990000");
    });
  }

  private static JsonNode named(Shop shop, String id) {
    ObjectNode payment = shop.wallet.pays(shop.required, shop.now());
    payment
        .putObject("extensions")
        .putObject("payment-identifier")
        .putObject("info")
        .put("required", false)
        .put("id", id);
    return payment;
  }

  @Test
  void aKeyThatIsRevokedPaysNoMore() throws Exception {
    play(shop -> {
      JsonNode payment = shop.wallet.pays(shop.required, shop.now());
      shop.bank.admin.call(204, "DELETE", "/agents/buyer/credentials", null);
      shop.refused("insufficient_funds", payment);
    });
  }

  @Test
  void aStopHoldsForWhatWasSigned() throws Exception {
    play(shop -> {
      JsonNode payment = shop.wallet.pays(shop.required, shop.now());
      shop.bank.admin.post(200, "/stop", "{\"scope\":\"agent:buyer\",\"reason\":\"no\"}");
      JsonNode settled = shop.ask("settle", payment);
      assertThat(settled.get("errorReason").stringValue()).isEqualTo("stopped");
    });
  }

  @Test
  void whoHasAnOwnerSpendsByMandatesAlone() throws Exception {
    play(shop -> {
      Caller owner = shop.bank.owner("Ada");
      Caller owned = shop.bank.agentOf(owner, "owned", "5");
      Wallet wallet = Wallet.of(3);
      wallet.bindTo(owned);
      assertThat(reason(shop, wallet)).isEqualTo("mandate-required");
      shop.bank.allow(owner, "owned", "\"amount\":15000");
      assertThat(reason(shop, wallet)).isEmpty();
      assertThat(reason(shop, wallet)).isEqualTo("budget-exhausted");
      assertThat(Bank.available(owned)).isEqualTo("4.990000");
    });
  }

  private static String reason(Shop shop, Wallet wallet) {
    return shop.ask("settle", wallet.pays(shop.required, shop.now()))
        .path("errorReason")
        .asString("");
  }

  @Test
  void whatIsNoPaymentIsRefusedByName() throws Exception {
    play(shop -> {
      Caller anybody = shop.anybody;
      assertThat(Bank.slug(anybody.post(400, "/x402/verify", "{}"))).isEqualTo("invalid-field");
      assertThat(Bank.slug(anybody.post(400, "/x402/settle", "{\"paymentPayload\":")))
          .isEqualTo("malformed-json");
      ObjectNode nothing = JSON.createObjectNode();
      shop.refused("invalid_payload", nothing);
      ObjectNode deep = shop.wallet.pays(shop.required, shop.now());
      deep.put("x402Version", 3);
      shop.refused("invalid_payload", deep);
      byte[] zeros = new byte[65];
      Arrays.fill(zeros, (byte) 0);
      shop.refused(
          "invalid_exact_evm_payload_signature",
          Wallet.payload(
              shop.required, shop.wallet.authorization(shop.required, shop.now()), zeros));
    });
  }
}
