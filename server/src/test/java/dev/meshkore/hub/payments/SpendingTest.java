package dev.meshkore.hub.payments;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Bank;
import dev.meshkore.hub.testing.Caller;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// What agents of owners may spend.
final class SpendingTest {
  @TempDir private Path folder;

  private static void refused(
      Caller payer, int status, String slug, String id, String to, String amount) {
    assertThat(Bank.slug(Bank.pay(payer, status, id, to, amount))).isEqualTo(slug);
  }

  @Test
  void withoutAMandateNothingIsSpent() throws Exception {
    Bank.onEach(
        folder,
        bank -> {
          Caller ada = bank.owner("Ada");
          Caller alice = bank.agentOf(ada, "alice", "10");
          bank.agent("bob", "0");
          refused(alice, 403, "mandate-required", "p1", "bob", "1");
          // It was no lack of money: the id may still be used.
          bank.allow(ada, "alice", "\"amount\":3000000");
          Bank.pay(alice, 201, "p1", "bob", "1");
          JsonNode refused = Bank.pay(alice, 429, "p2", "bob", "2.000001");
          assertThat(Bank.slug(refused)).isEqualTo("budget-exhausted");
          assertThat(refused.get("unit").stringValue()).isEqualTo("CREDIT");
          assertThat(refused.get("limit").longValue()).isEqualTo(3_000_000);
          assertThat(refused.get("remaining").longValue()).isEqualTo(2_000_000);
          Bank.pay(alice, 201, "p3", "bob", "2");
          assertThat(Bank.available(alice)).isEqualTo("7.000000");
          bank.check();
        });
  }

  @Test
  void aPaymentAFirstOneAndAnAgentHaveLimits() throws Exception {
    Bank.onEach(
        folder,
        bank -> {
          Caller ada = bank.owner("Ada");
          Caller alice = bank.agentOf(ada, "alice", "100");
          bank.agent("bob", "0");
          bank.agent("carol", "0");
          bank.allow(
              ada,
              "alice",
              "\"amount\":50000000,\"per_payment\":5000000,\"per_counterparty\":8000000,"
                  + "\"first_payment\":1000000");
          refused(alice, 429, "budget-exhausted", "p1", "bob", "2");
          Bank.pay(alice, 201, "p2", "bob", "1");
          refused(alice, 429, "budget-exhausted", "p3", "bob", "5.000001");
          Bank.pay(alice, 201, "p4", "bob", "5");
          JsonNode refused = Bank.pay(alice, 429, "p5", "bob", "3");
          assertThat(refused.get("scope").stringValue()).endsWith(":to:bob");
          Bank.pay(alice, 201, "p6", "bob", "2");
          Bank.pay(alice, 201, "p7", "carol", "1");
          assertThat(Bank.available(alice)).isEqualTo("91.000000");
          bank.check();
        });
  }

  @Test
  void windowsRollAndDaysBeginAnew() throws Exception {
    Bank.onEach(
        folder,
        bank -> {
          Caller ada = bank.owner("Ada");
          Caller alice = bank.agentOf(ada, "alice", "100");
          bank.agent("bob", "0");
          bank.allow(
              ada,
              "alice",
              "\"windows\":[{\"seconds\":3600,\"amount\":4000000},"
                  + "{\"calendar\":\"day\",\"amount\":6000000}]");
          Bank.pay(alice, 201, "p1", "bob", "4");
          JsonNode refused = Bank.pay(alice, 429, "p2", "bob", "1");
          assertThat(refused.get("retry_after").longValue()).isBetween(3_500L, 3_700L);
          bank.hub.advance(Duration.ofMinutes(62));
          // A day may have begun meanwhile; then six are free again.
          HttpResponse<String> more =
              alice.exchange("POST", "/wallet/transfers", Bank.payment("p3", "bob", "3", ""));
          if (more.statusCode() == 429) {
            assertThat(more.body()).contains("6000000");
            bank.hub.advance(Duration.ofDays(1));
            Bank.pay(alice, 201, "p3", "bob", "3");
          }
          bank.check();
        });
  }

  @Test
  void whatIsHeldCountsUntilItIsFreeAgain() throws Exception {
    Bank.onEach(
        folder,
        bank -> {
          Caller ada = bank.owner("Ada");
          Caller alice = bank.agentOf(ada, "alice", "100");
          Caller bob = bank.agent("bob", "0");
          bank.allow(ada, "alice", "\"amount\":10000000");
          String hold = Bank.payment("h1", "bob", "6", ",\"hold_seconds\":600");
          String held = alice.post(201, "/wallet/transfers", hold).get("transfer_id").stringValue();
          refused(alice, 429, "budget-exhausted", "p1", "bob", "5");
          alice.post(200, "/wallet/transfers/" + held + "/post", "{\"amount\":\"2\"}");
          Bank.pay(alice, 201, "p2", "bob", "5");
          refused(alice, 429, "budget-exhausted", "p3", "bob", "3.000001");

          String again = Bank.payment("h2", "bob", "3", ",\"hold_seconds\":600");
          held = alice.post(201, "/wallet/transfers", again).get("transfer_id").stringValue();
          refused(alice, 429, "budget-exhausted", "p4", "bob", "1");
          bob.post(200, "/wallet/transfers/" + held + "/release", "{}");
          Bank.pay(alice, 201, "p5", "bob", "3");

          refused(alice, 429, "budget-exhausted", "p6", "bob", "0.000001");
          assertThat(Bank.available(bob)).isEqualTo("10.000000");
          bank.check();
        });
  }

  @Test
  void aRevokedMandateEndsAtOnceAndWhatIsPaidBackPasses() throws Exception {
    Bank.onEach(
        folder,
        bank -> {
          Caller ada = bank.owner("Ada");
          Caller alice = bank.agentOf(ada, "alice", "10");
          Caller bob = bank.agent("bob", "0");
          String mandate =
              bank.allow(ada, "alice", "\"amount\":9000000").get("mandate_id").stringValue();
          String from =
              Bank.pay(bank.agent("carol", "5"), 201, "p", "alice", "5")
                  .get("transfer_id")
                  .stringValue();
          Bank.pay(alice, 201, "p1", "bob", "1");
          ada.call(204, "DELETE", "/mandates/" + mandate, null);
          refused(alice, 403, "mandate-required", "p2", "bob", "1");
          alice.post(201, "/wallet/transfers/" + from + "/refund", "{\"id\":\"r\"}");
          assertThat(Bank.available(bob)).isEqualTo("1.000000");
          bank.check();
        });
  }

  @Test
  void manyAtOnceNeverSpendMoreThanTheLimit() throws Exception {
    Bank.onEach(
        folder,
        bank -> {
          Caller ada = bank.owner("Ada");
          Caller alice = bank.agentOf(ada, "alice", "1000");
          bank.agent("bob", "0");
          bank.agent("carol", "0");
          bank.allow(
              ada,
              "alice",
              "\"amount\":20000000,\"windows\":[{\"seconds\":86400,\"amount\":15000000}]");
          var answers = new ArrayList<Future<HttpResponse<String>>>();
          try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 80; i++) {
              String hold = i % 3 == 0 ? ",\"hold_seconds\":600" : "";
              String body = Bank.payment("p" + i, i % 2 == 0 ? "bob" : "carol", "1", hold);
              answers.add(threads.submit(() -> alice.exchange("POST", "/wallet/transfers", body)));
            }
          }
          int made = 0;
          for (Future<HttpResponse<String>> answer : answers) {
            made += answer.get().statusCode() == 201 ? 1 : 0;
          }
          assertThat(made).isEqualTo(15);
          assertThat(Bank.available(alice)).isEqualTo("985.000000");
          bank.check();
        });
  }

  @Test
  void limitsThatSayNothingAreRefused() throws Exception {
    Bank.onEach(
        folder,
        bank -> {
          Caller ada = bank.owner("Ada");
          bank.agentOf(ada, "alice", "0");
          for (String limits :
              new String[] {
                "\"per_payment\":5",
                "\"amount\":-1",
                "\"windows\":[{\"amount\":5}]",
                "\"windows\":[{\"calendar\":\"year\",\"amount\":5}]",
                "\"windows\":[{\"seconds\":59,\"amount\":5}]",
                "\"windows\":[{\"seconds\":60,\"amount\":5},{\"seconds\":60,\"amount\":6}]",
                "\"amount\":5,\"daily\":6"
              }) {
            String body =
                "{\"agent_id\":\"alice\",\"calls\":[\"profile\"],"
                    + ("\"spend\":[{\"asset\":\"CREDIT\"," + limits + "}]}");
            assertThat(Bank.slug(ada.post(400, "/mandates", body)))
                .as(limits)
                .isEqualTo("invalid-field");
          }
        });
  }
}
