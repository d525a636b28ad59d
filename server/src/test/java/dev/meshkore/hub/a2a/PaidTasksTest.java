package dev.meshkore.hub.a2a;

import static dev.meshkore.hub.a2a.Stall.assertState;
import static dev.meshkore.hub.a2a.Stall.error;
import static dev.meshkore.hub.a2a.Stall.said;
import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Bank;
import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.TestHub;
import dev.meshkore.hub.testing.Wallet;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Services that are called and paid over A2A, by what the client signs.
final class PaidTasksTest {
  private static void play(Consumer<Stall> test) {
    TestHub.onEach(
        Map.of("outbound-private", "true"),
        hub -> {
          var stall = new Stall(hub);
          test.accept(stall);
          stall.bank.check();
        });
  }

  @Test
  void aTaskIsPaidWithItsAnswer() {
    play(stall -> {
      JsonNode task = stall.begin("{\"say\":\"hi\"}");
      JsonNode required = said(task).get(PayWords.REQUIRED);
      assertThat(required.get("x402Version").intValue()).isEqualTo(2);
      assertThat(required.at("/accepts/0/amount").stringValue()).isEqualTo("10000");
      assertThat(stall.waiting()).as("nobody is called before").isEmpty();
      ObjectNode payload = stall.sign(task);
      var answer = stall.later("SendMessage", stall.payment(task, payload));
      JsonNode call = stall.answerNext("{\"output\":{\"said\":\"hi\"}}");
      assertThat(call.at("/input/say").stringValue()).isEqualTo("hi");
      assertThat(call.get("buyer").stringValue()).isEqualTo("buyer");

      JsonNode done = answer.join().get("task");
      assertState(done, "COMPLETED", "payment-completed");
      assertThat(done.at("/artifacts/0/parts/0/data/said").stringValue()).isEqualTo("hi");
      JsonNode receipt = said(done).get(PayWords.RECEIPTS).get(0);
      assertThat(receipt.get("success").booleanValue()).isTrue();
      assertThat(receipt.get("payer").stringValue()).isEqualTo(stall.wallet.address().text());
      assertThat(receipt.get("transaction").stringValue())
          .isEqualTo(call.get("transfer_id").stringValue());
      assertThat(Bank.available(stall.buyer)).isEqualTo("0.990000");
      assertThat(Bank.available(stall.seller)).as("less three percent").isEqualTo("0.009700");
      assertThat(stall.get(task)).as("a lost answer is fetched").isEqualTo(done);
      assertThat(stall.pay(task, payload)).as("and the payment is used once").isEqualTo(done);
      assertThat(done.toString())
          .as("what was signed is not shown")
          .doesNotContain("authorization");
      assertThat(Bank.available(stall.buyer)).isEqualTo("0.990000");
    });
  }

  @Test
  void theCardTellsWhatIsSoldAndHow() {
    play(stall -> {
      JsonNode card = stall.buyer.get(200, "/agents/seller" + Cards.PATH);
      JsonNode skill = card.get("skills").get(0);
      assertThat(skill.get("id").stringValue()).isEqualTo(stall.service);
      assertThat(skill.get("description").stringValue())
          .isEqualTo("0.010000 CREDIT a call. Says it again.");
      JsonNode extensions = card.at("/capabilities/extensions");
      assertThat(extensions.get(0).get("uri").stringValue()).isEqualTo(PayForm.CURRENT.uri());
      assertThat(extensions.get(0).get("required").booleanValue()).isFalse();
      assertThat(extensions.get(1).get("uri").stringValue()).isEqualTo(PayForm.FORMER.uri());
      JsonNode other = stall.buyer.get(200, "/agents/buyer" + Cards.PATH);
      assertThat(other.at("/capabilities/extensions").toString()).doesNotContain("x402");
    });
  }

  @Test
  void aMessageThatNamesNoServiceIsAMessage() {
    play(stall -> {
      ObjectNode plain = Stall.atOnce(stall.message("{}", Stall.JSON.createObjectNode()));
      HttpResponse<String> answer = stall.ask(stall.buyer, "SendMessage", plain, Map.of());
      assertThat(answer.headers().firstValue("A2A-Extensions")).isEmpty();
      assertThat(Stall.state(Stall.result(answer).get("task"))).isEqualTo("SUBMITTED");

      ObjectNode only = Stall.atOnce(stall.message("{}", Stall.JSON.createObjectNode()));
      HttpResponse<String> paid = stall.ask(stall.buyer, "SendMessage", only);
      assertThat(paid.headers().firstValue("A2A-Extensions")).hasValue(PayForm.CURRENT.uri());
      assertState(Stall.result(paid).get("task"), "INPUT_REQUIRED", "payment-required");

      stall.publish("Another", "0.02");
      ObjectNode either = Stall.atOnce(stall.message("{}", Stall.JSON.createObjectNode()));
      assertThat(Stall.state(stall.result("SendMessage", either).get("task")))
          .as("which of two is not said")
          .isEqualTo("SUBMITTED");
    });
  }

  @Test
  void whatCannotBeCalledIsRefused() {
    play(stall -> {
      ObjectNode wish = stall.wish("1");
      JsonNode without = error(stall.ask(stall.buyer, "SendMessage", wish, Map.of()));
      assertThat(without.get("code").intValue()).isEqualTo(-32008);
      assertThat(without.get("message").stringValue()).contains(PayForm.CURRENT.uri());
      for (String service : new String[] {"svc_none", "\u0000", ""}) {
        ObjectNode metadata = Stall.JSON.createObjectNode().put(PayWords.SERVICE, service);
        error(stall.ask(stall.buyer, "SendMessage", stall.message("1", metadata)));
      }
      ObjectNode number = Stall.JSON.createObjectNode().put(PayWords.SERVICE, 7);
      error(stall.ask(stall.buyer, "SendMessage", stall.message("1", number)));
      ObjectNode early = Stall.JSON.createObjectNode().put(PayWords.STATUS, PayWords.SUBMITTED);
      error(stall.ask(stall.buyer, "SendMessage", stall.message("1", early)));
      HttpResponse<String> theirs =
          stall.ask(stall.buyer, "SendMessage", Stall.atOnce(stall.message("1", early)), Map.of());
      assertThat(Stall.state(Stall.result(theirs).get("task")))
          .as("what agents say of payments among themselves is theirs")
          .isEqualTo("SUBMITTED");
      ObjectNode large = stall.wish("\"" + "x".repeat(65_536) + "\"");
      error(stall.ask(stall.buyer, "SendMessage", large));
      assertThat(stall.result("ListTasks", Stall.JSON.createObjectNode()).get("tasks")).hasSize(1);
    });
  }

  @Test
  void aSellerThatDeclinesIsNotPaid() {
    play(stall -> {
      JsonNode task = stall.begin("1");
      assertState(stall.pay(task, stall.sign(task)), "WORKING", "payment-verified");
      assertThat(Bank.available(stall.buyer)).isEqualTo("0.990000");
      stall.answerNext("{\"declined\":\"too hard\"}");
      JsonNode failed = stall.await(task, "FAILED", "payment-failed");
      assertThat(said(failed).get(PayWords.ERROR).stringValue()).isEqualTo("SETTLEMENT_FAILED");
      JsonNode receipt = said(failed).get(PayWords.RECEIPTS).get(0);
      assertThat(receipt.get("success").booleanValue()).isFalse();
      assertThat(Bank.available(stall.buyer)).isEqualTo("1.000000");
    });
  }

  @Test
  void aSellerThatIsSilentIsNotPaid() {
    play(stall -> {
      JsonNode task = stall.begin("1");
      stall.pay(task, stall.sign(task));
      error(stall.ask(stall.buyer, "CancelTask", id(task)));
      stall.hub.advance(Duration.ofMinutes(11));
      stall.await(task, "FAILED", "payment-failed");
      assertThat(Bank.available(stall.buyer)).isEqualTo("1.000000");
    });
  }

  private static ObjectNode id(JsonNode task) {
    return Stall.JSON.createObjectNode().put("id", task.get("id").stringValue());
  }

  @Test
  void aBadPaymentIsNamedAndAnotherOneIsTaken() {
    play(stall -> {
      JsonNode task = stall.begin("1");
      ObjectNode broken = stall.sign(task);
      ((ObjectNode) broken.get("payload")).put("signature", "0x12");
      error(stall.ask(stall.buyer, "SendMessage", stall.payment(task, broken)));
      for (String none : new String[] {"7", "null", "\"x\"", "{}", "[]"}) {
        JsonNode payload = Stall.JSON.readTree(none);
        error(stall.ask(stall.buyer, "SendMessage", stall.payment(task, payload)));
      }
      assertState(stall.get(task), "INPUT_REQUIRED", "payment-required");

      assertFails(stall, task, "INSUFFICIENT_FUNDS", stall.sign(Wallet.of(2), task));
      ObjectNode forged = stall.sign(task);
      ((ObjectNode) forged.at("/payload/authorization")).put("nonce", "0x%064x".formatted(77));
      assertThat(fails(stall, task, forged)).isIn("INVALID_SIGNATURE", "INSUFFICIENT_FUNDS");
      ObjectNode network = stall.sign(task);
      ((ObjectNode) network.get("accepted")).put("network", "eip155:1");
      assertFails(stall, task, "NETWORK_MISMATCH", network);
      ObjectNode cheap = Stall.required(task);
      cheap.put("amount", "9999");
      long now = stall.hub.now().getEpochSecond();
      assertFails(stall, task, "INVALID_AMOUNT", stall.wallet.pays(cheap, now));
      assertFails(
          stall, task, "EXPIRED_PAYMENT", stall.wallet.pays(Stall.required(task), now - 3_600));
      assertThat(Bank.available(stall.buyer)).as("nothing was paid").isEqualTo("1.000000");

      JsonNode failed = stall.get(task);
      assertThat(said(failed).get(PayWords.RECEIPTS)).as("all are told").hasSize(5);
      assertState(stall.pay(task, stall.sign(failed)), "WORKING", "payment-verified");
      stall.answerNext("{\"output\":\"ok\"}");
      JsonNode done = stall.await(task, "COMPLETED", "payment-completed");
      assertThat(said(done).get(PayWords.RECEIPTS)).hasSize(6);
      assertThat(done.at("/artifacts/0/parts/0/text").stringValue()).isEqualTo("ok");
    });
  }

  private static void assertFails(Stall stall, JsonNode task, String code, ObjectNode payload) {
    assertThat(fails(stall, task, payload)).isEqualTo(code);
  }

  private static String fails(Stall stall, JsonNode task, ObjectNode payload) {
    JsonNode failed = stall.pay(task, payload);
    assertState(failed, "INPUT_REQUIRED", "payment-failed");
    assertThat(said(failed).get(PayWords.REQUIRED).get("accepts")).isNotEmpty();
    return said(failed).get(PayWords.ERROR).stringValue();
  }

  @Test
  void aPaymentIsForOneCall() {
    play(stall -> {
      JsonNode one = stall.begin("1");
      JsonNode other = stall.begin("2");
      ObjectNode payload = stall.sign(one);
      stall.pay(one, payload);
      assertFails(stall, other, "DUPLICATE_NONCE", payload);
      error(stall.ask(stall.buyer, "SendMessage", stall.payment(one, stall.sign(one))));
      assertThat(stall.waiting()).hasSize(1);
      assertThat(Bank.available(stall.buyer)).isEqualTo("0.990000");

      JsonNode same = stall.begin("1");
      assertState(stall.pay(same, payload), "WORKING", "payment-verified");
      stall.answerNext("{\"output\":1}");
      stall.await(one, "COMPLETED", "payment-completed");
      stall.await(same, "COMPLETED", "payment-completed");
      assertThat(Bank.available(stall.buyer)).as("the same call").isEqualTo("0.990000");
    });
  }

  @Test
  void aTaskIsItsCallersAlone() {
    play(stall -> {
      Caller eve = stall.bank.agent("eve", "1");
      JsonNode task = stall.begin("1");
      ObjectNode payload = stall.sign(task);
      for (Caller other : new Caller[] {eve, stall.seller}) {
        error(stall.ask(other, "SendMessage", stall.payment(task, payload)));
        assertThat(error(stall.ask(other, "GetTask", id(task))).get("code").intValue())
            .isEqualTo(-32001);
        error(stall.ask(other, "CancelTask", id(task)));
        HttpResponse<String> list = stall.ask(other, "ListTasks", Stall.JSON.createObjectNode());
        assertThat(Stall.result(list).get("tasks")).isEmpty();
      }
      stall.pay(task, payload);
      String thread = task.get("id").stringValue();
      stall.seller.post(
          201,
          "/send",
          "{\"to\":\"buyer\",\"thread\":\"%s\",\"payload\":\"paid, thanks\"}".formatted(thread));
      assertState(stall.get(task), "WORKING", "payment-verified");
      assertThat(Stall.result(stall.ask(stall.seller, "ListTasks", Stall.JSON.createObjectNode())))
          .hasToString("{\"tasks\":[],\"nextPageToken\":\"\",\"pageSize\":50,\"totalSize\":0}");
    });
  }

  @Test
  void whoeverDoesNotPayEndsTheTask() {
    play(stall -> {
      JsonNode task = stall.begin("1");
      ObjectNode plain = stall.message("1", Stall.JSON.createObjectNode());
      ((ObjectNode) plain.get("message")).set("taskId", task.get("id"));
      assertThat(error(stall.ask(stall.buyer, "SendMessage", plain)).get("code").intValue())
          .isEqualTo(-32004);
      ObjectNode rejection =
          stall.message(
              "1", Stall.JSON.createObjectNode().put(PayWords.STATUS, "payment-rejected"));
      ((ObjectNode) rejection.get("message")).set("taskId", task.get("id"));
      JsonNode rejected = stall.result("SendMessage", rejection).get("task");
      assertState(rejected, "CANCELED", "payment-rejected");
      error(stall.ask(stall.buyer, "SendMessage", stall.payment(task, stall.sign(task))));

      JsonNode canceled = stall.begin("1");
      assertThat(Stall.state(stall.result("CancelTask", id(canceled)))).isEqualTo("CANCELED");
      JsonNode forgotten = stall.begin("1");
      stall.hub.advance(Duration.ofHours(25));
      stall.await(forgotten, "CANCELED", "payment-failed");
      assertThat(Bank.available(stall.buyer)).isEqualTo("1.000000");
    });
  }

  @Test
  void aMessageSentAgainIsTheSameTask() {
    play(stall -> {
      ObjectNode wish = stall.wish("1");
      JsonNode first = stall.result("SendMessage", wish);
      assertThat(stall.result("SendMessage", wish)).isEqualTo(first);
    });
  }

  @Test
  void aTaskTakesTwentyPayments() {
    play(stall -> {
      JsonNode task = stall.begin("1");
      assertThat(said(task).at("/" + PayWords.REQUIRED + "/error").stringValue())
          .isEqualTo("A payment is required");
      Wallet stranger = Wallet.of(2);
      for (int i = 1; i < 20; i++) {
        assertState(
            stall.pay(task, stall.sign(stranger, task)), "INPUT_REQUIRED", "payment-failed");
      }
      JsonNode last = stall.pay(task, stall.sign(stranger, task));
      assertState(last, "FAILED", "payment-failed");
      assertThat(said(last).get(PayWords.RECEIPTS)).hasSize(20);
      Stall.error(stall.ask(stall.buyer, "SendMessage", stall.payment(task, stall.sign(task))));
      assertThat(Bank.available(stall.buyer)).isEqualTo("1.000000");
    });
  }

  @Test
  void whatHasChangedSinceIsToldAndNothingIsPaid() {
    play(stall -> {
      JsonNode dearer = stall.begin("1");
      JsonNode gone = stall.begin("2");
      stall.seller.call(
          200,
          "PATCH",
          "/services/" + stall.service,
          "{\"price\":{\"amount\":\"0.02\",\"asset\":\"CREDIT\",\"unit\":\"call\"}}");
      JsonNode refused = stall.pay(dearer, stall.sign(dearer));
      assertState(refused, "INPUT_REQUIRED", "payment-failed");
      assertThat(said(refused).get(PayWords.ERROR).stringValue()).isEqualTo("INVALID_AMOUNT");
      assertThat(Stall.required(refused).get("amount").stringValue()).isEqualTo("20000");
      stall.seller.call(204, "DELETE", "/services/" + stall.service, null);
      ObjectNode payment = stall.payment(gone, stall.sign(gone));
      assertThat(Stall.error(stall.ask(stall.buyer, "SendMessage", payment)).toString())
          .contains("unknown-service");
      // It may be on sale again; who waits for a day in vain is told so.
      assertState(stall.get(gone), "INPUT_REQUIRED", "payment-required");
      assertThat(Bank.available(stall.buyer)).isEqualTo("1.000000");
    });
  }

  @Test
  void whatTheHubRefusesCanBePaidLater() {
    play(stall -> {
      JsonNode task = stall.begin("1");
      ObjectNode payload = stall.sign(task);
      stall.seller.call(204, "PUT", "/blocks/buyer", null);
      Stall.error(stall.ask(stall.buyer, "SendMessage", stall.payment(task, payload)));
      assertState(stall.get(task), "INPUT_REQUIRED", "payment-required");
      assertThat(Bank.available(stall.buyer)).isEqualTo("1.000000");
      stall.seller.call(204, "DELETE", "/blocks/buyer", null);
      assertState(stall.pay(task, payload), "WORKING", "payment-verified");
    });
  }
}
