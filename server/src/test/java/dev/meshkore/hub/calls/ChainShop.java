package dev.meshkore.hub.calls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.testing.Anvil;
import dev.meshkore.hub.testing.Bank;
import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.ChainHub;
import dev.meshkore.hub.testing.TestHub;
import dev.meshkore.hub.testing.Wallet;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import tools.jackson.databind.JsonNode;

/// A seller whose service is paid on a chain, and buyers that have dollars there.
final class ChainShop {
  static final Address TILL = Wallet.of(200).address();
  static final long PRICE = 10_000;

  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  final Anvil anvil;
  final TestHub hub;
  final Caller seller;
  final String service;

  /// The same shop in a hub that was started again.
  ChainShop(Anvil anvil, TestHub hub, Caller seller, String service) {
    this.anvil = anvil;
    this.hub = hub;
    this.seller = seller;
    this.service = service;
  }

  ChainShop(Anvil anvil, TestHub hub) {
    this.anvil = anvil;
    this.hub = hub;
    this.seller = Caller.join(hub, "seller");
    this.service =
        seller
            .post(201, "/services", ChainHub.listing("Echo", PRICE, ChainHub.ASSET, TILL))
            .get("service_id")
            .stringValue();
  }

  HttpResponse<String> call(String more, String input, String... headers) {
    return callOf(service, more, input, headers);
  }

  HttpResponse<String> callOf(String service, String more, String input, String... headers) {
    var request =
        HttpRequest.newBuilder(URI.create(hub.url() + "/services/" + service + "/call" + more))
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

  CompletableFuture<HttpResponse<String>> calling(String input, String signed) {
    return CompletableFuture.supplyAsync(
        () -> call("?wait=30", input, "PAYMENT-SIGNATURE", signed),
        Executors.newVirtualThreadPerTaskExecutor());
  }

  JsonNode required() {
    HttpResponse<String> answer = call("", "{}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(402);
    return header(answer, "PAYMENT-REQUIRED").get("accepts").get(0);
  }

  String sign(Wallet wallet) {
    return Wallet.header(wallet.pays(required(), hub.now().getEpochSecond()));
  }

  JsonNode answerNext(String body) {
    return answer(next(), body);
  }

  JsonNode answer(JsonNode call, String body) {
    return seller.post(200, "/calls/" + call.get("call_id").stringValue() + "/answer", body);
  }

  JsonNode next() {
    JsonNode waiting = waiting();
    while (waiting.isEmpty()) {
      Thread.onSpinWait();
      waiting = waiting();
    }
    return waiting.get(0);
  }

  JsonNode waiting() {
    return seller.get(200, "/calls?role=seller&state=waiting").get("calls");
  }

  /// A call of the seller's once it has come to a state.
  JsonNode until(JsonNode call, String state) {
    String path = "/calls/" + call.get("call_id").stringValue();
    JsonNode now = seller.get(200, path + "?wait=20");
    for (int i = 0; i < 200 && !now.get("state").stringValue().equals(state); i++) {
      now = seller.get(200, path + "?wait=1");
    }
    assertThat(now.get("state").stringValue()).as(now.toString()).isEqualTo(state);
    return now;
  }

  long till() {
    return anvil.balance(TILL);
  }

  static JsonNode header(HttpResponse<String> answer, String name) {
    String value = answer.headers().firstValue(name).orElseThrow();
    return Json.tree(Base64.getDecoder().decode(value.getBytes(StandardCharsets.UTF_8)));
  }

  static String slug(HttpResponse<String> answer) {
    return Bank.slug(Json.tree(answer.body().getBytes(StandardCharsets.UTF_8)));
  }
}
