package dev.meshkore.hub.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.TestHub;
import java.io.IOException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
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
      run(hubs.shared(subject.settings()));
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
      int times = step.path("times").asInt(1);
      for (int time = 0; time < times; time++) {
        check(i + 1, step, wire.send(request(hub, step)));
      }
    }
  }

  private void check(int number, JsonNode step, Answer answer) {
    List<String> differences = Expectation.differences(values.resolve(step.get("expect")), answer);
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
