package dev.meshkore.hub.payments;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Bank;
import dev.meshkore.hub.testing.Caller;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Agents that pay each other over HTTP.
final class PaymentsTest {
  private static final List<String> NO_PAYMENTS =
      List.of(
          "\"amount\":\"-1\"",
          "\"amount\":\"+1\"",
          "\"amount\":\"1e3\"",
          "\"amount\":\"01\"",
          "\"amount\":\"1.0000001\"",
          "\"amount\":\"0\"",
          "\"amount\":\"9999999999999999\"",
          "\"amount\":1",
          "\"atoms\":-1",
          "\"atoms\":0",
          "\"atoms\":1.5",
          "\"atoms\":9223372036854775808",
          "\"atoms\":1,\"amount\":\"1\"",
          "\"asset\":\"USDC\",\"atoms\":1",
          "\"asset\":\"credit\",\"atoms\":1",
          "\"atoms\":1,\"hold_seconds\":-1",
          "\"atoms\":1,\"about\":\"two words\"",
          "\"atoms\":1,\"unknown\":1");

  @TempDir private Path folder;

  @Test
  void theSameIdMovesMoneyOnce() throws Exception {
    Bank.onEach(
        folder,
        bank -> {
          Caller alice = bank.agent("alice", "10");
          Caller bob = bank.agent("bob", "0");
          JsonNode first = Bank.pay(alice, 201, "p1", "bob", "2.50");
          assertThat(first.get("state").stringValue()).isEqualTo("paid");
          assertThat(first.get("atoms").longValue()).isEqualTo(2_500_000);
          assertThat(Bank.pay(alice, 200, "p1", "bob", "2.50").get("transfer_id"))
              .isEqualTo(first.get("transfer_id"));
          assertThat(Bank.slug(Bank.pay(alice, 409, "p1", "bob", "2.51"))).isEqualTo("id-taken");
          assertThat(Bank.available(alice)).isEqualTo("7.500000");
          assertThat(Bank.available(bob)).isEqualTo("2.500000");
          // The same id of another agent is another id.
          Bank.pay(bob, 201, "p1", "alice", "0.5");
          assertThat(Bank.available(alice)).isEqualTo("8.000000");
          bank.check();
        });
  }

  @Test
  void whatFailedForWantOfMoneyStaysFailed() throws Exception {
    Bank.onEach(
        folder,
        bank -> {
          Caller alice = bank.agent("alice", "1");
          bank.agent("bob", "0");
          JsonNode refused = Bank.pay(alice, 409, "p1", "bob", "3");
          assertThat(Bank.slug(refused)).isEqualTo("insufficient-funds");
          assertThat(refused.get("missing").longValue()).isEqualTo(2_000_000);
          bank.deposit("alice", "10");
          assertThat(Bank.slug(Bank.pay(alice, 409, "p1", "bob", "3")))
              .isEqualTo("insufficient-funds");
          Bank.pay(alice, 201, "p2", "bob", "3");
          assertThat(Bank.available(alice)).isEqualTo("8.000000");
          bank.check();
        });
  }

  @Test
  void oneOwnersCreditsAreBoundedAndNobodyElses() throws Exception {
    Bank.onEach(
        folder,
        bank -> {
          Caller ada = bank.owner("Ada");
          Caller eve = bank.owner("Eve");
          bank.agentOf(ada, "alice", "0");
          bank.agentOf(eve, "mallory", "0");
          String all = "{\"id\":\"d\",\"agent_id\":\"%s\",\"amount\":\"1000000\"}";
          eve.post(201, "/deposits", all.formatted("mallory"));
          String more = "{\"id\":\"e\",\"agent_id\":\"mallory\",\"atoms\":1}";
          assertThat(Bank.slug(eve.post(400, "/deposits", more))).isEqualTo("invalid-field");
          eve.post(201, "/withdrawals", more.replace("\"e\"", "\"w\""));
          eve.post(201, "/deposits", more);
          ada.post(201, "/deposits", all.formatted("alice"));
          bank.check();
        });
  }

  @Test
  void manyAtOnceNeverPayMoreThanThereIs() throws Exception {
    Bank.onEach(
        folder,
        bank -> {
          Caller alice = bank.agent("alice", "10");
          Caller bob = bank.agent("bob", "0");
          var answers = new ArrayList<Future<HttpResponse<String>>>();
          try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 60; i++) {
              String body = Bank.payment("p" + i % 30, "bob", "1", "");
              answers.add(threads.submit(() -> alice.exchange("POST", "/wallet/transfers", body)));
            }
          }
          int made = 0;
          for (Future<HttpResponse<String>> answer : answers) {
            made += answer.get().statusCode() == 201 ? 1 : 0;
            assertThat(answer.get().statusCode()).isIn(200, 201, 409);
          }
          assertThat(made).isEqualTo(10);
          assertThat(Bank.available(bob)).isEqualTo("10.000000");
          assertThat(Bank.available(alice)).isEqualTo("0.000000");
          bank.check();
        });
  }

  /// Each group has payments that the rules refuse between those that they let through.
  @Test
  void whatIsRefusedAmongManyCostsTheOthersNothing() throws Exception {
    Bank.onEach(
        folder,
        bank -> {
          Caller alice = bank.agent("alice", "100");
          Caller carol = bank.agent("carol", "100");
          Caller bob = bank.agent("bob", "0");
          bob.call(204, "PUT", "/blocks/carol", null);
          var answers = new ArrayList<Future<HttpResponse<String>>>();
          try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 60; i++) {
              Caller payer = i % 2 == 0 ? alice : carol;
              String body = Bank.payment("p" + i, "bob", "1", "");
              answers.add(threads.submit(() -> payer.exchange("POST", "/wallet/transfers", body)));
            }
          }
          for (int i = 0; i < answers.size(); i++) {
            HttpResponse<String> answer = answers.get(i).get();
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(i % 2 == 0 ? 201 : 403);
          }
          assertThat(Bank.available(bob)).isEqualTo("30.000000");
          assertThat(Bank.available(alice)).isEqualTo("70.000000");
          assertThat(Bank.available(carol)).isEqualTo("100.000000");
          // An id that was refused moves money when it may.
          bob.call(204, "DELETE", "/blocks/carol", null);
          Bank.pay(carol, 201, "p1", "bob", "1");
          bank.check();
        });
  }

  /// What is answered at once is what the database holds, but for the leaf, which has its place in
  /// the log a moment later.
  @Test
  void whatIsAnsweredIsWhatIsStored() throws Exception {
    Bank.onEach(
        folder,
        bank -> {
          Caller alice = bank.agent("alice", "100");
          Caller bob = bank.agent("bob", "0");
          String some = ",\"about\":\"job-7\"";
          String hold = ",\"hold_seconds\":600";
          JsonNode paid =
              alice.post(201, "/wallet/transfers", Bank.payment("p1", "bob", "2", some));
          assertStored(alice, paid, "p1");
          JsonNode held =
              alice.post(201, "/wallet/transfers", Bank.payment("h1", "bob", "3", some + hold));
          assertStored(alice, held, "h1");
          String path = "/wallet/transfers/" + held.get("transfer_id").stringValue();
          JsonNode posted = alice.post(200, path + "/post", "{\"amount\":\"1\"}");
          assertThat(posted.at("/paid/atoms").longValue()).isEqualTo(1_000_000);
          assertStored(alice, posted, "h1");
          JsonNode other =
              alice.post(201, "/wallet/transfers", Bank.payment("h2", "bob", "3", hold));
          path = "/wallet/transfers/" + other.get("transfer_id").stringValue();
          assertStored(bob, bob.post(200, path + "/release", "{}"), "");
          path = "/wallet/transfers/" + paid.get("transfer_id").stringValue();
          JsonNode refund = bob.post(201, path + "/refund", "{\"id\":\"r\",\"amount\":\"1\"}");
          assertStored(bob, refund, "r");
          assertThat(alice.get(200, path).at("/refunded/atoms").longValue()).isEqualTo(1_000_000);
          JsonNode in =
              bank.admin.post(
                  201, "/deposits", "{\"id\":\"in\",\"agent_id\":\"bob\",\"amount\":\"1\"}");
          assertStored(bob, in, "");
        });
  }

  private static void assertStored(Caller caller, JsonNode answer, String id) {
    assertThat(answer.path("id").asString("")).isEqualTo(id);
    var stored =
        (ObjectNode)
            caller.get(200, "/wallet/transfers/" + answer.get("transfer_id").stringValue());
    assertThat(answer.get("leaf").isNull()).isTrue();
    assertThat(stored.putNull("leaf")).isEqualTo(answer);
    assertThat(List.copyOf(stored.propertyNames())).isEqualTo(List.copyOf(answer.propertyNames()));
  }

  @Test
  void whoIsPaidIsToldOnce() throws Exception {
    Bank.onEach(
        folder,
        bank -> {
          Caller alice = bank.agent("alice", "10");
          Caller bob = bank.agent("bob", "0");
          Bank.pay(alice, 201, "p1", "bob", "1");
          Bank.pay(alice, 200, "p1", "bob", "1");
          Instant deadline = Instant.now().plusSeconds(30);
          JsonNode messages = bob.get(200, "/messages?wait=5").get("messages");
          while (messages.isEmpty()) {
            assertThat(Instant.now()).isBefore(deadline);
            messages = bob.get(200, "/messages?wait=5").get("messages");
          }
          assertThat(messages).hasSize(1);
          JsonNode payload = messages.get(0).get("payload");
          assertThat(payload.get("notice").stringValue()).isEqualTo("transfer");
          assertThat(payload.get("from").stringValue()).isEqualTo("alice");
          assertThat(payload.get("amount").stringValue()).isEqualTo("1.000000");
        });
  }

  /// What the inbox does not take waits, and what comes after it waits behind it.
  @Test
  void aFullInboxHearsOfAllItsMoneyInOrder() throws Exception {
    Bank.onEach(
        folder,
        Map.of("unread-max", "2"),
        bank -> {
          Caller alice = bank.agent("alice", "10");
          Caller bob = bank.agent("bob", "0");
          var paid = new ArrayList<String>();
          for (int i = 0; i < 4; i++) {
            paid.add(Bank.pay(alice, 201, "p" + i, "bob", "1").get("transfer_id").stringValue());
          }
          var told = new ArrayList<String>();
          Instant deadline = Instant.now().plusSeconds(60);
          while (told.size() < 5) {
            assertThat(Instant.now()).as("told: %s", told).isBefore(deadline);
            JsonNode messages = bob.get(200, "/messages?wait=1").get("messages");
            for (JsonNode message : messages) {
              told.add(message.get("payload").get("transfer_id").stringValue());
              bob.post(200, "/messages/ack", "{\"sequence\":" + message.get("sequence") + "}");
            }
            if (told.size() >= 2 && paid.size() == 4) {
              paid.add(Bank.pay(alice, 201, "p4", "bob", "1").get("transfer_id").stringValue());
            }
            if (messages.isEmpty()) {
              bank.hub.advance(Duration.ofSeconds(31));
            }
          }
          assertThat(told).isEqualTo(paid);
        });
  }

  @Test
  void whoHasNothingToDoWithATransferSeesNone() throws Exception {
    Bank.onEach(
        folder,
        bank -> {
          Caller alice = bank.agent("alice", "10");
          Caller bob = bank.agent("bob", "0");
          Caller eve = bank.agent("eve", "0");
          String paid = Bank.pay(alice, 201, "p1", "bob", "1").get("transfer_id").stringValue();
          assertThat(Bank.slug(eve.get(404, "/wallet/transfers/" + paid)))
              .isEqualTo("unknown-transfer");
          assertThat(Bank.slug(eve.get(404, "/wallet/transfers/t999")))
              .isEqualTo("unknown-transfer");
          Bank.refused(eve, 404, "unknown-transfer", paid, "refund", "{\"id\":\"r\"}");
          assertThat(eve.get(200, "/wallet/transfers").get("transfers")).isEmpty();
          assertThat(bob.get(200, "/wallet/transfers").get("transfers")).hasSize(1);
          assertThat(alice.get(200, "/wallet/transfers").get("transfers")).hasSize(2);
        });
  }

  @Test
  void pagesGoThroughAllTransfers() throws Exception {
    Bank.onEach(
        folder,
        bank -> {
          Caller alice = bank.agent("alice", "10");
          bank.agent("bob", "0");
          for (int i = 0; i < 7; i++) {
            Bank.pay(alice, 201, "p" + i, "bob", "1");
          }
          var seen = new ArrayList<String>();
          String next = "";
          while (next != null) {
            JsonNode page = alice.get(200, "/wallet/transfers?limit=3" + next);
            page.get("transfers").forEach(one -> seen.add(one.get("transfer_id").stringValue()));
            next = page.get("next").isNull() ? null : "&cursor=" + page.get("next").stringValue();
          }
          assertThat(seen).hasSize(8).doesNotHaveDuplicates();
        });
  }

  @Test
  void aReceiptIsALeafOfTheLog() throws Exception {
    Bank.onEach(
        folder,
        bank -> {
          Caller alice = bank.agent("alice", "10");
          bank.agent("bob", "0");
          String paid = Bank.pay(alice, 201, "p1", "bob", "1").get("transfer_id").stringValue();
          JsonNode leaf = alice.get(200, "/wallet/transfers/" + paid).get("leaf");
          Instant deadline = Instant.now().plusSeconds(30);
          while (leaf.isNull()) {
            assertThat(Instant.now()).isBefore(deadline);
            leaf = alice.get(200, "/wallet/transfers/" + paid).get("leaf");
          }
          HttpResponse<String> bundle =
              alice.exchange("GET", "/audit/leaves/" + leaf.longValue(), null);
          while (bundle.statusCode() == 404) {
            assertThat(Instant.now()).isBefore(deadline);
            bundle = alice.exchange("GET", "/audit/leaves/" + leaf.longValue(), null);
          }
          assertThat(bundle.body()).contains("transfer.posted", "1000000");
        });
  }

  @Test
  void onlyWhoDecidesForAnAgentPutsMoneyIn() throws Exception {
    Bank.onEach(
        folder,
        bank -> {
          Caller ada = bank.owner("Ada");
          Caller eve = bank.owner("Eve");
          Caller alice = bank.agentOf(ada, "alice", "0");
          String deposit = "{\"id\":\"d\",\"agent_id\":\"alice\",\"amount\":\"5\"}";
          assertThat(Bank.slug(alice.post(403, "/deposits", deposit))).isEqualTo("not-allowed");
          assertThat(Bank.slug(eve.post(404, "/deposits", deposit))).isEqualTo("unknown-agent");
          ada.post(201, "/deposits", deposit);
          ada.post(200, "/deposits", deposit);
          ada.post(201, "/withdrawals", deposit.replace("\"d\"", "\"w\"").replace("5", "2"));
          String more = deposit.replace("\"d\"", "\"w2\"");
          assertThat(Bank.slug(ada.post(409, "/withdrawals", more)))
              .isEqualTo("insufficient-funds");
          assertThat(Bank.available(alice)).isEqualTo("3.000000");
          assertThat(bank.admin.get(200, "/ledger").at("/assets/0/issued_atoms").longValue())
              .isEqualTo(3_000_000);
          bank.check();
        });
  }

  @Test
  void whatIsNoPaymentIsRefused() throws Exception {
    Bank.onEach(
        folder,
        bank -> {
          Caller alice = bank.agent("alice", "10");
          bank.agent("bob", "0");
          for (String what : NO_PAYMENTS) {
            String body = "{\"id\":\"p\",\"to\":\"bob\"," + what + "}";
            assertThat(Bank.slug(alice.post(400, "/wallet/transfers", body)))
                .as(what)
                .isEqualTo("invalid-field");
          }
          assertThat(Bank.slug(Bank.pay(alice, 404, "p", "nobody", "1")))
              .isEqualTo("unknown-recipient");
          assertThat(Bank.slug(Bank.pay(alice, 400, "p", "alice", "1"))).isEqualTo("invalid-field");
          assertThat(Bank.available(alice)).isEqualTo("10.000000");
        });
  }
}
