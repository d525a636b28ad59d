package dev.meshkore.hub.courier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.TestHub;
import dev.meshkore.hub.testing.TextSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

final class CourierTest {
  private static final Map<String, String> OPEN = Map.of("outbound-private", "true");

  private static String text(JsonNode message, String name) {
    return message.path(name).asString("");
  }

  private static String said(JsonNode message) {
    JsonNode payload = message.path("payload");
    String artifact = payload.path("artifact").path("artifact_id").asString("");
    return artifact.isEmpty()
        ? payload.path("state").asString("") + " " + payload.path("text").asString("")
        : "artifact " + artifact;
  }

  @ParameterizedTest
  @CsvSource({"true, true", "true, false", "false, true", "false, false"})
  void theAnswerComesToTheInbox(boolean isJsonRpc, boolean isStreaming) throws Exception {
    try (TestHub hub = TestHub.start(OPEN);
        OutsideAgent outside = OutsideAgent.start(0, isJsonRpc, isStreaming)) {
      Mail alice = Mail.join(hub.invite(), "alice");
      JsonNode sent = alice.send(outside.url(), "hello", "{\"id\":\"k1\",\"thread\":\"t1\"}");
      assertThat(text(sent, "to")).matches("a2a-127\\.0\\.0\\.1-[0-9a-f]{12}");

      List<JsonNode> answers = alice.readUntil(Mail.inState("completed"));
      assertThat(answers).allMatch(answer -> text(answer, "from").equals(text(sent, "to")));
      assertThat(answers).allMatch(answer -> text(answer, "reply_to").equals("k1"));
      assertThat(answers).allMatch(answer -> text(answer, "thread").equals("t1"));
      List<String> said = answers.stream().map(CourierTest::said).toList();
      if (isStreaming) {
        assertThat(said).containsExactly("working on it", "artifact a1", "completed done: hello");
      } else {
        assertThat(said).containsExactly("artifact a1", "completed done: hello");
      }
      assertThat(
              answers
                  .get(said.indexOf("artifact a1"))
                  .path("payload")
                  .path("artifact")
                  .path("parts"))
          .hasToString("[{\"data\":{\"key\":\"value\"}}]");
      alice.awaitRead("k1");
      assertThat(outside.messages()).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"\\u0000", "half \\ud83d", "a b"})
  void aTaskOfAnImpossibleNameHoldsUpNobody(String taskId) throws Exception {
    try (TestHub hub = TestHub.start(OPEN);
        OutsideAgent outside = OutsideAgent.start()) {
      Mail alice = Mail.join(hub.invite(), "alice");
      Mail mallory = Mail.join(hub.invite(), "mallory");
      mallory.send(outside.url(), "", "{\"payload\":{\"task_id\":\"" + taskId + "\"}}");
      alice.send(outside.url(), "hello", "{}");
      alice.readUntil(Mail.inState("completed"));
      JsonNode refused = mallory.readUntil(Mail.inState("failed")).getLast();
      assertThat(refused.path("payload").path("problem").path("field").asString(""))
          .isEqualTo("task_id");
    }
  }

  @ParameterizedTest
  @CsvSource({"true, true", "true, false"})
  void aSenderWithAFullInboxGivesNoWorkTwice(boolean isJsonRpc, boolean isStreaming)
      throws Exception {
    try (TestHub hub = TestHub.start(Map.of("outbound-private", "true", "unread-max", "1"));
        OutsideAgent outside = OutsideAgent.start(0, isJsonRpc, isStreaming)) {
      Mail alice = Mail.join(hub.invite(), "alice");
      Mail bob = Mail.join(hub.invite(), "bob");
      bob.send("alice", "full now", "{}");
      alice.send(outside.url(), "wait", "{\"id\":\"k1\"}");
      alice.awaitRead("k1");
      assertThat(outside.messages()).hasSize(1);
    }
  }

  @Test
  void anAgentMayAnswerWithoutATask() throws Exception {
    try (TestHub hub = TestHub.start(OPEN);
        OutsideAgent outside = OutsideAgent.start()) {
      Mail alice = Mail.join(hub.invite(), "alice");
      alice.send(outside.url(), "chat", "{\"thread\":\"t1\"}");
      JsonNode answer = alice.readUntil(Mail.saying("chatting")).getLast();
      assertThat(answer.path("payload").path("type").asString("")).isEqualTo("message");
      alice.send(outside.url(), "chat", "{\"thread\":\"t1\"}");
      alice.readUntil(Mail.saying("chatting"));
      assertThat(outside.messages().getLast().path("contextId").asString("")).isEqualTo("c-chat");
    }
  }

  @Test
  void anAnswerInTheThreadGoesOnWithTheTask() throws Exception {
    try (TestHub hub = TestHub.start(OPEN);
        OutsideAgent outside = OutsideAgent.start()) {
      Mail alice = Mail.join(hub.invite(), "alice");
      JsonNode sent = alice.send(outside.url(), "ask", "{}");
      JsonNode question = alice.readUntil(Mail.inState("input-required")).getLast();
      assertThat(said(question)).isEqualTo("input-required which one?");
      alice.send(text(sent, "to"), "that one", "{\"thread\":\"" + text(question, "thread") + "\"}");
      assertThat(said(alice.readUntil(Mail.inState("completed")).getLast()))
          .isEqualTo("completed done: that one");
      JsonNode last = outside.messages().getLast();
      assertThat(text(last, "taskId")).isEqualTo("t-0");
      assertThat(text(last, "contextId")).isEqualTo("c-t-0");
    }
  }

  @Test
  void aTaskCanBeCanceledByItsName() throws Exception {
    try (TestHub hub = TestHub.start(OPEN);
        OutsideAgent outside = OutsideAgent.start()) {
      Mail alice = Mail.join(hub.invite(), "alice");
      Mail mallory = Mail.join(hub.invite(), "mallory");
      String to = text(alice.send(outside.url(), "wait", "{}"), "to");
      JsonNode working = alice.readUntil(Mail.inState("working")).getLast();
      String cancel =
          "{\"payload\":{\"type\":\"task\",\"state\":\"canceled\",\"task_id\":\""
              + working.path("payload").path("task_id").asString("")
              + "\"}}";
      mallory.send(to, "", cancel);
      JsonNode refused = mallory.readUntil(Mail.inState("failed")).getLast();
      assertThat(refused.path("payload").path("problem").path("field").asString(""))
          .isEqualTo("task_id");
      alice.send(to, "", cancel);
      alice.readUntil(Mail.inState("canceled"));
    }
  }

  @Test
  void everySpellingOfAnAddressIsTheSameAgent() throws Exception {
    try (TestHub hub = TestHub.start(OPEN);
        OutsideAgent outside = OutsideAgent.start()) {
      Mail alice = Mail.join(hub.invite(), "alice");
      String card = outside.url() + "/.well-known/agent-card.json";
      String id = text(alice.send(outside.url(), "chat", "{}"), "to");
      for (String other :
          List.of(outside.url() + "/", card, card + "#x", card.replace("http", "HTTP"))) {
        assertThat(text(alice.send(other, "chat", "{}"), "to")).isEqualTo(id);
      }
      JsonNode agent = alice.call("GET", "/agents/" + id, "").body();
      assertThat(text(agent, "remote")).isEqualTo(card);
      assertThat(agent.path("online").booleanValue()).isFalse();
      assertThat(alice.call("GET", "/agents", "").body().toString()).doesNotContain(id);
      assertThat(alice.call("GET", "/agents?status=all", "").body().toString()).contains(id);
      String login = "{\"agent_id\":\"" + id + "\",\"api_key\":\"x\"}";
      assertThat(alice.call("POST", "/register", login).status()).isEqualTo(400);
    }
  }

  @Test
  void theSenderHearsWhyItFailed() throws Exception {
    try (TestHub hub = TestHub.start(OPEN);
        OutsideAgent outside = OutsideAgent.start()) {
      Mail alice = Mail.join(hub.invite(), "alice");
      JsonNode sent = alice.send(outside.url() + "/none", "hello", "{}");
      JsonNode failed = alice.readUntil(Mail.inState("failed")).getLast();
      assertThat(text(failed, "reply_to")).isEqualTo(text(sent, "id"));
      JsonNode problem = failed.path("payload").path("problem");
      assertThat(text(problem, "type")).isEqualTo("/problems/outside-agent-failed");
      assertThat(text(problem, "detail")).contains("card", "404");
      alice.awaitRead(text(sent, "id"));

      alice.send(outside.url(), "refuse", "{}");
      failed = alice.readUntil(Mail.inState("failed")).getLast();
      assertThat(text(failed.path("payload").path("problem"), "detail"))
          .isEqualTo("It refused: not this");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://127.0.0.1:1/agent",
        "http://[::1]/agent",
        "http://localhost/agent",
        "http://169.254.169.254/latest",
        "https://user:secret@a.example/",
        "https://a.example:22/",
        "https://",
        "http://a b/",
        "HTTP://127.1/"
      })
  void privateAddressesAreRefusedAtOnce(String address) throws Exception {
    try (TestHub hub = TestHub.start(Map.of())) {
      Mail alice = Mail.join(hub.invite(), "alice");
      Mail.Answer answer = alice.trySend(address, "hello", "{}");
      assertThat(answer.status()).isEqualTo(400);
      assertThat(text(answer.body(), "type")).isEqualTo("/problems/outbound-refused");
      assertThat(alice.call("GET", "/agents?status=all", "").body().get("agents")).hasSize(1);
    }
  }

  @Test
  void aNameThatLeadsHereIsRefusedWhenItIsCalled() throws Exception {
    InetAddress here = InetAddress.getLocalHost();
    Assumptions.assumeTrue(
        here.isLoopbackAddress() || here.isSiteLocalAddress(), "This machine's name is public");
    try (TestHub hub = TestHub.start(Map.of());
        ServerSocket canary = new ServerSocket(0, 5, InetAddress.ofLiteral("0.0.0.0"))) {
      Mail alice = Mail.join(hub.invite(), "alice");
      String name = here.getHostName();
      alice.send("http://" + name + ":" + canary.getLocalPort() + "/", "hello", "{}");
      JsonNode failed = alice.readUntil(Mail.inState("failed")).getLast();
      assertThat(text(failed.path("payload").path("problem"), "type"))
          .isEqualTo("/problems/outbound-refused");
    }
  }

  @Test
  void whatCannotBeTakenNowIsTriedAgain() throws Exception {
    try (TestHub hub = TestHub.start(OPEN);
        OutsideAgent outside = OutsideAgent.start()) {
      Mail alice = Mail.join(hub.invite(), "alice");
      outside.beUnavailable(3);
      alice.send(outside.url(), "hello", "{}");
      hub.advance(Duration.ofMinutes(1));
      alice.readUntil(Mail.inState("completed"));
      assertThat(outside.messages()).hasSize(1);
    }
  }

  @Test
  void whatIsNeverTakenIsGivenUpAfterADay() throws Exception {
    int port;
    try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = gone.getLocalPort();
    }
    try (TestHub hub = TestHub.start(OPEN)) {
      Mail alice = Mail.join(hub.invite(), "alice");
      alice.send("http://127.0.0.1:" + port + "/", "hello", "{}");
      hub.advance(Duration.ofHours(25));
      JsonNode failed = alice.readUntil(Mail.inState("failed")).getLast();
      assertThat(text(failed.path("payload").path("problem"), "detail")).contains("connection");
    }
  }

  @Test
  void aWebSocketSendsThereToo() throws Exception {
    try (TestHub hub = TestHub.start(OPEN);
        OutsideAgent outside = OutsideAgent.start()) {
      Mail alice = Mail.join(hub.invite(), "alice");
      try (var socket = new TextSocket(hub.url(), alice.key())) {
        assertThat(socket.next()).contains("welcome");
        String send = "{\"type\":\"send\",\"to\":\"%s\",\"payload\":{\"text\":\"chat\"}}";
        socket.send(String.format(send, outside.url()));
        assertThat(socket.next()).contains("\"state\":\"queued\"", "\"to\":\"a2a-127.0.0.1-");
        String heard = socket.next();
        while (heard.contains("\"type\":\"receipt\"")) {
          heard = socket.next();
        }
        assertThat(heard).contains("chatting");
        socket.send(String.format(send, "http://169.254.169.254/"));
        heard = socket.next();
        while (!heard.contains("refused")) {
          heard = socket.next();
        }
        assertThat(heard).contains("/problems/outbound-refused");
      }
    }
  }

  @Test
  void oneThatHangsDelaysNoOther() throws Exception {
    try (TestHub hub = TestHub.start(OPEN);
        OutsideAgent slow = OutsideAgent.start();
        OutsideAgent quick = OutsideAgent.start()) {
      Mail alice = Mail.join(hub.invite(), "alice");
      alice.send(slow.url(), "hang", "{}");
      while (slow.messages().isEmpty()) {
        Thread.onSpinWait();
      }
      String id = text(alice.send(quick.url(), "hello", "{}"), "to");
      JsonNode answer = alice.readUntil(Mail.inState("completed")).getLast();
      assertThat(text(answer, "from")).isEqualTo(id);
    }
  }

  @Test
  void oneWhoDoesNotReadHoldsUpNobodyElse() throws Exception {
    Map<String, String> settings = Map.of("outbound-private", "true", "unread-max", "3");
    try (TestHub hub = TestHub.start(settings);
        OutsideAgent outside = OutsideAgent.start()) {
      Mail alice = Mail.join(hub.invite(), "alice");
      Mail bob = Mail.join(hub.invite(), "bob");
      for (int i = 0; i < 3; i++) {
        bob.send("alice", "filling up", "{}");
      }
      JsonNode chat = alice.send(outside.url(), "chat", "{}");
      alice.awaitRead(text(chat, "id"));
      JsonNode refused = alice.send(outside.url(), "refuse", "{}");
      alice.awaitRead(text(refused, "id"));
      alice.send(outside.url(), "hello", "{}");
      bob.send(outside.url(), "chat", "{}");
      bob.readUntil(Mail.saying("chatting"));
      List<JsonNode> heard = alice.readUntil(Mail.inState("completed"));
      assertThat(heard.stream().filter(Mail.saying("chatting"))).isEmpty();
    }
  }

  @Test
  void oneAgentNamesOnlySoManyOthers() throws Exception {
    try (TestHub hub = TestHub.start(Map.of())) {
      Mail alice = Mail.join(hub.invite(), "alice");
      Mail bob = Mail.join(hub.invite(), "bob");
      for (int i = 0; i < 100; i++) {
        alice.send("https://a" + i + ".invalid/", "hello", "{}");
      }
      assertThat(alice.trySend("https://more.invalid/", "hello", "{}").status()).isEqualTo(400);
      alice.send("https://a7.invalid/", "hello", "{}");
      bob.send("https://more.invalid/", "hello", "{}");
      alice.send("https://more.invalid/", "hello", "{}");
    }
  }
}
