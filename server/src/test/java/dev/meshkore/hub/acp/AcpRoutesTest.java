package dev.meshkore.hub.acp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.TestHub;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// ACP over a real hub, with an agent that knows plain REST alone.
@Timeout(60)
final class AcpRoutesTest {
  private static final String INPUT =
      "\"input\":[{\"role\":\"user\",\"parts\":[{\"content_type\":\"text/plain\","
          + "\"content\":\"hi\"}]}]";

  private TestHub hub;
  private Caller alice;
  private Caller bob;

  @BeforeEach
  void open() {
    hub = TestHub.start(Map.of());
    alice = Caller.join(hub, "alice");
    bob = Caller.join(hub, "bob");
  }

  @AfterEach
  void close() {
    hub.close();
  }

  private static String body(String mode) {
    return "{\"agent_name\":\"bob\"," + INPUT + ",\"mode\":\"" + mode + "\"}";
  }

  private String begin() {
    return alice.post(202, "/acp/runs", body("async")).get("run_id").stringValue();
  }

  private JsonNode run(String id) {
    return alice.get(200, "/acp/runs/" + id);
  }

  /// Waits for the next message to bob and acknowledges it.
  private JsonNode next() {
    JsonNode page = bob.get(200, "/messages?wait=30&limit=1");
    bob.post(200, "/messages/ack", "{\"sequence\":" + page.get("after").longValue() + "}");
    return page.get("messages").get(0);
  }

  private void reply(JsonNode message, String payload) {
    String id = message.get("id").stringValue();
    bob.post(
        201, "/send", "{\"to\":\"alice\",\"reply_to\":\"" + id + "\",\"payload\":" + payload + "}");
  }

  private Thread answering(String... payloads) {
    return Thread.ofVirtual()
        .start(() -> {
          JsonNode message = next();
          for (String payload : payloads) {
            reply(message, payload);
          }
        });
  }

  @Test
  void pingNeedsNoCredential() {
    assertThat(Caller.withoutKey(hub).get(200, "/acp/ping")).isEmpty();
  }

  @Test
  void agentsHaveManifests() {
    JsonNode agents = alice.get(200, "/acp/agents").get("agents");
    assertThat(agents.findValuesAsString("name")).contains("alice", "bob");
    assertThat(alice.get(200, "/acp/agents?limit=1&offset=1").get("agents")).hasSize(1);
    assertThat(alice.get(200, "/acp/agents?offset=2").get("agents")).isEmpty();
    JsonNode bob = alice.get(200, "/acp/agents/bob");
    assertThat(bob.get("name").stringValue()).isEqualTo("bob");
    assertThat(bob.get("metadata").get("created_at").stringValue()).endsWith("Z");
  }

  @Test
  void aRunIsADurableMessageAndItsReply() throws InterruptedException {
    Thread agent = answering("{\"text\":\"hello\"}");
    JsonNode run = alice.post(200, "/acp/runs", body("sync"));
    agent.join();
    assertThat(run.get("status").stringValue()).isEqualTo("completed");
    JsonNode output = run.get("output").get(0);
    assertThat(output.get("role").stringValue()).isEqualTo("agent/bob");
    assertThat(output.get("parts").get(0).get("content").stringValue()).isEqualTo("hello");
    assertThat(run(run.get("run_id").stringValue())).isEqualTo(run);
  }

  @Test
  void theAgentGetsTextAndTheWholeInput() {
    String id = begin();
    JsonNode message = next();
    assertThat(message.get("id").stringValue()).isEqualTo(id);
    assertThat(message.get("from").stringValue()).isEqualTo("alice");
    JsonNode payload = message.get("payload");
    assertThat(payload.get("text").stringValue()).isEqualTo("hi");
    assertThat(payload.get("task_id").stringValue()).isEqualTo(id);
    assertThat(payload.get("input").get(0).get("role").stringValue()).isEqualTo("user");
  }

  @Test
  void theStateIsThatOfTheMessage() {
    String id = begin();
    assertThat(run(id).get("status").stringValue()).isEqualTo("created");
    JsonNode message = next();
    assertThat(run(id).get("status").stringValue()).isEqualTo("in-progress");
    reply(message, "{\"type\":\"task\",\"state\":\"working\"}");
    assertThat(run(id).get("status").stringValue()).isEqualTo("in-progress");
    reply(message, "{\"a\":1}");
    JsonNode done = run(id);
    assertThat(done.get("status").stringValue()).isEqualTo("completed");
    assertThat(done.get("output")).hasSize(1);
    JsonNode part = done.get("output").get(0).get("parts").get(0);
    assertThat(part.get("content_type").stringValue()).isEqualTo("application/json");
    assertThat(part.get("content").stringValue()).isEqualTo("{\"a\":1}");
    assertThat(done.get("finished_at").stringValue()).endsWith("Z");
    reply(message, "{\"text\":\"late\"}");
    assertThat(run(id)).isEqualTo(done);
  }

  @Test
  void anAgentMayAskBack() throws InterruptedException {
    String id = begin();
    JsonNode message = next();
    reply(message, "{\"type\":\"task\",\"state\":\"input-required\",\"text\":\"sure?\"}");
    JsonNode waiting = run(id);
    assertThat(waiting.get("status").stringValue()).isEqualTo("awaiting");
    assertThat(waiting.get("await_request").get("message").toString()).contains("sure?");
    Thread agent = answering("{\"text\":\"done\"}");
    String resume =
        "{\"await_resume\":{\"type\":\"message\",\"message\":{\"parts\":[{\"content\":\"yes\"}]}},"
            + "\"mode\":\"sync\"}";
    JsonNode done = alice.post(200, "/acp/runs/" + id, resume);
    agent.join();
    assertThat(done.get("status").stringValue()).isEqualTo("completed");
    assertThat(done.get("output")).hasSize(2);
    alice.post(400, "/acp/runs/" + id, resume);
  }

  @Test
  void failuresAndEndsAreTold() {
    String failed = begin();
    reply(next(), "{\"type\":\"task\",\"state\":\"failed\",\"text\":\"no\"}");
    assertThat(run(failed).get("error").get("message").stringValue()).isEqualTo("no");
    String cancelled = begin();
    JsonNode answer = alice.post(202, "/acp/runs/" + cancelled + "/cancel", "");
    assertThat(answer.get("status").stringValue()).isEqualTo("cancelled");
    assertThat(run(cancelled).get("status").stringValue()).isEqualTo("cancelled");
    next();
    assertThat(next().get("payload").get("state").stringValue()).isEqualTo("canceled");
    alice.post(400, "/acp/runs/" + cancelled + "/cancel", "");
  }

  @Test
  void aStreamTellsWhatHappens() throws InterruptedException {
    Thread agent =
        answering(
            "{\"type\":\"task\",\"state\":\"working\",\"text\":\"half\"}", "{\"text\":\"whole\"}");
    HttpResponse<String> stream = alice.exchange("POST", "/acp/runs", body("stream"));
    agent.join();
    var types = new ArrayList<String>();
    stream
        .body()
        .lines()
        .filter(line -> line.startsWith("data:"))
        .map(line -> new JsonMapper().readTree(line.substring(5)).get("type").stringValue())
        .forEach(types::add);
    List<String> message = List.of("message.created", "message.part", "message.completed");
    assertThat(types.subList(0, 2)).containsExactly("run.created", "run.in-progress");
    assertThat(types.subList(2, 5)).isEqualTo(message);
    assertThat(types.subList(5, 8)).isEqualTo(message);
    assertThat(types.subList(8, types.size())).containsExactly("run.completed");
  }

  @Test
  void whoWaitsHearsOfACancelling() throws InterruptedException {
    var waiting = new ConcurrentLinkedQueue<String>();
    Thread sync =
        Thread.ofVirtual()
            .start(() -> waiting.add(alice.exchange("POST", "/acp/runs", body("sync")).body()));
    String first = next().get("id").stringValue();
    alice.post(202, "/acp/runs/" + first + "/cancel", "");
    sync.join();
    assertThat(waiting.poll()).contains("\"status\":\"cancelled\"");
    next();
    Thread stream =
        Thread.ofVirtual()
            .start(() -> waiting.add(alice.exchange("POST", "/acp/runs", body("stream")).body()));
    String second = next().get("id").stringValue();
    alice.post(202, "/acp/runs/" + second + "/cancel", "");
    stream.join();
    assertThat(waiting.poll()).contains("run.cancelled");
  }

  @Test
  void mailOfOthersDisturbsNoRun() throws InterruptedException {
    Caller carol = Caller.join(hub, "carol");
    Thread agent =
        Thread.ofVirtual()
            .start(() -> {
              JsonNode message = next();
              for (int i = 0; i < 30; i++) {
                carol.send("alice", "noise " + i);
                bob.send("alice", "noise " + i);
              }
              reply(message, "\"here\"");
            });
    JsonNode run = alice.post(200, "/acp/runs", body("sync"));
    agent.join();
    assertThat(run.get("output").toString()).contains("here").doesNotContain("noise");
  }

  @Test
  void eventsAreMadeFromWhatFollowed() {
    String id = begin();
    reply(next(), "\"plain\"");
    JsonNode events = alice.get(200, "/acp/runs/" + id + "/events").get("events");
    assertThat(events.valueStream().map(event -> event.get("type").stringValue()))
        .containsExactly(
            "run.created", "message.created", "message.part", "message.completed", "run.completed");
  }

  @Test
  void nobodySeesTheRunOfAnother() {
    String id = begin();
    JsonNode refusal = bob.get(404, "/acp/runs/" + id);
    assertThat(refusal.get("code").stringValue()).isEqualTo("not_found");
    assertThat(refusal.get("type").stringValue()).isEqualTo("/problems/unknown-message");
    bob.post(404, "/acp/runs/" + id + "/cancel", "");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nope", "11111111-1111-4111-8111-111111111111", "%2e%2e", "bob:1"})
  void anUnknownRunIsNotFound(String id) {
    assertThat(alice.get(404, "/acp/runs/" + id).get("code").stringValue()).isEqualTo("not_found");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{}; 400; invalid-field",
        "[]; 400; malformed-json",
        "{\"agent_name\":\"bob\",\"input\":[]}; 400; invalid-field",
        "{\"agent_name\":\"bob\",\"input\":[1]}; 400; invalid-field",
        "{\"agent_name\":\"bob\",\"input\":[{\"parts\":[{}]}]}; 400; invalid-field",
        "{\"agent_name\":\"zoe\",\"input\":[{\"parts\":[{\"content\":\"a\"}]}]}; 404;"
            + " unknown-recipient",
        "{\"agent_name\":\"bob\",\"mode\":\"x\",\"input\":[{\"parts\":[{\"content\":\"a\"}]}]};"
            + " 400; invalid-field",
        "{\"agent_name\":\"bob\",\"session_id\":\"a b\",\"input\":[{\"parts\":"
            + "[{\"content\":\"a\"}]}]}; 400; invalid-field"
      })
  void whatRestRefusesIsRefused(String body, int status, String slug) {
    JsonNode refusal = alice.post(status, "/acp/runs", body);
    assertThat(refusal.get("type").stringValue()).isEqualTo("/problems/" + slug);
    assertThat(refusal.get("message").stringValue()).isNotBlank();
    assertThat(refusal.get("code").stringValue())
        .isEqualTo(status == 404 ? "not_found" : "invalid_input");
  }

  @ParameterizedTest
  @CsvSource({"/acp/agents/zoe,404", "/acp/agents/a%20b%3F,404", "/acp/agents?limit=0,400"})
  void agentsThatAreNotThereAreNotFound(String path, int status) {
    assertThat(alice.get(status, path).get("code").stringValue())
        .isEqualTo(status == 404 ? "not_found" : "invalid_input");
  }

  @Test
  void anAgentThatWasNamedByItsUrlIsKnownByItsIdFromThenOn() {
    try (TestHub open = TestHub.start(Map.of("outbound-private", "true"))) {
      Caller carol = Caller.join(open, "carol");
      String run = body("async").replace("\"bob\"", "\"http://127.0.0.1:9/agent\"");
      assertThat(carol.post(202, "/acp/runs", run).get("agent_name").stringValue())
          .startsWith("a2a-127.0.0.1-");
    }
  }
}
