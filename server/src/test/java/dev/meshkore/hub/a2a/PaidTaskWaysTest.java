package dev.meshkore.hub.a2a;

import static dev.meshkore.hub.a2a.Stall.assertState;
import static dev.meshkore.hub.a2a.Stall.said;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.meshkore.hub.testing.Bank;
import dev.meshkore.hub.testing.TestDatabase;
import dev.meshkore.hub.testing.TestHub;
import dev.meshkore.hub.testing.Wallet;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A paid task by every door, as it is told, and over restarts.
final class PaidTaskWaysTest {
  private static final String CONFIRMED = "payment-completed";

  @TempDir private Path folder;

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
  void theFormerVersionIsPaidInItsOwnForm() {
    play(stall -> {
      Map<String, String> former = Map.of("A2A-Extensions", PayForm.FORMER.uri());
      HttpResponse<String> begun = stall.ask(stall.buyer, "SendMessage", stall.wish("1"), former);
      assertThat(begun.headers().firstValue("A2A-Extensions")).hasValue(PayForm.FORMER.uri());
      JsonNode task = Stall.result(begun).get("task");
      JsonNode required = said(task).get(PayWords.REQUIRED);
      assertThat(required.propertyNames()).containsOnly("x402Version", "error", "accepts");
      assertThat(required.get("x402Version").intValue()).isEqualTo(1);
      JsonNode way = required.at("/accepts/0");
      assertThat(way.get("maxAmountRequired").stringValue()).isEqualTo("10000");
      assertThat(way.get("network").stringValue()).isEqualTo("base-sepolia");

      stall.pay(task, former(stall, way));
      stall.answerNext("{\"output\":null}");
      JsonNode done = stall.await(task, "COMPLETED", CONFIRMED);
      assertThat(done.at("/artifacts/0/parts/0/text").stringValue()).isEqualTo("null");
      assertThat(done.at("/status/message/extensions/0").stringValue())
          .isEqualTo(PayForm.FORMER.uri());
    });
  }

  /// A payload of version 1.
  private static ObjectNode former(Stall stall, JsonNode way) {
    ObjectNode current = way.deepCopy().asObject();
    current.put("amount", way.get("maxAmountRequired").stringValue());
    current.put("network", "eip155:84532");
    JsonNode signed = stall.wallet.pays(current, stall.hub.now().getEpochSecond());
    ObjectNode payload = Stall.JSON.createObjectNode();
    payload.put("x402Version", 1).put("scheme", "exact").put("network", "base-sepolia");
    payload.set("payload", signed.get("payload"));
    return payload;
  }

  @Test
  void clientsOfFormerA2aPayToo() {
    play(stall -> {
      ObjectNode wish = stall.wish("{\"a\":1}");
      JsonNode task = legacy(stall, "message/send", formerly(wish));
      assertThat(task.at("/status/state").stringValue()).isEqualTo("input-required");
      ObjectNode payment = Stall.atOnce(stall.payment(task, stall.sign(task)));
      payment.putObject("configuration").put("blocking", false);
      JsonNode paid = legacy(stall, "message/send", formerly(payment));
      assertThat(paid.at("/status/state").stringValue()).isEqualTo("working");
      stall.answerNext("{\"output\":{\"b\":2}}");
      stall.await(task, "COMPLETED", CONFIRMED);
      ObjectNode id = Stall.JSON.createObjectNode().put("id", task.get("id").stringValue());
      JsonNode done = legacy(stall, "tasks/get", id);
      assertThat(done.at("/status/state").stringValue()).isEqualTo("completed");
      assertThat(done.at("/artifacts/0/parts/0/kind").stringValue()).isEqualTo("data");
      assertThat(said(done).get(PayWords.RECEIPTS)).hasSize(1);
    });
  }

  private static ObjectNode formerly(ObjectNode params) {
    ((ObjectNode) params.get("message")).put("role", "user").put("kind", "message");
    ((ObjectNode) params.at("/message/parts/0")).put("kind", "data");
    return params;
  }

  private static JsonNode legacy(Stall stall, String method, JsonNode params) {
    Map<String, String> headers =
        Map.of("A2A-Version", "0.3", "X-A2A-Extensions", PayForm.CURRENT.uri());
    HttpResponse<String> answer = stall.ask(stall.buyer, method, params, headers);
    assertThat(answer.headers().firstValue("X-A2A-Extensions")).hasValue(PayForm.CURRENT.uri());
    return Stall.result(answer);
  }

  @Test
  void theOtherBindingPaysToo() {
    play(stall -> {
      JsonNode task = rest(stall, stall.wish("1"));
      assertState(task, "INPUT_REQUIRED", "payment-required");
      JsonNode paid = rest(stall, Stall.atOnce(stall.payment(task, stall.sign(task))));
      assertState(paid, "WORKING", "payment-verified");
      stall.answerNext("{\"output\":[1.5]}");
      JsonNode done = stall.await(task, "COMPLETED", CONFIRMED);
      assertThat(done.at("/artifacts/0/parts/0/data")).hasToString("[1.5]");
    });
  }

  private static JsonNode rest(Stall stall, JsonNode params) {
    HttpResponse<String> answer =
        stall.buyer.exchange(
            "POST",
            "/agents/seller/a2a/message:send",
            params.toString(),
            Map.of("A2A-Version", "1.0", "A2A-Extensions", PayForm.CURRENT.uri()));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.headers().firstValue("A2A-Extensions")).hasValue(PayForm.CURRENT.uri());
    return Stall.JSON.readTree(answer.body()).get("task");
  }

  @Test
  void aStreamTellsTheStates() {
    play(stall -> {
      JsonNode task = stall.begin("1");
      BlockingQueue<String> events = stream(stall, stall.payment(task, stall.sign(task)));
      assertState(next(events).get("task"), "WORKING", "payment-verified");
      stall.answerNext("{\"output\":{\"c\":3}}");
      assertThat(next(events).at("/artifactUpdate/artifact/parts/0/data/c").intValue())
          .isEqualTo(3);
      assertState(next(events).get("statusUpdate"), "COMPLETED", CONFIRMED);
      assertThat(take(events)).isEqualTo("the end");

      BlockingQueue<String> price = stream(stall, stall.wish("1"));
      assertState(next(price).get("task"), "INPUT_REQUIRED", "payment-required");
      assertThat(take(price)).isEqualTo("the end");
    });
  }

  /// What a stream tells, and at last its end.
  private static BlockingQueue<String> stream(Stall stall, JsonNode params) {
    var events = new LinkedBlockingQueue<String>();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(stall.hub.url() + "/agents/seller/a2a"))
            .header("Authorization", "Bearer " + stall.buyer.key())
            .header("A2A-Version", "1.0")
            .header("A2A-Extensions", PayForm.CURRENT.uri())
            .header("Content-Type", "application/json")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    Village.envelope("SendStreamingMessage", params.toString())))
            .build();
    var _ =
        HttpClient.newHttpClient()
            .sendAsync(request, HttpResponse.BodyHandlers.ofLines())
            .thenAccept(answer -> {
              if (answer.headers().firstValue("A2A-Extensions").isEmpty()) {
                events.add("no extension");
              }
              answer
                  .body()
                  .filter(line -> line.startsWith("data: "))
                  .forEach(line -> events.add(line.substring("data: ".length())));
              events.add("the end");
            });
    return events;
  }

  private static String take(BlockingQueue<String> events) {
    try {
      return String.valueOf(events.poll(20, TimeUnit.SECONDS));
    } catch (InterruptedException failure) {
      throw new AssertionError(failure);
    }
  }

  private static JsonNode next(BlockingQueue<String> events) {
    return Stall.JSON.readTree(take(events)).get("result");
  }

  @Test
  void aWebhookIsToldOfEachState() throws Exception {
    var told = new LinkedBlockingQueue<String>();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            told.add(new String(body, StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(204, -1);
          }
        });
    server.start();
    try {
      play(stall -> {
        ObjectNode wish = stall.wish("1");
        wish.putObject("configuration")
            .putObject("taskPushNotificationConfig")
            .put("url", "http://127.0.0.1:" + server.getAddress().getPort() + "/");
        JsonNode task = stall.result("SendMessage", wish).get("task");
        stall.pay(task, stall.sign(task));
        stall.answerNext("{\"output\":1}");
        for (String status : List.of("payment-required", "payment-submitted", "payment-verified")) {
          assertThat(take(told)).contains("\"statusUpdate\"").contains(status);
        }
        assertThat(take(told)).contains("\"artifactUpdate\"");
        assertThat(take(told)).contains("\"statusUpdate\"").contains(CONFIRMED);
      });
    } finally {
      server.stop(0);
    }
  }

  @Test
  void aTaskFindsItsAnswerAfterARestart() throws Exception {
    int number = 0;
    for (Map<String, String> database : TestDatabase.settings()) {
      var settings = new HashMap<>(database);
      Path data = Files.createDirectory(folder.resolve("d" + number++));
      settings.put("data", data.toString());
      Stall before;
      JsonNode waits;
      JsonNode noted;
      JsonNode lost;
      ObjectNode payload;
      try (TestHub hub = TestHub.start(settings)) {
        before = new Stall(hub);
        waits = before.begin("1");
        before.pay(waits, before.sign(waits));
        noted = before.begin("2");
        payload = before.sign(noted);
        lost = before.begin("3");
        before.pay(lost, before.sign(lost));
        note(hub, noted, payload);
      }
      try (TestHub hub = TestHub.start(settings)) {
        var stall = new Stall(hub, before);
        stall.await(noted, "WORKING", "payment-verified");
        assertThat(Bank.available(stall.buyer)).as("three are held").isEqualTo("0.970000");
        for (int i = 0; i < 3; i++) {
          stall.answerNext("{\"output\":\"late\"}");
        }
        stall.await(waits, "COMPLETED", CONFIRMED);
        stall.await(noted, "COMPLETED", CONFIRMED);
        JsonNode done = stall.await(lost, "COMPLETED", CONFIRMED);
        assertThat(done.at("/artifacts/0/parts/0/text").stringValue()).isEqualTo("late");
        // As a hub leaves it that died after the seller's answer and before the task had it.
        hub.execute(
            "UPDATE task_call SET look_at = 9000000000000000 WHERE task_id = '%s'"
                .formatted(lost.get("id").stringValue()));
        hub.execute(
            "UPDATE task SET state = 'working' WHERE task_id = '%s'"
                .formatted(lost.get("id").stringValue()));
      }
      try (TestHub hub = TestHub.start(settings)) {
        var stall = new Stall(hub, before);
        stall.await(lost, "COMPLETED", CONFIRMED);
        awaitState(hub, lost, "completed");
        assertThat(Bank.available(stall.buyer)).as("each is paid once").isEqualTo("0.970000");
        stall.bank.check();
      }
    }
  }

  @Test
  void aPaidTaskWaitsForALiveSellerThatIsAway() throws Exception {
    Map<String, String> settings =
        Map.of("data", Files.createDirectory(folder.resolve("live")).toString());
    Stall before;
    JsonNode task;
    try (TestHub hub = TestHub.start(settings)) {
      before = new Stall(hub);
      before.seller.get(200, "/messages");
      ObjectNode metadata = Stall.JSON.createObjectNode();
      metadata.put(PayWords.SERVICE, before.publishLive());
      task = before.result("SendMessage", before.message("1", metadata)).get("task");
      note(hub, task, before.sign(task));
    }
    String sql =
        "SELECT look_at FROM task_call WHERE task_id = '%s'"
            .formatted(task.get("id").stringValue());
    try (TestHub hub = TestHub.start(settings)) {
      var stall = new Stall(hub, before);
      Instant deadline = Instant.now().plus(Duration.ofSeconds(30));
      // Looked at, and put off.
      while (hub.texts(sql).stream().mapToLong(Long::parseLong).noneMatch(isSoon(hub))) {
        assertThat(Instant.now()).isBefore(deadline);
      }
      awaitState(hub, task, "working");
      hub.advance(Duration.ofMinutes(1));
      stall.seller.get(200, "/messages");
      stall.await(task, "WORKING", "payment-verified");
      assertThat(Bank.available(stall.buyer)).isEqualTo("0.990000");
    }
  }

  private static LongPredicate isSoon(TestHub hub) {
    long now = hub.now().toEpochMilli();
    return at -> at > now && at < now + 60_000;
  }

  /// Leaves a task as a hub does that dies after it has noted a payment and before it used it.
  private static void note(TestHub hub, JsonNode task, JsonNode payload) {
    String id = task.get("id").stringValue();
    hub.execute(
        "UPDATE task_call SET payment = '%s', look_at = 9000000000000000 WHERE task_id = '%s'"
            .formatted(Wallet.header(payload), id));
    hub.execute("UPDATE task SET state = 'working' WHERE task_id = '%s'".formatted(id));
  }

  private static void awaitState(TestHub hub, JsonNode task, String state) {
    String sql =
        "SELECT state FROM task WHERE task_id = '%s'".formatted(task.get("id").stringValue());
    Instant deadline = Instant.now().plus(Duration.ofSeconds(30));
    while (!hub.texts(sql).contains(state)) {
      assertThat(Instant.now()).isBefore(deadline);
      Thread.onSpinWait();
    }
  }

  @Test
  void aTaskOfOneHubHearsOfAnAnswerAtAnother() {
    Optional<String> database = TestDatabase.shared();
    Assumptions.assumeTrue(database.isPresent(), "PostgreSQL is not installed");
    Map<String, String> settings = Map.of("database", database.get());
    try (TestHub one = TestHub.start(settings);
        TestHub two = TestHub.start(settings)) {
      var here = new Stall(one);
      var there = new Stall(two, here);
      JsonNode task = here.begin("1");
      BlockingQueue<String> events = stream(here, here.payment(task, here.sign(task)));
      assertState(next(events).get("task"), "WORKING", "payment-verified");
      there.answerNext("{\"output\":\"there\"}");
      assertThat(next(events).has("artifactUpdate")).isTrue();
      assertState(next(events).get("statusUpdate"), "COMPLETED", CONFIRMED);
    }
  }

  @Test
  void whoeverPaysTwiceAtOnceCallsOnce() {
    play(stall -> {
      JsonNode task = stall.begin("1");
      ObjectNode payload = stall.sign(task);
      var paying = new ArrayList<CompletableFuture<JsonNode>>();
      for (int i = 0; i < 8; i++) {
        paying.add(stall.later("SendMessage", Stall.atOnce(stall.payment(task, payload))));
      }
      paying.forEach(
          one -> assertThat(Stall.state(one.join().get("task"))).isIn("WORKING", "COMPLETED"));
      assertThat(stall.waiting()).hasSize(1);
      assertThat(Bank.available(stall.buyer)).isEqualTo("0.990000");
      stall.answerNext("{\"output\":1}");
      JsonNode done = stall.await(task, "COMPLETED", CONFIRMED);
      assertThat(said(done).get(PayWords.RECEIPTS)).hasSize(1);
    });
  }
}
