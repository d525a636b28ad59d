package dev.meshkore.hub.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.TestHub;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/// A hub with agents that have money, and what tests of jobs do again and again.
final class Site {
  static final String SHA = "72d224e6da86d5055f1d0c9463a4907df17dc86118494fc0be0041bc7ca5c459";

  final TestHub hub;
  final Caller admin;
  private int deposits;

  Site(TestHub hub) {
    this.hub = hub;
    this.admin = Caller.admin(hub);
  }

  static void onEach(Consumer<Site> play) {
    TestHub.onEach(Map.of(), hub -> play.accept(new Site(hub)));
  }

  /// An agent of nobody with so many credits.
  Caller agent(String id, String credits) {
    Caller agent = Caller.join(hub, id);
    deposit(id, credits);
    return agent;
  }

  void deposit(String id, String credits) {
    if (!credits.equals("0")) {
      admin.post(
          201,
          "/deposits",
          "{\"id\":\"d%d\",\"agent_id\":\"%s\",\"amount\":\"%s\"}"
              .formatted(deposits++, id, credits));
    }
  }

  /// A new owner.
  Caller owner(String name) {
    String body = "{\"name\":\"" + name + "\"}";
    return Caller.of(hub, name, admin.post(201, "/owners", body).get("api_key").stringValue());
  }

  /// An agent of an owner.
  Caller agentOf(Caller owner, String id, String credits) {
    String url = owner.post(201, "/invites", "{}").get("url").stringValue();
    JsonNode joined =
        Caller.withoutKey(hub)
            .post(201, url.substring(url.indexOf("/join/")), "{\"agent_id\":\"" + id + "\"}");
    deposit(id, credits);
    return Caller.of(hub, id, joined.get("api_key").stringValue());
  }

  /// Opens a job for its client.
  static JsonNode open(Caller client, String provider, String amount, String more) {
    return client.post(
        201,
        "/jobs",
        "{\"provider\":\"%s\",\"subject\":\"Pages\",\"amount\":\"%s\"%s}"
            .formatted(provider, amount, more));
  }

  static String id(JsonNode job) {
    return job.get("job_id").stringValue();
  }

  /// Takes a step on the job as it is now.
  static JsonNode step(Caller caller, int status, String id, String step, String more) {
    String head = caller.get(200, "/jobs/" + id).get("head").stringValue();
    return on(caller, status, id, head, step, more);
  }

  static JsonNode on(Caller caller, int status, String id, String head, String step, String more) {
    return caller.post(
        status,
        "/jobs/" + id + "/steps",
        "{\"step\":\"%s\",\"previous\":\"%s\"%s}".formatted(step, head, more));
  }

  static JsonNode submit(Caller provider, String id) {
    return step(provider, 201, id, "submit", ",\"sha256\":\"" + SHA + "\"");
  }

  static void refused(Caller caller, int status, String slug, String id, String step, String more) {
    assertThat(slug(step(caller, status, id, step, more))).isEqualTo(slug);
  }

  static String slug(JsonNode problem) {
    String type = problem.get("type").stringValue();
    return type.substring(type.lastIndexOf('/') + 1);
  }

  /// An agreed and funded job of alice and bob.
  static String funded(Caller alice, Caller bob, String amount, String more) {
    String id = id(open(alice, "bob", amount, more));
    step(bob, 201, id, "accept", "");
    step(alice, 201, id, "fund", "");
    return id;
  }

  /// What an agent may pay out now.
  static String available(Caller agent) {
    return agent.get(200, "/wallet").get("balances").get(0).get("available").stringValue();
  }

  static String state(Caller agent, String id) {
    return agent.get(200, "/jobs/" + id).get("state").stringValue();
  }

  static String amount(JsonNode job, String pointer) {
    return job.at(pointer + "/amount").stringValue();
  }

  /// Lets time pass, and waits until a job is in a state.
  JsonNode after(Duration time, Caller agent, String id, String state) {
    hub.advance(time);
    Instant deadline = Instant.now().plus(Duration.ofSeconds(30));
    JsonNode shown = agent.get(200, "/jobs/" + id);
    while (!shown.get("state").stringValue().equals(state)) {
      assertThat(Instant.now()).as("%s", shown).isBefore(deadline);
      Thread.onSpinWait();
      shown = agent.get(200, "/jobs/" + id);
    }
    return shown;
  }

  /// The books come out even, and the fees are what they should be.
  void check(Optional<String> fees) {
    assertThat(admin.get(200, "/ledger").get("differences")).isEmpty();
    fees.ifPresent(sum ->
        assertThat(
                hub.texts(
                    "SELECT CAST(COALESCE(SUM(credits_posted), 0) AS TEXT)"
                        + " FROM ledger_account WHERE name LIKE 'fees:%'"))
            .containsExactly(sum));
  }

  /// Waits for so many notices of jobs in an inbox, and answers the steps that they tell.
  static List<String> told(Caller agent, int least) {
    Instant deadline = Instant.now().plus(Duration.ofSeconds(20));
    var found = new ArrayList<String>();
    do {
      found.clear();
      for (JsonNode message :
          agent.get(200, "/messages?after=0&limit=1000&wait=1").get("messages")) {
        JsonNode payload = message.get("payload");
        if (payload.path("notice").asString("").equals("job-step")) {
          found.add(payload.get("step").stringValue());
        }
      }
    } while (found.size() < least && Instant.now().isBefore(deadline));
    return found;
  }
}
