package dev.meshkore.hub.a2a;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Bank;
import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.TestHub;
import dev.meshkore.hub.testing.Wallet;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A seller of a service, and a buyer with a credit that speaks A2A and signs what it pays.
final class Stall {
  static final JsonMapper JSON = JsonMapper.shared();

  final TestHub hub;
  final Bank bank;
  final Caller buyer;
  final Caller seller;
  final Wallet wallet;
  final String service;
  private int messages;

  Stall(TestHub hub) {
    this.hub = hub;
    this.bank = new Bank(hub);
    this.buyer = bank.agent("buyer", "1");
    this.seller = bank.agent("seller", "0");
    this.wallet = Wallet.of(1);
    wallet.bindTo(buyer);
    this.service = publish("Echo", "0.01");
  }

  /// The same people on a hub that was started again over their data.
  Stall(TestHub hub, Stall before) {
    this.hub = hub;
    this.bank = new Bank(hub);
    this.buyer = Caller.of(hub, "buyer", before.buyer.key());
    this.seller = Caller.of(hub, "seller", before.seller.key());
    this.wallet = before.wallet;
    this.service = before.service;
    this.messages = before.messages;
  }

  String publish(String name, String amount) {
    return publish("", name, amount);
  }

  /// One that can be called while its seller is there.
  String publishLive() {
    return publish("\"kind\":\"live\",\"quantity\":1,", "Live echo", "0.01");
  }

  private String publish(String kind, String name, String amount) {
    JsonNode published =
        seller.post(
            201,
            "/services",
            ("{%s\"name\":\"%s\",\"description\":\"Says it again.\","
                    + "\"price\":{\"amount\":\"%s\",\"asset\":\"CREDIT\",\"unit\":\"call\"}}")
                .formatted(kind, name, amount));
    return published.get("service_id").stringValue();
  }

  /// A call of the seller's door, as a client that came to pay makes it.
  HttpResponse<String> ask(Caller caller, String method, JsonNode params) {
    return ask(caller, method, params, Map.of("A2A-Extensions", PayForm.CURRENT.uri()));
  }

  HttpResponse<String> ask(
      Caller caller, String method, JsonNode params, Map<String, String> more) {
    var headers = new HashMap<>(Map.of("A2A-Version", "1.0"));
    headers.putAll(more);
    headers.put("Content-Type", "application/json");
    String body = Village.envelope(method, params.toString());
    return caller.exchange("POST", "/agents/seller/a2a", body, headers);
  }

  JsonNode result(String method, JsonNode params) {
    return result(ask(buyer, method, params));
  }

  static JsonNode result(HttpResponse<String> answer) {
    JsonNode json = JSON.readTree(answer.body());
    assertThat(json.has("result")).as(answer.body()).isTrue();
    return json.get("result");
  }

  /// The error of a call that must fail, clearly.
  static JsonNode error(HttpResponse<String> answer) {
    JsonNode json = JSON.readTree(answer.body());
    assertThat(json.has("error")).as(answer.body()).isTrue();
    assertThat(answer.statusCode()).as(answer.body()).isLessThan(500);
    return json.get("error");
  }

  /// A message whose only part is data.
  ObjectNode message(String data, ObjectNode metadata) {
    ObjectNode params = JSON.createObjectNode();
    ObjectNode message = params.putObject("message");
    message.put("messageId", "m" + messages++);
    message.put("role", "ROLE_USER");
    message.putArray("parts").addObject().set("data", JSON.readTree(data));
    message.set("metadata", metadata);
    return params;
  }

  /// What begins a call of the service.
  ObjectNode wish(String data) {
    return message(data, JSON.createObjectNode().put(PayWords.SERVICE, service));
  }

  /// The task that begins, which says what it costs.
  JsonNode begin(String data) {
    JsonNode task = result("SendMessage", wish(data)).get("task");
    assertState(task, "INPUT_REQUIRED", "payment-required");
    return task;
  }

  /// What pays a task.
  ObjectNode payment(JsonNode task, JsonNode payload) {
    ObjectNode metadata = JSON.createObjectNode();
    metadata.put(PayWords.STATUS, PayWords.SUBMITTED);
    metadata.set(PayWords.PAYLOAD, payload);
    ObjectNode params = message("{}", metadata);
    ((ObjectNode) params.get("message")).set("taskId", task.get("id"));
    return params;
  }

  static ObjectNode atOnce(ObjectNode params) {
    params.putObject("configuration").put("returnImmediately", true);
    return params;
  }

  /// Signs what a task requires.
  ObjectNode sign(JsonNode task) {
    return sign(wallet, task);
  }

  ObjectNode sign(Wallet by, JsonNode task) {
    return by.pays(required(task), hub.now().getEpochSecond());
  }

  /// What a task requires, to change.
  static ObjectNode required(JsonNode task) {
    return (ObjectNode) said(task).path(PayWords.REQUIRED).get("accepts").get(0).deepCopy();
  }

  /// Pays a task, and answers it as it is at once.
  JsonNode pay(JsonNode task, JsonNode payload) {
    return result("SendMessage", atOnce(payment(task, payload))).get("task");
  }

  CompletableFuture<JsonNode> later(String method, JsonNode params) {
    return CompletableFuture.supplyAsync(() -> result(method, params), Thread::startVirtualThread);
  }

  JsonNode get(JsonNode task) {
    ObjectNode params = JSON.createObjectNode();
    params.set("id", task.get("id"));
    return result("GetTask", params);
  }

  /// Waits until a task is in a state.
  JsonNode await(JsonNode task, String state, String status) {
    Instant deadline = Instant.now().plus(Duration.ofSeconds(30));
    JsonNode shown = get(task);
    while (!(state(shown) + said(shown).path(PayWords.STATUS).asString(""))
        .equals(state + status)) {
      assertThat(Instant.now()).as("%s", shown).isBefore(deadline);
      Thread.onSpinWait();
      shown = get(task);
    }
    return shown;
  }

  static String state(JsonNode task) {
    return task.at("/status/state").asString("").replace("TASK_STATE_", "");
  }

  /// What the extension says of a task.
  static JsonNode said(JsonNode task) {
    return task.at("/status/message/metadata");
  }

  static void assertState(JsonNode task, String state, String status) {
    assertThat(state(task)).as("%s", task).isEqualTo(state);
    assertThat(said(task).path(PayWords.STATUS).asString("")).isEqualTo(status);
  }

  /// Answers the next call that waits.
  JsonNode answerNext(String body) {
    JsonNode waiting = waiting();
    while (waiting.isEmpty()) {
      Thread.onSpinWait();
      waiting = waiting();
    }
    JsonNode call = waiting.get(0);
    seller.post(200, "/calls/" + call.get("call_id").stringValue() + "/answer", body);
    return call;
  }

  JsonNode waiting() {
    return seller.get(200, "/calls?role=seller&state=waiting").get("calls");
  }
}
