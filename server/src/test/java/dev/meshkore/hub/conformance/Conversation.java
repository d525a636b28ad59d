package dev.meshkore.hub.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.TestHub;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// One run of one case.
final class Conversation {
  private final Case subject;
  private final Hubs hubs;
  private final HttpClient client;
  private final Values values = new Values();
  private final Map<String, LiveSession> sessions = new HashMap<>();

  Conversation(Case subject, Hubs hubs, HttpClient client) {
    this.subject = subject;
    this.hubs = hubs;
    this.client = client;
  }

  void run() throws IOException, InterruptedException {
    if (subject.movesClock()) {
      try (TestHub own = hubs.startAlone(subject.settings())) {
        run(own);
      }
    } else {
      try {
        run(hubs.shared(subject.settings()));
      } finally {
        sessions.values().forEach(LiveSession::close);
      }
    }
  }

  private void run(TestHub hub) throws IOException, InterruptedException {
    String run = hubs.nextRun();
    values.put("run", run);
    subject.each().properties().forEach(it -> values.put("each." + it.getKey(), it.getValue()));
    var names = new TreeSet<>(subject.agents());
    names.addAll(subject.ids());
    names.forEach(name -> values.put(name, name + "-" + run));
    join(hub, subject.agents(), "");
    if (!subject.elsewhere().isEmpty()) {
      join(hubs.elsewhere(), subject.elsewhere(), "elsewhere.");
    }
    var wire = new Wire(client, hub.url());
    for (int i = 0; i < subject.steps().size(); i++) {
      JsonNode step = subject.steps().get(i);
      if (step.has("advance")) {
        hub.advance(Duration.ofSeconds(step.get("advance").intValue()));
        continue;
      }
      if (step.has("session")) {
        onSession(i + 1, hub, step);
        continue;
      }
      int times = step.path("times").asInt(1);
      for (int time = 0; time < times; time++) {
        check(i + 1, step, wire.send(request(hub, step)));
      }
    }
  }

  /// A step on a WebSocket or an event stream.
  private void onSession(int number, TestHub hub, JsonNode step)
      throws IOException, InterruptedException {
    String name = step.get("session").stringValue();
    JsonNode expected = values.resolve(step.path("expect"));
    if (step.has("open")) {
      Request request = opening(hub, step);
      if (expected.has("status") || expected.has("problem")) {
        check(number, step, new Wire(client, hub.url()).send(request));
        return;
      }
      URI url = URI.create(hub.url() + request.target());
      boolean isEvents = values.resolve(step.get("open").stringValue()).equals("events");
      sessions.put(
          name,
          isEvents
              ? LiveSession.events(client, url, request.headers())
              : LiveSession.webSocket(client, url, request.headers()));
    }
    LiveSession session =
        Objects.requireNonNull(sessions.get(name), "step " + number + ": no session " + name);
    if (step.has("frame")) {
      session.send(values.resolve(step.get("frame")).toString());
    } else if (step.has("text")) {
      session.send(values.resolve(step.get("text")).stringValue());
    } else if (step.has("close")) {
      session.close();
    }
    if (expected.has("frame")) {
      JsonNode wanted = expected.get("frame");
      JsonNode frame = session.next(wanted);
      byte[] bytes = CaseFile.MAPPER.writeValueAsBytes(frame);
      ObjectNode body = JsonNodeFactory.instance.objectNode();
      body.set("body", wanted);
      compare(number, step, body, new Answer(200, Map.of(), bytes));
    }
    if (expected.has("closed")) {
      assertThat(session.closed())
          .as("step %d, %s", number, shortened(step))
          .isEqualTo(expected.get("closed").intValue());
    }
  }

  /// The request that opens a session. One for a WebSocket that shall be refused goes out as it is,
  /// so it asks for the handshake itself.
  private Request opening(TestHub hub, JsonNode step) {
    boolean isEvents = values.resolve(step.get("open").stringValue()).equals("events");
    ObjectNode arguments =
        step.has("args")
            ? (ObjectNode) values.resolve(step.get("args"))
            : JsonNodeFactory.instance.objectNode();
    String target = (isEvents ? "/events" : "/ws") + Operation.query(arguments);
    Request request = new Request("GET", target, Map.of(), Optional.empty());
    for (var header : values.resolve(step.path("headers")).properties()) {
      request = request.with(header.getKey(), header.getValue().stringValue());
    }
    boolean isRefused = step.path("expect").has("status") || step.path("expect").has("problem");
    if (isRefused && !isEvents) {
      request =
          request
              .with("Connection", "Upgrade")
              .with("Upgrade", "websocket")
              .with("Sec-WebSocket-Version", "13")
              .with("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA==");
    }
    Optional<String> credential = credential(hub, step.path("as"));
    return credential.isEmpty()
        ? request
        : request.with("Authorization", "Bearer " + credential.get());
  }

  private void check(int number, JsonNode step, Answer answer) {
    compare(number, step, values.resolve(step.get("expect")), answer);
  }

  private void compare(int number, JsonNode step, JsonNode expected, Answer answer) {
    List<String> differences = Expectation.differences(expected, answer);
    assertThat(differences)
        .describedAs("step %d, %s\nanswered %s", number, shortened(step), answer)
        .isEmpty();
    step.path("save")
        .properties()
        .forEach(it -> {
          JsonNode value = answer.json().at(it.getValue().stringValue());
          assertThat(value.isMissingNode())
              .describedAs("step %d: there is no %s to save", number, it.getValue())
              .isFalse();
          values.put(it.getKey(), value);
        });
  }

  private Request request(TestHub hub, JsonNode step) {
    Request request;
    if (step.has("op")) {
      String name = values.resolve(step.get("op").stringValue());
      ObjectNode arguments =
          step.has("args")
              ? (ObjectNode) values.resolve(step.get("args"))
              : JsonNodeFactory.instance.objectNode();
      request = Operation.of(name).request(arguments);
    } else {
      request = Request.of(values.resolve(step.get("http")));
    }
    return credential(hub, step.path("as"))
        .map(credential -> request.with("Authorization", "Bearer " + credential))
        .orElse(request);
  }

  private Optional<String> credential(TestHub hub, JsonNode who) {
    if (!who.isString()) {
      return Optional.empty();
    }
    String name = who.stringValue();
    return Optional.of(name.equals("admin") ? hub.adminKey() : values.text(name + ".token"));
  }

  private void join(TestHub hub, List<String> names, String prefix)
      throws IOException, InterruptedException {
    if (names.isEmpty()) {
      return;
    }
    var wire = new Wire(client, hub.url());
    ObjectNode invite = JsonNodeFactory.instance.objectNode().put("max_uses", names.size());
    Answer invited =
        wire.send(
            Operation.CREATE_INVITE
                .request(invite)
                .with("Authorization", "Bearer " + hub.adminKey()));
    assertThat(invited.status()).describedAs("an invite: %s", invited).isEqualTo(201);
    for (String name : names) {
      ObjectNode draft = JsonNodeFactory.instance.objectNode();
      draft.set("url", invited.json().get("url"));
      draft.put("agent_id", values.text(name));
      Answer joined = wire.send(Operation.JOIN.request(draft));
      assertThat(joined.status()).describedAs("%s joins: %s", name, joined).isEqualTo(201);
      values.put(prefix + name + ".token", joined.json().get("token"));
      values.put(prefix + name + ".api_key", joined.json().get("api_key"));
    }
  }

  private static String shortened(JsonNode step) {
    String text = step.toString();
    return text.length() > 600 ? text.substring(0, 600) + "…" : text;
  }
}
