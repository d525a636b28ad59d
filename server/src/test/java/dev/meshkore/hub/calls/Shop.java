package dev.meshkore.hub.calls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Bank;
import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.Wallet;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A seller of a service, and a buyer with a wallet and a credit.
final class Shop {
  private static final JsonMapper JSON = new JsonMapper();
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  final Bank bank;
  final Wallet wallet = Wallet.of(1);
  final Caller buyer;
  final Caller seller;
  final String service;

  Shop(Bank bank) {
    this.bank = bank;
    this.buyer = bank.agent("buyer", "1");
    this.seller = bank.agent("seller", "0");
    wallet.bindTo(buyer);
    this.service = publish("\"amount\":\"0.01\",\"asset\":\"CREDIT\",\"unit\":\"call\"");
  }

  String publish(String price) {
    return seller
        .post(
            201,
            "/services",
            "{\"name\":\"Echo %s\",\"description\":\"Says it again.\",\"price\":{%s}}"
                .formatted(price.hashCode(), price))
        .get("service_id")
        .stringValue();
  }

  /// A request as a client of x402 makes it, which has no credential.
  HttpResponse<String> call(String more, String input, String... headers) {
    var request =
        HttpRequest.newBuilder(URI.create(bank.hub.url() + "/services/" + service + "/call" + more))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(input));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    try {
      return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (Exception failure) {
      throw new AssertionError(failure);
    }
  }

  JsonNode required() {
    HttpResponse<String> answer = call("", "{}");
    assertThat(answer.statusCode()).isEqualTo(402);
    return header(answer, "PAYMENT-REQUIRED").get("accepts").get(0);
  }

  String sign() {
    return Wallet.header(wallet.pays(required(), bank.hub.now().getEpochSecond()));
  }

  /// Answers the next call that waits.
  JsonNode answerNext(String body) {
    return answer(next(), body);
  }

  JsonNode answer(JsonNode call, String body) {
    return seller.post(200, "/calls/" + call.get("call_id").stringValue() + "/answer", body);
  }

  JsonNode next() {
    JsonNode waiting = seller.get(200, "/calls?role=seller&state=waiting").get("calls");
    while (waiting.isEmpty()) {
      Thread.onSpinWait();
      waiting = seller.get(200, "/calls?role=seller&state=waiting").get("calls");
    }
    return waiting.get(0);
  }

  /// What a header says.
  static JsonNode header(HttpResponse<String> answer, String name) {
    String value = answer.headers().firstValue(name).orElseThrow();
    return JSON.readTree(Base64.getDecoder().decode(value.getBytes(StandardCharsets.UTF_8)));
  }
}
