package dev.meshkore.hub.a2a;

import static dev.meshkore.hub.a2a.Stall.assertState;
import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Bank;
import dev.meshkore.hub.testing.TestHub;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What holds of a paid task whatever happens to its buyer meanwhile.
final class PaidTaskRulesTest {
  private static void play(Consumer<Stall> test) {
    TestHub.onEach(
        Map.of(),
        hub -> {
          var stall = new Stall(hub);
          test.accept(stall);
          stall.bank.check();
        });
  }

  /// The keys of the buyer are gone.
  private static void forgetKeys(Stall stall) {
    for (JsonNode key : stall.buyer.get(200, "/agents/buyer").get("keys")) {
      if (key.get("type").stringValue().equals("secp256k1")) {
        String name = key.get("public_key").stringValue();
        stall.buyer.call(204, "DELETE", "/keys/" + name, null);
      }
    }
    assertThat(stall.buyer.get(200, "/wallet/x402").get("payers")).isEmpty();
  }

  @Test
  void whoReplacesItsKeyStillGetsWhatItPaidFor() {
    play(stall -> {
      JsonNode task = stall.begin("1");
      ObjectNode payload = stall.sign(task);
      assertState(stall.pay(task, payload), "WORKING", "payment-verified");
      forgetKeys(stall);
      stall.hub.advance(Duration.ofSeconds(31));
      assertThat(stall.waiting()).hasSize(1);
      stall.answerNext("{\"output\":2}");
      JsonNode done = stall.await(task, "COMPLETED", "payment-completed");
      assertThat(done.at("/artifacts/0/parts/0/data").intValue()).isEqualTo(2);
      assertThat(Bank.available(stall.buyer)).isEqualTo("0.990000");
      // By REST, too, the same payment brings the same answer.
      HttpResponse<String> again =
          stall.buyer.exchange(
              "POST",
              "/services/" + stall.service + "/call",
              "1",
              Map.of("PAYMENT-SIGNATURE", PayWords.header(payload)));
      assertThat(again.statusCode()).as(again.body()).isEqualTo(200);
      assertThat(again.body()).isEqualTo("2");
      // And a new one pays for nothing.
      JsonNode next = stall.begin("1");
      assertState(stall.pay(next, stall.sign(next)), "INPUT_REQUIRED", "payment-failed");
    });
  }

  @Test
  void whoIsStoppedNeitherBeginsNorPaysNorEndsATask() {
    play(stall -> {
      JsonNode task = stall.begin("1");
      ObjectNode payment = stall.payment(task, stall.sign(task));
      stall.bank.admin.call(200, "POST", "/stop", "{\"scope\":\"agent:buyer\",\"reason\":\"r\"}");
      assertIsStopped(stall, "SendMessage", stall.wish("2"));
      assertIsStopped(stall, "SendMessage", payment);
      ObjectNode rejection =
          stall.message(
              "{}", Stall.JSON.createObjectNode().put(PayWords.STATUS, PayWords.REJECTED));
      ((ObjectNode) rejection.get("message")).set("taskId", task.get("id"));
      assertIsStopped(stall, "SendMessage", rejection);
      ObjectNode id = Stall.JSON.createObjectNode();
      id.set("id", task.get("id"));
      assertIsStopped(stall, "CancelTask", id);
      assertState(stall.get(task), "INPUT_REQUIRED", "payment-required");
      assertThat(Bank.available(stall.buyer)).isEqualTo("1.000000");
    });
  }

  private static void assertIsStopped(Stall stall, String method, JsonNode params) {
    assertThat(Stall.error(stall.ask(stall.buyer, method, params)).toString()).contains("stopped");
  }

  @Test
  void tasksThatNobodyPaysAreBounded() {
    play(stall -> {
      stall.begin("1");
      stall.hub.execute(
          """
          INSERT INTO task_call
            (task_id, caller, service_id, input, form, payment, call_id, look_at)
          WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 999)
          SELECT 'made-up-' || i, caller, service_id, input, form, '', '', look_at
          FROM n CROSS JOIN task_call
          """);
      JsonNode refused = Stall.error(stall.ask(stall.buyer, "SendMessage", stall.wish("2")));
      assertThat(refused.toString()).contains("too-many-open");
    });
  }
}
