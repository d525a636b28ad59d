package dev.meshkore.hub.payments;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.Bank;
import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.TestDatabase;
import dev.meshkore.hub.testing.TestHub;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// What limits hold, whatever happens to the hub, and what can be read of them.
final class MandateLimitsTest {
  @TempDir private Path folder;

  @Test
  void weeksAndMonthsOfTheCalendarBeginAnew() throws Exception {
    Bank.onEach(
        folder,
        bank -> {
          Caller ada = bank.owner("Ada");
          Caller alice = bank.agentOf(ada, "alice", "100");
          bank.agent("bob", "0");
          ZonedDateTime first =
              bank.hub
                  .now()
                  .atZone(ZoneOffset.UTC)
                  .truncatedTo(ChronoUnit.DAYS)
                  .with(TemporalAdjusters.firstDayOfNextMonth())
                  .with(TemporalAdjusters.nextOrSame(DayOfWeek.TUESDAY))
                  .plusHours(12);
          bank.hub.advance(Duration.between(bank.hub.now(), first.toInstant()));
          String limits =
              "\"windows\":[{\"calendar\":\"week\",\"amount\":2000000},"
                  + "{\"calendar\":\"month\",\"amount\":5000000}]";
          ada.post(
              201,
              "/mandates",
              ("{\"agent_id\":\"alice\",\"expires_in\":8640000,\"counterparties\":{},"
                      + "\"spend\":[{\"asset\":\"CREDIT\",%s}]}")
                  .formatted(limits));
          Instant month = first.plusMonths(1).withDayOfMonth(1).minusHours(12).toInstant();
          int id = 0;
          long left = 5;
          Instant monday =
              first.with(TemporalAdjusters.next(DayOfWeek.MONDAY)).minusHours(12).toInstant();
          while (left > 0) {
            long now = Math.min(2, left);
            Bank.pay(alice, 201, "p" + id++, "bob", Long.toString(now));
            left -= now;
            JsonNode refused = Bank.pay(alice, 429, "q" + id, "bob", "2");
            Instant frees = Instant.parse(refused.get("resets_at").stringValue());
            assertThat(frees).isEqualTo(left >= 2 ? monday : month);
            if (left > 0) {
              bank.hub.advance(Duration.between(bank.hub.now(), monday));
              monday = monday.plus(Duration.ofDays(7));
            }
          }
          bank.hub.advance(Duration.between(bank.hub.now(), month));
          Bank.pay(alice, 201, "next", "bob", "1");
          bank.check();
        });
  }

  @Test
  void whatRemainsOfEveryLimitCanBeRead() throws Exception {
    Bank.onEach(
        folder,
        bank -> {
          Caller ada = bank.owner("Ada");
          Caller alice = bank.agentOf(ada, "alice", "100");
          bank.agent("bob", "0");
          bank.agent("carol", "0");
          String mandate =
              bank.allow(
                      ada,
                      "alice",
                      "\"amount\":50000000,\"per_payment\":9000000,\"per_counterparty\":8000000,"
                          + "\"first_payment\":6000000,\"require_escrow_over\":7000000,"
                          + "\"rails\":[\"ledger\",\"eip155:8453\"],"
                          + "\"windows\":[{\"seconds\":3600,\"amount\":10000000},"
                          + "{\"calendar\":\"month\",\"amount\":30000000}]")
                  .get("mandate_id")
                  .stringValue();
          Bank.pay(alice, 201, "p1", "bob", "5");
          Bank.pay(alice, 201, "p2", "carol", "1");
          JsonNode shown = alice.get(200, "/mandates/" + mandate);
          assertThat(shown.at("/spend/0/require_escrow_over").longValue()).isEqualTo(7_000_000);
          assertThat(shown.at("/spend/0/rails")).hasSize(2);
          var left = new HashMap<String, Long>();
          for (JsonNode one : shown.get("remaining")) {
            String counterparty = one.path("counterparty").asString("");
            String window = one.path("calendar").asString(one.path("seconds").asString(""));
            left.put(
                one.get("name").stringValue() + counterparty + window,
                one.get("remaining").longValue());
            boolean isWindow = one.get("name").stringValue().equals("windows");
            assertThat(one.has("resets_at")).as("%s", one).isEqualTo(isWindow);
          }
          assertThat(left)
              .isEqualTo(
                  Map.of(
                      "amount", 44_000_000L,
                      "per_payment", 9_000_000L,
                      "first_payment", 6_000_000L,
                      "require_escrow_over", 7_000_000L,
                      "per_counterparty", 8_000_000L,
                      "per_counterpartybob", 3_000_000L,
                      "per_counterpartycarol", 7_000_000L,
                      "windows3600", 4_000_000L,
                      "windowsmonth", 24_000_000L));
          // It frees what it said, when it said so.
          for (JsonNode one : shown.get("remaining")) {
            if (one.path("seconds").asLong() == 3_600) {
              Instant frees = Instant.parse(one.get("resets_at").stringValue());
              bank.hub.advance(Duration.between(bank.hub.now(), frees).plusMillis(1));
            }
          }
          for (JsonNode one : alice.get(200, "/mandates/" + mandate).get("remaining")) {
            if (one.path("seconds").asLong() == 3_600) {
              assertThat(one.get("remaining").longValue()).isGreaterThan(4_000_000);
            }
          }
        });
  }

  @Test
  void aLimitIsLoweredAtOnceAndNeverRaisedByItsHolder() throws Exception {
    Bank.onEach(
        folder,
        bank -> {
          Caller ada = bank.owner("Ada");
          Caller alice = bank.agentOf(ada, "alice", "100");
          bank.agent("bob", "0");
          JsonNode wide = bank.allow(ada, "alice", "\"amount\":50000000");
          Bank.pay(alice, 201, "p1", "bob", "5");
          ada.call(204, "DELETE", "/mandates/" + wide.get("mandate_id").stringValue(), null);
          String narrow =
              bank.allow(ada, "alice", "\"amount\":1000000").get("mandate_id").stringValue();
          assertThat(Bank.slug(Bank.pay(alice, 429, "p2", "bob", "5")))
              .isEqualTo("budget-exhausted");
          // What was revoked comes back neither from the agent nor by its token.
          JsonNode again =
              alice.post(
                  400,
                  "/mandates/presented",
                  "{\"mandate\":\"" + wide.get("token").stringValue() + "\"}");
          assertThat(Bank.slug(again)).isEqualTo("mandate-invalid");
          String own =
              "{\"agent_id\":\"alice\",\"calls\":[\"*\"],\"messages\":{},"
                  + "\"spend\":[{\"asset\":\"CREDIT\",\"amount\":50000000}]}";
          assertThat(alice.exchange("POST", "/mandates", own).statusCode()).isIn(401, 403);
          for (String method : List.of("PATCH", "PUT", "POST")) {
            int status = alice.exchange(method, "/mandates/" + narrow, own).statusCode();
            assertThat(status).as(method).isIn(404, 405);
          }
          assertThat(alice.exchange("PUT", "/limits/agent:alice", "{\"limit\":5}").statusCode())
              .isIn(401, 403);
          assertThat(Bank.slug(Bank.pay(alice, 429, "p2", "bob", "5")))
              .isEqualTo("budget-exhausted");
          Bank.pay(alice, 201, "p2", "bob", "1");
          bank.check();
        });
  }

  @Test
  void categoriesAndRailsAndEscrowHoldForPlainPayments() throws Exception {
    Bank.onEach(
        folder,
        bank -> {
          Caller ada = bank.owner("Ada");
          bank.agent("bob", "0");
          String all = "\"amount\":50000000,";
          Map<String, String> limits =
              Map.of(
                  "categories", "\"categories\":[\"language\"]",
                  "rails", "\"rails\":[\"eip155:8453\"]");
          for (Map.Entry<String, String> one : limits.entrySet()) {
            Caller agent = bank.agentOf(ada, "of-" + one.getKey(), "100");
            bank.allow(ada, agent.id(), all + one.getValue());
            JsonNode refused = Bank.pay(agent, 403, "p1", "bob", "1");
            assertThat(Bank.slug(refused)).isEqualTo("mandate-required");
            assertThat(refused.get("scope").stringValue()).endsWith(" " + one.getKey());
          }
          Caller agent = bank.agentOf(ada, "escrowing", "100");
          bank.allow(ada, "escrowing", all + "\"require_escrow_over\":2000000");
          Bank.pay(agent, 201, "p1", "bob", "2");
          JsonNode refused = Bank.pay(agent, 429, "p2", "bob", "2.000001");
          assertThat(refused.get("scope").stringValue()).endsWith(" require_escrow_over");
          assertThat(refused.get("limit").longValue()).isEqualTo(2_000_000);
          // A hold of one's own is no escrow: its payer alone decides.
          String held = Bank.payment("p3", "bob", "3", ",\"hold_seconds\":600");
          assertThat(Bank.slug(agent.post(429, "/wallet/transfers", held)))
              .isEqualTo("budget-exhausted");
          for (String bad :
              new String[] {
                "\"categories\":[]",
                "\"categories\":[\"Language\"]",
                "\"categories\":\"language\"",
                "\"rails\":[]",
                "\"rails\":[\"eip155\"]",
                "\"rails\":[\"eip155:*\"]",
                "\"require_escrow_over\":-1"
              }) {
            String body =
                "{\"agent_id\":\"escrowing\",\"calls\":[\"profile\"],"
                    + ("\"spend\":[{\"asset\":\"CREDIT\"," + all + bad + "}]}");
            assertThat(Bank.slug(ada.post(400, "/mandates", body))).as(bad).startsWith("invalid-");
          }
        });
  }

  /// What was spent before a restart counts after it.
  @Test
  void aRestartForgetsNothing() throws Exception {
    for (DatabaseUrl url : TestDatabase.each(folder).toList()) {
      Path data = Files.createTempDirectory(folder, "data");
      Map<String, String> settings =
          url instanceof DatabaseUrl.PostgresqlServer server
              ? Map.of("database", TestDatabase.setting(server), "data", data.toString())
              : Map.of("data", data.toString());
      Caller alice;
      try (TestHub hub = TestHub.start(settings)) {
        var bank = new Bank(hub);
        Caller ada = bank.owner("Ada");
        alice = bank.agentOf(ada, "alice", "1000");
        bank.agent("bob", "0");
        bank.allow(
            ada,
            "alice",
            "\"amount\":150000000,\"windows\":[{\"seconds\":86400,\"amount\":100000000}]");
        Bank.pay(alice, 201, "p1", "bob", "60");
        Bank.hold(alice, "h1", "30", 3_600);
      }
      for (int i = 0; i < 2; i++) {
        try (TestHub hub = TestHub.start(settings)) {
          Caller again = alice.at(hub);
          JsonNode refused = Bank.pay(again, 429, "r" + i, "bob", "11");
          assertThat(refused.get("remaining").longValue()).isEqualTo(10_000_000 - i);
          String atom = "{\"id\":\"a%d\",\"to\":\"bob\",\"atoms\":1}".formatted(i);
          again.post(201, "/wallet/transfers", atom);
        }
      }
    }
  }

  /// Many hubs on one store, all at once, spend together what one might.
  @Test
  void manyHubsOnOneStoreSpendNoMoreThanOne() throws Exception {
    for (Map<String, String> settings : TestDatabase.settings()) {
      if (settings.isEmpty()) {
        continue;
      }
      try (TestHub one = TestHub.start(settings);
          TestHub two = TestHub.start(settings);
          TestHub three = TestHub.start(settings)) {
        var bank = new Bank(one);
        Caller ada = bank.owner("Ada");
        Caller alice = bank.agentOf(ada, "alice", "1000");
        bank.agent("bob", "0");
        bank.agent("carol", "0");
        bank.allow(
            ada,
            "alice",
            "\"amount\":30000000,\"per_counterparty\":20000000,"
                + "\"windows\":[{\"seconds\":86400,\"amount\":25000000}]");
        var answers = new ArrayList<Future<HttpResponse<String>>>();
        List<Caller> everywhere = List.of(alice, alice.at(two), alice.at(three));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
          for (int i = 0; i < 120; i++) {
            Caller there = everywhere.get(i % 3);
            String hold = i % 4 == 0 ? ",\"hold_seconds\":600" : "";
            String body = Bank.payment("p" + i, i % 2 == 0 ? "bob" : "carol", "1", hold);
            answers.add(threads.submit(() -> there.exchange("POST", "/wallet/transfers", body)));
          }
        }
        int made = 0;
        for (Future<HttpResponse<String>> answer : answers) {
          assertThat(answer.get().statusCode()).isIn(201, 429);
          made += answer.get().statusCode() == 201 ? 1 : 0;
        }
        assertThat(made).isEqualTo(25);
        assertThat(Bank.available(alice)).isEqualTo("975.000000");
        bank.check();
      }
    }
  }

  /// Agents pay as fast as they can; what was paid when the stop is answered is all that ever is.
  @Test
  void noPaymentCommitsAfterAStop() throws Exception {
    for (Map<String, String> settings : TestDatabase.settings()) {
      boolean isShared = !settings.isEmpty();
      try (TestHub one = TestHub.start(settings);
          TestHub second = TestHub.start(settings)) {
        TestHub other = isShared ? second : one;
        var bank = new Bank(one);
        Caller alice = bank.agent("alice", "1000");
        Caller bob = bank.agent("bob", "0");
        var isDone = new AtomicBoolean();
        var running = new CountDownLatch(40);
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < 6; i++) {
          String name = "t" + i + "-";
          Caller there = alice.at(i % 2 == 0 ? one : other);
          threads.add(
              Thread.ofVirtual()
                  .start(() -> {
                    for (int j = 0; !isDone.get(); j++) {
                      String atom =
                          "{\"id\":\"%s\",\"to\":\"bob\",\"atoms\":1}".formatted(name + j);
                      there.exchange("POST", "/wallet/transfers", atom);
                      running.countDown();
                    }
                  }));
        }
        running.await();
        bank.admin.post(200, "/stop", "{\"scope\":\"agent:alice\",\"reason\":\"drill\"}");
        String atStop = Bank.available(bob);
        for (int i = 0; i < 20; i++) {
          assertThat(Bank.slug(Bank.pay(alice.at(other), 403, "after" + i, "bob", "1")))
              .isEqualTo("stopped");
        }
        isDone.set(true);
        for (Thread thread : threads) {
          thread.join();
        }
        assertThat(Bank.available(bob)).isEqualTo(atStop);
        bank.admin.post(200, "/resume", "{\"scope\":\"agent:alice\"}");
        Bank.pay(alice, 201, "again", "bob", "1");
        bank.check();
      }
    }
  }
}
