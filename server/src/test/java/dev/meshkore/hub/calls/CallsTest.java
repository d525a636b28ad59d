package dev.meshkore.hub.calls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Bank;
import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.Wallet;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Services that are called and paid: by whoever signs, with no credential, and from wallets.
final class CallsTest {
  private static final JsonMapper JSON = new JsonMapper();

  /// What an agent that loops is stopped by; hubs of tests have none of it otherwise.
  private static final Map<String, String> BREAKERS =
      Map.of("breaker-repeats", "30", "breaker-refusals", "20", "rate-per-minute", "100");

  @TempDir Path folder;

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
  void aSignedCallIsPaidWithItsAnswer() throws Exception {
    play(shop -> {
      String signed = shop.sign();
      var answer =
          CompletableFuture.supplyAsync(
              () -> shop.call("", "{\"say\":\"hi\"}", "PAYMENT-SIGNATURE", signed),
              Executors.newVirtualThreadPerTaskExecutor());
      JsonNode call = shop.next();
      assertThat(call.at("/input/say").stringValue()).isEqualTo("hi");
      assertThat(call.get("buyer").stringValue()).isEqualTo("buyer");
      assertThat(Bank.available(shop.seller)).as("held, not paid").isEqualTo("0.000000");
      assertThat(Bank.available(shop.buyer)).isEqualTo("0.990000");
      shop.answerNext("{\"output\":{\"said\":\"hi\"}}");

      HttpResponse<String> got = answer.join();
      assertThat(got.statusCode()).as(got.body()).isEqualTo(200);
      assertThat(got.body()).isEqualTo("{\"said\":\"hi\"}");
      JsonNode told = Shop.header(got, "PAYMENT-RESPONSE");
      assertThat(told.get("success").booleanValue()).isTrue();
      assertThat(told.get("payer").stringValue()).isEqualTo(shop.wallet.address().text());
      assertThat(
              shop.buyer
                  .get(200, "/wallet/transfers/" + told.get("transaction").stringValue())
                  .get("state")
                  .stringValue())
          .isEqualTo("paid");
      assertThat(Bank.available(shop.seller)).as("less three percent").isEqualTo("0.009700");

      HttpResponse<String> again = shop.call("", "{\"say\":\"hi\"}", "PAYMENT-SIGNATURE", signed);
      assertThat(again.body()).as("an answer that was lost is fetched").isEqualTo(got.body());
      shop.bank.hub.advance(Duration.ofDays(1));
      assertThat(shop.call("", "{\"say\":\"hi\"}", "PAYMENT-SIGNATURE", signed).body())
          .as("also when what was signed counts no more")
          .isEqualTo(got.body());
      assertThat(Bank.available(shop.buyer)).as("and not paid again").isEqualTo("0.990000");
    });
  }

  @Test
  void oneSignatureIsForOneCall() throws Exception {
    play(shop -> {
      String signed = shop.sign();
      assertThat(shop.call("?wait=0", "{\"a\":1}", "PAYMENT-SIGNATURE", signed).statusCode())
          .isEqualTo(202);
      HttpResponse<String> other = shop.call("?wait=0", "{\"a\":2}", "PAYMENT-SIGNATURE", signed);
      assertThat(other.statusCode()).isEqualTo(409);
      assertThat(Bank.slug(JSON.readTree(other.body()))).isEqualTo("id-taken");
      String cheap = shop.service;
      HttpResponse<String> elsewhere =
          shop.call("?wait=0&x=1", "{\"a\":1}", "PAYMENT-SIGNATURE", signed);
      assertThat(elsewhere.statusCode()).as("the same call of %s", cheap).isEqualTo(202);
      assertThat(shop.seller.get(200, "/calls?role=seller").get("calls")).hasSize(1);
      assertThat(Bank.available(shop.buyer)).isEqualTo("0.990000");
    });
  }

  @Test
  void whoeverIsNotAnsweredGetsItsMoneyBack() throws Exception {
    play(shop -> {
      String signed = shop.sign();
      HttpResponse<String> waiting = shop.call("?wait=0", "{}", "PAYMENT-SIGNATURE", signed);
      assertThat(waiting.statusCode()).isEqualTo(202);
      String id = JSON.readTree(waiting.body()).get("call_id").stringValue();
      String transfer = JSON.readTree(waiting.body()).get("transfer_id").stringValue();
      shop.bank.hub.advance(Duration.ofMinutes(11));
      Bank.await(shop.buyer, transfer, "expired");
      assertThat(Bank.available(shop.buyer)).isEqualTo("1.000000");
      assertThat(shop.buyer.get(200, "/calls/" + id).get("state").stringValue())
          .isEqualTo("expired");
      shop.seller.post(409, "/calls/" + id + "/answer", "{\"output\":1}");
      HttpResponse<String> late = shop.call("?wait=0", "{}", "PAYMENT-SIGNATURE", signed);
      assertThat(late.statusCode()).as(late.body()).isEqualTo(502);
      assertThat(Bank.available(shop.buyer)).isEqualTo("1.000000");
    });
  }

  @Test
  void aSellerDeclinesAndKeepsNothing() throws Exception {
    play(shop -> {
      String signed = shop.sign();
      shop.call("?wait=0", "{}", "PAYMENT-SIGNATURE", signed);
      JsonNode call = shop.next();
      String path = "/calls/" + call.get("call_id").stringValue() + "/answer";
      shop.buyer.post(404, path, "{\"output\":1}");
      shop.seller.post(400, path, "{}");
      shop.seller.post(400, path, "{\"output\":1,\"declined\":\"no\"}");
      shop.seller.post(200, path, "{\"declined\":\"too hard\"}");
      shop.seller.post(200, path, "{\"declined\":\"too hard\"}");
      shop.seller.post(409, path, "{\"output\":1}");
      HttpResponse<String> answer = shop.call("", "{}", "PAYMENT-SIGNATURE", signed);
      assertThat(answer.statusCode()).isEqualTo(502);
      assertThat(Shop.header(answer, "PAYMENT-RESPONSE").get("success").booleanValue()).isFalse();
      assertThat(Bank.available(shop.buyer)).isEqualTo("1.000000");
    });
  }

  @Test
  void whatACallHoldsOnlyTheCallEnds() throws Exception {
    play(shop -> {
      HttpResponse<String> made = shop.call("?wait=0", "{}", "PAYMENT-SIGNATURE", shop.sign());
      String held = JSON.readTree(made.body()).get("transfer_id").stringValue();
      String path = "/wallet/transfers/" + held;
      assertThat(shop.buyer.get(200, path).get("purpose").stringValue()).isEqualTo("call");
      shop.buyer.post(403, path + "/post", "{\"atoms\":1}");
      shop.seller.post(403, path + "/release", "{}");
      shop.answerNext("{\"output\":1}");
      assertThat(Bank.available(shop.seller)).as("less the fee").isEqualTo("0.009700");
      shop.seller.post(201, path + "/refund", "{\"id\":\"back\",\"amount\":\"0.0097\"}");
      assertThat(Bank.available(shop.buyer)).isEqualTo("0.999700");
    });
  }

  @Test
  void anAnswerIsFetchedWhateverBecameOfTheService() throws Exception {
    play(shop -> {
      String signed = shop.sign();
      String body =
          "{\"id\":\"c1\",\"service_id\":\"%s\",\"max\":{\"amount\":\"0.01\"}}"
              .formatted(shop.service);
      shop.call("?wait=0", "{}", "PAYMENT-SIGNATURE", signed);
      shop.answerNext("{\"output\":1}");
      shop.buyer.post(202, "/calls?wait=0", body);
      shop.answerNext("{\"output\":2}");
      shop.seller.call(204, "DELETE", "/services/" + shop.service, null);
      HttpResponse<String> again = shop.call("", "{}", "PAYMENT-SIGNATURE", signed);
      assertThat(again.statusCode()).as(again.body()).isEqualTo(200);
      assertThat(again.body()).isEqualTo("1");
      assertThat(shop.buyer.post(200, "/calls", body).get("output").intValue()).isEqualTo(2);
      assertThat(shop.call("", "7", "PAYMENT-SIGNATURE", signed).statusCode()).isEqualTo(409);
      assertThat(Bank.available(shop.buyer)).isEqualTo("0.980000");
    });
  }

  @Test
  void whatIsRefusedHoldsNothing() throws Exception {
    play(shop -> {
      String signed = shop.sign();
      assertThat(shop.call("?wait=abc", "{}", "PAYMENT-SIGNATURE", signed).statusCode())
          .isEqualTo(400);
      assertThat(Bank.available(shop.buyer)).isEqualTo("1.000000");
      String body =
          "{\"id\":\"c1\",\"service_id\":\"%s\",\"max\":{\"amount\":\"0.01\"}}"
              .formatted(shop.service);
      shop.buyer.post(400, "/calls?wait=abc", body);
      assertThat(Bank.available(shop.buyer)).isEqualTo("1.000000");

      Caller poor = shop.bank.agent("poor", "0");
      shop.bank.hub.advance(Duration.ofSeconds(1));
      assertThat(Bank.slug(poor.post(409, "/calls", body))).isEqualTo("insufficient-funds");
      shop.bank.deposit("poor", "1");
      assertThat(Bank.slug(poor.post(409, "/calls", body)))
          .as("what failed stays failed")
          .isEqualTo("insufficient-funds");
      poor.post(202, "/calls?wait=0", body.replace("c1", "c2"));
    });
  }

  @Test
  void aCallThatNobodyAnsweredWaitsNoMore() throws Exception {
    play(shop -> {
      HttpResponse<String> made = shop.call("?wait=0", "{}", "PAYMENT-SIGNATURE", shop.sign());
      JsonNode call = JSON.readTree(made.body());
      shop.bank.hub.advance(Duration.ofMinutes(11));
      Bank.await(shop.buyer, call.get("transfer_id").stringValue(), "expired");
      JsonNode listed = shop.seller.get(200, "/calls?role=seller").get("calls").get(0);
      assertThat(listed.get("state").stringValue()).isEqualTo("expired");
    });
  }

  @Test
  void numbersKeepTheirDigits() throws Exception {
    play(shop -> {
      String digits = "[0.12345678901234567890123,1E+400,12345678901234567890123]";
      shop.call("?wait=0", digits, "PAYMENT-SIGNATURE", shop.sign());
      HttpResponse<String> got =
          shop.seller.exchange("GET", "/calls?role=seller&state=waiting", null);
      assertThat(got.body()).contains("\"input\":" + digits);
    });
  }

  @Test
  void whoeverKeepsAUsedPaymentCostsItsPayerNothing() throws Exception {
    play(
        BREAKERS,
        shop -> {
          String signed = shop.sign();
          shop.call("?wait=0", "{}", "PAYMENT-SIGNATURE", signed);
          for (int i = 0; i < 60; i++) {
            assertThat(
                    shop.call("?wait=0", "[" + i + "]", "PAYMENT-SIGNATURE", signed).statusCode())
                .isEqualTo(409);
          }
          shop.buyer.send("seller", "still here");
          assertThat(shop.call("?wait=0", "{}", "PAYMENT-SIGNATURE", shop.sign()).statusCode())
              .isEqualTo(202);
        });
  }

  @Test
  void whoeverKeepsARefusedPaymentDoesNotShutItsPayerOut() throws Exception {
    play(
        BREAKERS,
        shop -> {
          Caller other = shop.bank.agent("other", "0");
          shop.seller.call(204, "PUT", "/blocks/buyer", null);
          String signed = shop.sign();
          for (int i = 0; i < 120; i++) {
            String input = i < 60 ? "{}" : "[" + i + "]";
            assertThat(shop.call("?wait=0", input, "PAYMENT-SIGNATURE", signed).statusCode())
                .isEqualTo(403);
          }
          shop.buyer.send(other.id(), "still here");
        });
  }

  @Test
  void anAgentCallsFromItsWallet() throws Exception {
    play(shop -> {
      String body =
          "{\"id\":\"c1\",\"service_id\":\"%s\",\"max\":{\"amount\":\"0.01\"},\"input\":[1,2]}"
              .formatted(shop.service);
      JsonNode waiting = shop.buyer.post(202, "/calls?wait=0", body);
      assertThat(shop.buyer.post(202, "/calls?wait=0", body).get("call_id"))
          .isEqualTo(waiting.get("call_id"));
      assertThat(Bank.slug(shop.buyer.post(409, "/calls?wait=0", body.replace("[1,2]", "3"))))
          .isEqualTo("id-taken");
      shop.buyer.post(409, "/calls", body.replace("0.01", "0.009").replace("c1", "c2"));
      shop.seller.post(400, "/calls", body);
      assertThat(shop.answerNext("{\"output\":null}").get("state").stringValue())
          .as("null is an answer, too")
          .isEqualTo("answered");
      JsonNode done = shop.buyer.post(200, "/calls", body);
      assertThat(done.get("output").isNull()).isTrue();
      assertThat(Bank.available(shop.seller)).as("less three percent").isEqualTo("0.009700");
      assertThat(shop.buyer.get(200, "/calls").get("calls")).hasSize(1);
      assertThat(shop.seller.get(200, "/calls").get("calls")).isEmpty();
      Caller stranger = shop.bank.agent("stranger", "0");
      stranger.get(404, "/calls/" + done.get("call_id").stringValue());
      assertThat(Bank.slug(stranger.post(409, "/calls", body))).isEqualTo("insufficient-funds");
    });
  }

  @Test
  void aPageOfLongCallsEndsEarlier() throws Exception {
    play(shop -> {
      String text = "x".repeat(65_000);
      for (int i = 0; i < 17; i++) {
        shop.buyer.post(
            202,
            "/calls?wait=0",
            "{\"id\":\"c%d\",\"service_id\":\"%s\",\"max\":{\"amount\":\"0.01\"},\"input\":\"%s\"}"
                .formatted(i, shop.service, text));
      }
      JsonNode first = shop.buyer.get(200, "/calls?limit=100");
      assertThat(first.get("calls")).hasSize(15);
      JsonNode rest =
          shop.buyer.get(200, "/calls?limit=100&cursor=" + first.get("next").stringValue());
      assertThat(rest.get("calls")).hasSize(2);
      assertThat(rest.get("next").isNull()).isTrue();
    });
  }

  @Test
  void theFeeIsSeenBeforeAndIsTheSellers() throws Exception {
    play(shop -> {
      JsonNode service = shop.buyer.get(200, "/services/" + shop.service);
      assertThat(service.get("transaction_bps").longValue()).isEqualTo(300);
      assertThat(shop.required().at("/extra/transactionFeeBps").longValue()).isEqualTo(300);
      long before = Long.parseLong(shop.required().get("amount").stringValue());
      assertThat(before).as("it is in the price").isEqualTo(10_000);
      shop.call("?wait=0", "{}", "PAYMENT-SIGNATURE", shop.sign());
      JsonNode call = shop.next();
      assertThat(call.get("transaction_bps").longValue()).isEqualTo(300);
      assertThat(call.get("atoms").longValue()).isEqualTo(10_000);
      assertThat(call.get("asset").stringValue()).isEqualTo("CREDIT");
      assertThat(call.has("fee_atoms")).isFalse();
      JsonNode answered = shop.answerNext("{\"output\":1}");
      assertThat(answered.get("fee_atoms").longValue()).isEqualTo(300);
      assertThat(shop.answer(answered, "{\"output\":1}").get("fee_atoms").longValue())
          .as("once")
          .isEqualTo(300);
      assertThat(Bank.available(shop.seller)).isEqualTo("0.009700");
      assertThat(Bank.available(shop.buyer)).isEqualTo("0.990000");
      JsonNode taken = shop.seller.get(200, "/wallet/transfers").at("/transfers/0");
      assertThat(taken.get("purpose").stringValue()).isEqualTo("call-fee");
      assertThat(taken.get("to").stringValue()).isEqualTo("fees");
      assertThat(taken.has("id")).isFalse();
    });
  }

  @Test
  void aClientOfVersionOnePaysToo() throws Exception {
    play(shop -> {
      HttpResponse<String> asked = shop.call("", "{}");
      JsonNode former = JSON.readTree(asked.body());
      assertThat(former.get("x402Version").intValue()).isEqualTo(1);
      JsonNode way = former.get("accepts").get(0);
      assertThat(way.get("network").stringValue()).isEqualTo("base-sepolia");
      assertThat(way.get("maxAmountRequired").stringValue()).isEqualTo("10000");
      ObjectNode payload = shop.wallet.pays(shop.required(), shop.bank.hub.now().getEpochSecond());
      payload.remove("accepted");
      payload.put("x402Version", 1).put("scheme", "exact").put("network", "base-sepolia");
      HttpResponse<String> paid = shop.call("?wait=0", "{}", "X-PAYMENT", Wallet.header(payload));
      assertThat(paid.statusCode()).as(paid.body()).isEqualTo(202);
    });
  }

  @Test
  void onlyWhatHasAPriceForACallIsCalled() throws Exception {
    play(shop -> {
      JsonNode listed = Caller.withoutKey(shop.bank.hub).get(200, "/x402/discovery/resources");
      assertThat(listed.get("items")).hasSize(1);
      String byHour = shop.publish("\"amount\":\"1\",\"asset\":\"CREDIT\",\"unit\":\"hour\"");
      String inEuros = shop.publish("\"amount\":\"1\",\"asset\":\"EUR\",\"unit\":\"call\"");
      for (String id : new String[] {byHour, inEuros, "svc_none"}) {
        Caller.withoutKey(shop.bank.hub).post(404, "/services/" + id + "/call", "{}");
      }
      assertThat(
              Caller.withoutKey(shop.bank.hub)
                  .get(200, "/x402/discovery/resources")
                  .at("/pagination/total")
                  .intValue())
          .isEqualTo(1);
      assertThat(shop.call("", "{", "PAYMENT-SIGNATURE", "x").statusCode()).isEqualTo(400);
      assertThat(shop.call("", "{}", "PAYMENT-SIGNATURE", "x").statusCode()).isEqualTo(400);
      assertThat(shop.call("", "\"" + "x".repeat(70_000) + "\"").statusCode()).isEqualTo(400);
    });
  }
}
