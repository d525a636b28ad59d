package dev.meshkore.hub.x402;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.meshkore.hub.chain.GasOf;
import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.testing.Anvil;
import dev.meshkore.hub.testing.Bank;
import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.ChainHub;
import dev.meshkore.hub.testing.TestDatabase;
import dev.meshkore.hub.testing.TestHub;
import dev.meshkore.hub.testing.Wallet;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What the facilitator settles on a chain keeps the rules of whoever pays it: stops, mandates,
/// breakers; and of those who are no agents the stop of the hub alone.
final class ChainPayersTest {
  private static final long PRICE = 10_000;
  private static final AtomicInteger WALLETS = new AtomicInteger(100);
  private static final String ON_CHAIN = ",\"rails\":[\"eip155:84532\"]";

  /// An owner whose agent has dollars on the chain, and a till of nobody's.
  private static final class Shop {
    final Anvil anvil;
    final TestHub hub;
    final Bank bank;
    final Caller owner;
    final String ownerId;
    final Caller agent;
    final Wallet wallet = wallet();
    final Address till = wallet().address();
    final Caller anybody;

    Shop(Anvil anvil, TestHub hub) {
      this.anvil = anvil;
      this.hub = hub;
      this.bank = new Bank(hub);
      JsonNode made = bank.admin.post(201, "/owners", "{\"name\":\"Ada\"}");
      this.ownerId = made.get("owner_id").stringValue();
      this.owner = Caller.of(hub, "Ada", made.get("api_key").stringValue());
      this.agent = bank.agentOf(owner, "buyer", "0");
      this.anybody = Caller.withoutKey(hub);
      wallet.bindTo(agent);
      rich(wallet);
    }

    static Wallet wallet() {
      return Wallet.of(WALLETS.incrementAndGet());
    }

    void rich(Wallet one) {
      anvil.mint(one.address(), 100 * PRICE);
    }

    String allow(String more) {
      return allow(more, "{}");
    }

    String allow(String more, String counterparties) {
      return owner
          .post(
              201,
              "/mandates",
              ("{\"agent_id\":\"buyer\",\"expires_in\":604800,\"counterparties\":%s,"
                      + "\"spend\":[{\"asset\":\"%s\",\"amount\":25000%s}]}")
                  .formatted(counterparties, ChainHub.ASSET, more))
          .get("mandate_id")
          .stringValue();
    }

    ObjectNode signed(Wallet by, Address payTo, long atoms) {
      ObjectNode required = Anvil.required(atoms, payTo);
      ObjectNode body = Json.object();
      body.put("x402Version", 2);
      body.set("paymentPayload", by.pays(required, hub.now().getEpochSecond()));
      body.set("paymentRequirements", required);
      return body;
    }

    ObjectNode signed(Wallet by) {
      return signed(by, till, PRICE);
    }

    JsonNode settle(JsonNode body) {
      return anybody.post(200, "/x402/settle", body.toString());
    }

    /// "" where it is paid.
    String reason(JsonNode body) {
      return settle(body).path("errorReason").asString("");
    }

    String seen(JsonNode body) {
      return anybody
          .post(200, "/v1/x402/verify", body.toString())
          .path("invalidReason")
          .asString("");
    }

    String pay() {
      return reason(signed(wallet));
    }

    void order(String what, Caller by, String scope) {
      by.post(200, "/" + what, "{\"scope\":\"" + scope + "\"}");
    }

    String remaining(String mandate) {
      return owner.get(200, "/mandates/" + mandate).get("remaining").toString();
    }
  }

  private static void play(Map<String, String> settings, Consumer<Shop> test) {
    ChainHub.onEach(settings, (anvil, hub) -> test.accept(new Shop(anvil, hub)));
  }

  @Test
  void whoeverIsStoppedPaysNothingOnAChain() {
    play(
        Map.of(),
        shop -> {
          shop.allow(ON_CHAIN);
          Wallet foreign = Shop.wallet();
          shop.rich(foreign);
          shop.order("stop", shop.owner, "agent:buyer");
          ObjectNode signed = shop.signed(shop.wallet);
          assertThat(shop.reason(signed)).isEqualTo("stopped");
          assertThat(shop.seen(signed)).isEqualTo("stopped");
          shop.order("resume", shop.owner, "agent:buyer");
          assertThat(shop.seen(signed)).isEmpty();

          shop.order("stop", shop.owner, "owner:" + shop.ownerId);
          assertThat(shop.reason(signed)).isEqualTo("stopped");
          assertThat(shop.seen(signed)).isEqualTo("stopped");
          assertThat(shop.reason(shop.signed(foreign))).as("of nobody here").isEmpty();
          shop.order("resume", shop.owner, "owner:" + shop.ownerId);

          shop.order("stop", shop.bank.admin, "hub");
          assertThat(shop.reason(signed)).isEqualTo("stopped");
          assertThat(shop.reason(shop.signed(foreign))).isEqualTo("stopped");
          assertThat(shop.seen(shop.signed(foreign))).isEqualTo("stopped");
          shop.order("resume", shop.bank.admin, "hub");
          assertThat(shop.anvil.balance(shop.till)).isEqualTo(PRICE);
          assertThat(shop.reason(signed)).isEmpty();
          assertThat(shop.anvil.balance(shop.till)).isEqualTo(2 * PRICE);
        });
  }

  @Test
  void whatIsOnItsWayEndsWhateverIsStopped() {
    play(
        Map.of("evm-confirmations", "4"),
        shop -> {
          String mandate = shop.allow(ON_CHAIN);
          ObjectNode signed = shop.signed(shop.wallet);
          CompletableFuture<String> told = CompletableFuture.supplyAsync(() -> shop.reason(signed));
          while (!shop.remaining(mandate).contains("15000")) {
            Thread.onSpinWait();
          }
          shop.order("stop", shop.bank.admin, "hub");
          assertThat(told.join()).isEmpty();
          assertThat(shop.anvil.balance(shop.till)).isEqualTo(PRICE);
          shop.order("resume", shop.bank.admin, "hub");
          assertThat(shop.remaining(mandate)).contains("15000");
        });
  }

  @Test
  void aMandateBoundsWhatItsAgentPaysOnAChain() {
    play(
        Map.of(),
        shop -> {
          assertThat(shop.pay()).isEqualTo("mandate-required");
          shop.allow("");
          assertThat(shop.pay()).as("the rail is not named").isEqualTo("mandate-required");
          String mandate = shop.allow(ON_CHAIN);
          ObjectNode signed = shop.signed(shop.wallet);
          assertThat(shop.reason(signed)).isEmpty();
          assertThat(shop.remaining(mandate)).contains("15000");
          for (int i = 0; i < 3; i++) {
            assertThat(shop.reason(signed)).isEqualTo("nonce_already_used");
          }
          assertThat(shop.remaining(mandate)).as("counted once").contains("15000");
          assertThat(shop.pay()).isEmpty();
          assertThat(shop.pay()).isEqualTo("budget-exhausted");
          assertThat(shop.reason(shop.signed(shop.wallet, shop.till, 5_001)))
              .isEqualTo("budget-exhausted");
          assertThat(shop.reason(shop.signed(shop.wallet, shop.till, 5_000))).isEmpty();
          assertThat(shop.reason(shop.signed(shop.wallet, shop.till, 1_000)))
              .isEqualTo("budget-exhausted");
          assertThat(shop.anvil.balance(shop.till)).as("all of it, and no more").isEqualTo(25_000);
        });
  }

  @Test
  void noRaceIsPaidOverAMandate() {
    play(
        Map.of(),
        shop -> {
          shop.allow(ON_CHAIN);
          var told =
              IntStream.range(0, 8)
                  .mapToObj(_ -> shop.signed(shop.wallet))
                  .map(body -> CompletableFuture.supplyAsync(() -> shop.reason(body)))
                  .toList();
          long paid = told.stream().map(CompletableFuture::join).filter(String::isEmpty).count();
          assertThat(paid).isEqualTo(2);
          assertThat(shop.anvil.balance(shop.till)).isEqualTo(2 * PRICE);
        });
  }

  @Test
  void aMandateSaysWhomItsAgentPaysOnAChain() {
    play(
        Map.of(),
        shop -> {
          Caller seller = Caller.join(shop.hub, "seller");
          Wallet sellers = Shop.wallet();
          sellers.bindTo(seller);
          shop.allow(ON_CHAIN, "{\"agents\":[\"seller\"]}");
          assertThat(shop.pay()).as("to an address of nobody").isEqualTo("mandate-required");
          assertThat(shop.reason(shop.signed(shop.wallet, sellers.address(), PRICE))).isEmpty();
          seller.call(204, "PUT", "/blocks/buyer", null);
          assertThat(shop.reason(shop.signed(shop.wallet, sellers.address(), PRICE)))
              .isEqualTo("contact-required");
          assertThat(shop.anvil.balance(sellers.address())).isEqualTo(PRICE);
        });
  }

  @Test
  void aKeyThatIsGivenUpKeepsTheRules() {
    play(
        Map.of(),
        shop -> {
          shop.bank.admin.call(204, "DELETE", "/agents/buyer/credentials", null);
          assertThat(shop.pay()).isEqualTo("mandate-required");
        });
  }

  @Test
  void theBreakerOfWhatAnAgentSpendsHoldsOnAChain() {
    play(
        Map.of("breaker-payments", "2"),
        shop -> {
          shop.allow(ON_CHAIN);
          assertThat(shop.reason(shop.signed(shop.wallet, shop.till, 1_000))).isEmpty();
          assertThat(shop.reason(shop.signed(shop.wallet, shop.till, 1_000))).isEmpty();
          assertThat(shop.reason(shop.signed(shop.wallet, shop.till, 1_000)))
              .isEqualTo("circuit-open");
        });
  }

  @Test
  void aPatternOfIdsLetsNoAddressOfNobodyBePaid() {
    play(
        Map.of(),
        shop -> {
          for (String pattern : List.of("e*", "eip155*", "#*")) {
            shop.allow(ON_CHAIN, "{\"agents\":[\"" + pattern + "\"]}");
            assertThat(shop.pay()).as(pattern).isEqualTo("mandate-required");
          }
          shop.allow(ON_CHAIN + ",\"per_counterparty\":15000", "{\"agents\":[\"*\"]}");
          assertThat(shop.pay()).isEmpty();
          assertThat(shop.pay()).as("per_counterparty").isEqualTo("budget-exhausted");
          Address other = Shop.wallet().address();
          assertThat(shop.reason(shop.signed(shop.wallet, other, PRICE))).isEmpty();
        });
  }

  @Test
  void whoeverKeepsARefusedPaymentDoesNotShutItsPayerOut() {
    play(
        Map.of("breaker-refusals", "20", "breaker-repeats", "30", "rate-per-minute", "100"),
        shop -> {
          Caller other = Caller.join(shop.hub, "other");
          ObjectNode signed = shop.signed(shop.wallet);
          for (int i = 0; i < 120; i++) {
            assertThat(shop.reason(signed)).isEqualTo("mandate-required");
          }
          shop.agent.send(other.id(), "still here");
          assertThat(shop.agent.get(200, "/breakers").get("breakers")).isEmpty();
        });
  }

  @Test
  void whereAPersonMustApproveNothingIsPaidByASignature() {
    play(
        Map.of(),
        shop -> {
          shop.allow(ON_CHAIN);
          shop.bank.admin.call(200, "PUT", "/holds/buyer", "{\"kinds\":[\"first-contact\"]}");
          assertThat(shop.pay()).isEqualTo("approval-required");
          assertThat(shop.bank.admin.get(200, "/approvals").get("approvals")).isEmpty();
          shop.bank.admin.call(200, "PUT", "/holds/buyer", "{\"kinds\":[]}");
          assertThat(shop.pay()).isEmpty();
        });
  }

  @Test
  void theSameAtTwoHubsIsPaidAndCountedOnce() {
    Optional<String> database = TestDatabase.shared();
    Optional<Anvil> started = Anvil.ticking();
    assumeTrue(database.isPresent() && started.isPresent(), "anvil or PostgreSQL is missing");
    Map<String, String> more = Map.of("database", database.get());
    try (Anvil anvil = started.get();
        TestHub one = TestHub.start(ChainHub.settings(anvil, more));
        TestHub other = TestHub.start(ChainHub.settings(anvil, more))) {
      for (TestHub hub : List.of(one, other)) {
        anvil.giveEther(GasOf.hub(hub.data()), BigInteger.TEN.pow(18));
      }
      var shop = new Shop(anvil, one);
      String mandate = shop.allow(ON_CHAIN);
      Caller there = Caller.withoutKey(other);
      // Each comes to its reservation before the other has stored one.
      one.execute("CREATE SEQUENCE arrived");
      one.execute(
          """
          CREATE FUNCTION meet() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            PERFORM nextval('arrived');
            FOR i IN 1..1000 LOOP
              EXIT WHEN (SELECT last_value FROM arrived) >= 2;
              PERFORM pg_sleep(0.01);
            END LOOP;
            RETURN NEW;
          END $$
          """);
      one.execute(
          "CREATE TRIGGER meet BEFORE INSERT ON reservation FOR EACH ROW EXECUTE FUNCTION meet()");
      String body = shop.signed(shop.wallet).toString();
      List<String> told =
          Stream.of(shop.anybody, there)
              .map(by ->
                  CompletableFuture.supplyAsync(
                      () -> by.post(200, "/x402/settle", body).path("errorReason").asString("")))
              .toList()
              .stream()
              .map(CompletableFuture::join)
              .toList();
      assertThat(told).containsExactlyInAnyOrder("", "nonce_already_used");
      assertThat(anvil.balance(shop.till)).isEqualTo(PRICE);
      assertThat(shop.remaining(mandate)).contains("15000");
    }
  }
}
