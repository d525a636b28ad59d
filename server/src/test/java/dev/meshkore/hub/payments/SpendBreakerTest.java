package dev.meshkore.hub.payments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.meshkore.hub.testing.Bank;
import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.TestDatabase;
import dev.meshkore.hub.testing.TestHub;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Agents that pay much more often, or much more, than they did before.
final class SpendBreakerTest {
  private static final Map<String, String> SPIKE = Map.of("breaker-spike", "10");
  private static final Map<String, String> VELOCITY = Map.of("breaker-payments", "10");

  @TempDir private Path folder;

  private interface Play {
    void on(Bank bank);
  }

  private void onEach(Map<String, String> settings, Play play) {
    TestHub.onEach(settings, hub -> play.on(new Bank(hub)));
  }

  private static void payOften(Bank bank, Caller payer, String name, int times) {
    for (int i = 0; i < times; i++) {
      Bank.pay(payer, 201, name + i, "bob", i % 2 == 0 ? "1" : "1.2");
      bank.hub.advance(Duration.ofMinutes(2));
    }
  }

  private static JsonNode isOpen(Caller payer, String id, String amount, String reason) {
    JsonNode refused = Bank.pay(payer, 429, id, "bob", amount);
    assertThat(Bank.slug(refused)).isEqualTo("circuit-open");
    assertThat(refused.get("scope").stringValue()).isEqualTo("spending:" + payer.id());
    assertThat(refused.get("reason").stringValue()).isEqualTo(reason);
    return refused;
  }

  /// Waits until an owner is told of a trip.
  private static JsonNode told(Caller owner) {
    Instant deadline = Instant.now().plusSeconds(30);
    while (true) {
      for (JsonNode event : owner.get(200, "/owners/me/events").get("events")) {
        if (event.toString().contains("circuit-open")) {
          return event;
        }
      }
      assertThat(Instant.now()).isBefore(deadline);
    }
  }

  @Test
  void whoPaysTooOftenPaysNoMoreForAWhile() {
    onEach(
        VELOCITY,
        bank -> {
          Caller ada = bank.owner("Ada");
          Caller alice = bank.agentOf(ada, "alice", "100");
          Caller bob = bank.agent("bob", "50");
          bank.allow(ada, "alice", "\"amount\":90000000");
          String held = Bank.hold(alice, "h", "5", 86_400);
          for (int i = 0; i < 9; i++) {
            Bank.pay(alice, 201, "p" + i, "bob", "1");
          }
          JsonNode refused = isOpen(alice, "q", "1", "velocity");
          assertThat(refused.get("retry_after").longValue()).isBetween(50L, 60L);
          assertThat(told(ada).toString()).contains("spending:alice", "velocity", "11 payments");
          // Nobody else is concerned, and nothing else that it does.
          Bank.pay(bob, 201, "p", "alice", "2");
          alice.send("bob", "I go on writing");
          Bank.change(alice, held, "post", "{\"amount\":\"2\"}");
          String paid = Bank.pay(bob, 201, "p2", "alice", "3").get("transfer_id").stringValue();
          alice.post(201, "/wallet/transfers/" + paid + "/refund", "{\"id\":\"r\"}");
          String back = Bank.hold(bob, "h", "alice", "1", 600);
          Bank.change(alice, back, "release", "{}");
          ada.post(201, "/withdrawals", "{\"id\":\"w\",\"agent_id\":\"alice\",\"amount\":\"1\"}");
          // After the pause a few are let through, and the same id is still free.
          bank.hub.advance(Duration.ofSeconds(61));
          Bank.pay(alice, 201, "q", "bob", "1");
          bank.hub.advance(Duration.ofSeconds(61));
          for (int i = 0; i < 8; i++) {
            Bank.pay(alice, 201, "s" + i, "bob", "1");
          }
          assertThat(alice.get(200, "/breakers").get("breakers")).isEmpty();
          bank.check();
        });
  }

  @Test
  void whatAnotherRuleRefusesIsNoPayment() {
    onEach(
        VELOCITY,
        bank -> {
          Caller ada = bank.owner("Ada");
          Caller alice = bank.agentOf(ada, "alice", "100");
          bank.agent("bob", "0");
          bank.allow(ada, "alice", "\"amount\":90000000,\"per_payment\":1000000");
          for (int i = 0; i < 15; i++) {
            assertThat(Bank.slug(Bank.pay(alice, 429, "much" + i, "bob", "2")))
                .isEqualTo("budget-exhausted");
          }
          for (int i = 0; i < 10; i++) {
            Bank.pay(alice, 201, "p" + i, "bob", "1");
          }
          isOpen(alice, "q", "1", "velocity");
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"ledger_transfer", "market_notice"})
  void aPaymentThatLostARaceCountsOnce(String table) {
    Optional<String> database = TestDatabase.shared();
    assumeThat(database).isNotEmpty();
    var settings = new HashMap<String, String>(VELOCITY);
    settings.put("database", database.get());
    try (TestHub hub = TestHub.start(settings)) {
      var bank = new Bank(hub);
      Caller alice = bank.agent("alice", "100");
      bank.agent("bob", "0");
      hub.execute("CREATE SEQUENCE lost");
      hub.execute(
          """
          CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF nextval('lost') % 2 = 1 THEN RAISE EXCEPTION 'lost' USING ERRCODE = '40001'; END IF;
            RETURN NEW;
          END $$
          """);
      hub.execute(
          "CREATE TRIGGER lose BEFORE INSERT ON "
              + table
              + " FOR EACH ROW EXECUTE FUNCTION lose()");
      for (int i = 0; i < 10; i++) {
        Bank.pay(alice, 201, "p" + i, "bob", "1");
      }
      isOpen(alice, "q", "1", "velocity");
      bank.check();
    }
  }

  @Test
  void whoPaysMuchMoreThanEverIsStoppedUntilItsOwnerSaysYes() {
    onEach(
        SPIKE,
        bank -> {
          Caller ada = bank.owner("Ada");
          Caller eve = bank.owner("Eve");
          Caller alice = bank.agentOf(ada, "alice", "1000");
          bank.agent("bob", "0");
          bank.allow(ada, "alice", "\"amount\":900000000");
          // From a few payments nobody can tell.
          payOften(bank, alice, "few", 10);
          Bank.pay(alice, 201, "large", "bob", "100");
          payOften(bank, alice, "more", 60);
          Bank.pay(alice, 201, "under", "bob", "9.9");
          isOpen(alice, "spike", "12", "amount");
          isOpen(alice, "any", "1", "amount");
          assertThat(told(ada).toString()).contains("12000000 atoms of CREDIT");
          // The pause ends; what was too much still is, and the pause is twice as long.
          bank.hub.advance(Duration.ofSeconds(61));
          Bank.pay(alice, 201, "usual", "bob", "1");
          JsonNode again = isOpen(alice, "spike", "12", "amount");
          assertThat(again.get("retry_after").longValue()).isBetween(110L, 120L);
          eve.call(403, "DELETE", "/breakers/spending:alice", null);
          alice.call(403, "DELETE", "/breakers/spending:alice", null);
          ada.call(403, "DELETE", "/breakers/agent:alice", null);
          ada.call(204, "DELETE", "/breakers/spending:alice", null);
          Bank.pay(alice, 201, "spike", "bob", "12");
          bank.hub.advance(Duration.ofMinutes(11));
          isOpen(alice, "spike2", "13", "amount");
          bank.check();
        });
  }

  @Test
  void aBurstDoesNotBecomeWhatIsUsual() {
    onEach(
        SPIKE,
        bank -> {
          Caller alice = bank.agent("alice", "10000");
          bank.agent("bob", "0");
          payOften(bank, alice, "p", 25);
          bank.hub.advance(Duration.ofHours(2));
          for (int i = 0; i < 40; i++) {
            Bank.pay(alice, 201, "burst" + i, "bob", "9");
          }
          bank.hub.advance(Duration.ofMinutes(11));
          isOpen(alice, "spike", "50", "amount");
        });
  }

  @Test
  void feesMakeNothingUsual() {
    onEach(
        SPIKE,
        bank -> {
          Caller alice = bank.agent("alice", "1000");
          Caller bob = bank.agent("bob", "0");
          for (int i = 0; i < 25; i++) {
            String body =
                "{\"provider\":\"bob\",\"subject\":\"s\",\"amount\":\"1\",\"escrow\":false}";
            String steps = "/jobs/" + alice.post(201, "/jobs", body).get("job_id").stringValue();
            for (String step : List.of("accept", "submit", "complete")) {
              Caller who = step.equals("complete") ? alice : bob;
              String sha = step.equals("submit") ? ",\"sha256\":\"" + "0".repeat(64) + "\"" : "";
              String head = who.get(200, steps).get("head").stringValue();
              who.post(
                  201,
                  steps + "/steps",
                  "{\"step\":\"%s\",\"previous\":\"%s\"%s}".formatted(step, head, sha));
            }
          }
          Bank.pay(alice, 201, "small", "bob", "0.5");
          Bank.pay(alice, 201, "small2", "bob", "0.5");
          bank.hub.advance(Duration.ofMinutes(11));
          Bank.pay(alice, 201, "usual", "bob", "6");
          bank.check();
        });
  }

  @Test
  void aRestartForgetsNothing() throws Exception {
    for (Map<String, String> database : TestDatabase.settings()) {
      var settings = new HashMap<>(database);
      settings.put("data", Files.createTempDirectory(folder, "data").toString());
      settings.put("breaker-spike", "10");
      settings.put("breaker-payments", "40");
      Instant began = Instant.now();
      Caller alice;
      try (TestHub hub = TestHub.start(settings)) {
        var bank = new Bank(hub);
        alice = bank.agent("alice", "1000");
        bank.agent("bob", "0");
        for (int i = 0; i < 30; i++) {
          Bank.pay(alice, 201, "p" + i, "bob", "1");
        }
      }
      try (TestHub hub = TestHub.start(settings)) {
        isOpen(alice.at(hub), "spike", "20", "amount");
        Caller.admin(hub).call(204, "DELETE", "/breakers/spending:alice", null);
      }
      settings.put("breaker-payments", "31");
      try (TestHub hub = TestHub.start(settings)) {
        // Ten minutes are allowed, and then all is as before.
        Bank.pay(alice.at(hub), 201, "spike", "bob", "20");
        Bank.pay(alice.at(hub), 201, "p30", "bob", "1");
        hub.execute("DELETE FROM spending_allowed");
        int status =
            alice
                .at(hub)
                .exchange("POST", "/wallet/transfers", Bank.payment("p31", "bob", "1", ""))
                .statusCode();
        // Should the machine be slow, the minute is over.
        if (Duration.between(began, Instant.now()).toSeconds() < 50) {
          assertThat(status).isEqualTo(429);
        }
      }
    }
  }
}
