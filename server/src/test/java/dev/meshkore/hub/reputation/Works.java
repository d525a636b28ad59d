package dev.meshkore.hub.reputation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Bank;
import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.TestHub;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/// A hub with agents that work for each other, and what tests of reputation do again and again.
final class Works {
  private static final String SHA =
      "72d224e6da86d5055f1d0c9463a4907df17dc86118494fc0be0041bc7ca5c459";

  final TestHub hub;
  final Bank bank;

  private Works(TestHub hub) {
    this.hub = hub;
    this.bank = new Bank(hub);
  }

  static void onEach(Consumer<Works> play) {
    TestHub.onEach(Map.of(), hub -> play.accept(new Works(hub)));
  }

  static String step(Caller caller, String job, String step, String more) {
    String head = caller.get(200, "/jobs/" + job).get("head").stringValue();
    String body = "{\"step\":\"%s\",\"previous\":\"%s\"%s}".formatted(step, head, more);
    return caller.post(201, "/jobs/" + job + "/steps", body).get("state").stringValue();
  }

  /// A job that was submitted.
  static String submitted(Caller client, Caller provider, String body) {
    String job = client.post(201, "/jobs", body).get("job_id").stringValue();
    if (!body.contains("negotiation_id")) {
      step(provider, job, "accept", "");
    }
    step(client, job, "fund", "");
    step(provider, job, "submit", ",\"sha256\":\"" + SHA + "\"");
    return job;
  }

  /// The body of a job.
  static String work(Caller provider, String amount) {
    return "{\"provider\":\"%s\",\"subject\":\"Pages\",\"amount\":\"%s\"}"
        .formatted(provider.id(), amount);
  }

  /// A job that was done and paid.
  static String done(Caller client, Caller provider, String amount) {
    String job = submitted(client, provider, work(provider, amount));
    assertThat(step(client, job, "complete", "")).isEqualTo("completed");
    return job;
  }

  static JsonNode rate(Caller caller, int status, String job, int stars, String comment) {
    String said = comment.isEmpty() ? "" : ",\"comment\":\"" + comment + "\"";
    return caller.post(status, "/jobs/" + job + "/rating", "{\"rating\":" + stars + said + "}");
  }

  /// Both say what they think of a job that was done and paid.
  static String rated(Caller client, Caller provider, String amount, int ofProvider) {
    String job = done(client, provider, amount);
    rate(provider, 201, job, 5, "");
    rate(client, 201, job, ofProvider, "");
    return job;
  }

  static void refused(Caller caller, String job, String detail) {
    JsonNode problem = rate(caller, 409, job, 5, "");
    assertThat(Bank.slug(problem)).isEqualTo("rating-closed");
    assertThat(problem.get("detail").stringValue()).contains(detail);
  }

  static JsonNode reputation(Caller reader, String agent) {
    return reader.get(200, "/agents/" + agent + "/reputation");
  }

  /// Waits until an agent's object says something.
  static JsonNode await(Caller reader, String agent, String member, String value) {
    Instant deadline = Instant.now().plusSeconds(20);
    JsonNode shown = reader.get(200, "/agents/" + agent);
    while (!shown.path(member).asString("").equals(value)) {
      assertThat(Instant.now()).as("%s", shown).isBefore(deadline);
      Thread.onSpinWait();
      shown = reader.get(200, "/agents/" + agent);
    }
    return shown;
  }

  /// The notices of a kind in an inbox, when there are so many.
  static List<JsonNode> told(Caller agent, String kind, int least) {
    Instant deadline = Instant.now().plusSeconds(20);
    while (true) {
      List<JsonNode> found =
          agent
              .get(200, "/messages?after=0&limit=1000&wait=1")
              .get("messages")
              .valueStream()
              .map(message -> message.get("payload"))
              .filter(payload -> payload.path("notice").asString("").equals(kind))
              .toList();
      if (found.size() >= least) {
        return found;
      }
      assertThat(Instant.now()).isBefore(deadline);
    }
  }
}
