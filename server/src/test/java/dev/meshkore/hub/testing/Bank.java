package dev.meshkore.hub.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.store.DatabaseUrl;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// A hub with agents that have money, and what tests of payments do again and again.
public final class Bank {
  /// A test on a hub.
  public interface Play {
    void on(Bank bank) throws Exception;
  }

  /// The hub.
  public final TestHub hub;

  /// Its operator.
  public final Caller admin;

  private int deposits;

  /// The bank of a hub.
  public Bank(TestHub hub) {
    this.hub = hub;
    this.admin = Caller.admin(hub);
  }

  /// Plays on a hub of each database.
  public static void onEach(Path folder, Play play) throws Exception {
    onEach(folder, Map.of(), play);
  }

  /// The same with settings.
  public static void onEach(Path folder, Map<String, String> more, Play play) throws Exception {
    for (DatabaseUrl url : TestDatabase.each(folder).toList()) {
      var settings = new HashMap<>(more);
      if (url instanceof DatabaseUrl.PostgresqlServer server) {
        settings.put("database", TestDatabase.setting(server));
      }
      try (TestHub hub = TestHub.start(settings)) {
        play.on(new Bank(hub));
      }
    }
  }

  /// An agent of nobody with so many credits.
  public Caller agent(String id, String credits) {
    Caller agent = Caller.join(hub, id);
    deposit(id, credits);
    return agent;
  }

  /// Puts credits in.
  public void deposit(String id, String credits) {
    if (!credits.equals("0")) {
      admin.post(
          201,
          "/deposits",
          "{\"id\":\"d%d\",\"agent_id\":\"%s\",\"amount\":\"%s\"}"
              .formatted(deposits++, id, credits));
    }
  }

  /// A new owner.
  public Caller owner(String name) {
    String body = "{\"name\":\"" + name + "\"}";
    return Caller.of(hub, name, admin.post(201, "/owners", body).get("api_key").stringValue());
  }

  /// An agent of an owner.
  public Caller agentOf(Caller owner, String id, String credits) {
    String url = owner.post(201, "/invites", "{}").get("url").stringValue();
    JsonNode joined =
        Caller.withoutKey(hub)
            .post(201, url.substring(url.indexOf("/join/")), "{\"agent_id\":\"" + id + "\"}");
    deposit(id, credits);
    return Caller.of(hub, id, joined.get("api_key").stringValue());
  }

  /// Lets an agent spend by these limits.
  public JsonNode allow(Caller owner, String agent, String limits) {
    return owner.post(
        201,
        "/mandates",
        ("{\"agent_id\":\"%s\",\"expires_in\":604800,"
                + "\"counterparties\":{},"
                + "\"spend\":[{\"asset\":\"CREDIT\",%s}]}")
            .formatted(agent, limits));
  }

  /// The body of a payment.
  public static String payment(String id, String to, String amount, String more) {
    return "{\"id\":\"%s\",\"to\":\"%s\",\"amount\":\"%s\"%s}".formatted(id, to, amount, more);
  }

  /// Pays, and expects this status.
  public static JsonNode pay(Caller payer, int status, String id, String to, String amount) {
    return payer.post(status, "/wallet/transfers", payment(id, to, amount, ""));
  }

  /// What an agent may pay out now.
  public static String available(Caller agent) {
    return agent.get(200, "/wallet").get("balances").get(0).get("available").stringValue();
  }

  /// Which problem it is.
  public static String slug(JsonNode problem) {
    String type = problem.get("type").stringValue();
    return type.substring(type.lastIndexOf('/') + 1);
  }

  /// The books come out even.
  public void check() {
    assertThat(admin.get(200, "/ledger").get("differences")).isEmpty();
  }

  /// Waits until a transfer is in a state.
  public static JsonNode await(Caller agent, String transfer, String state) {
    Instant deadline = Instant.now().plus(Duration.ofSeconds(30));
    JsonNode shown = agent.get(200, "/wallet/transfers/" + transfer);
    while (!shown.get("state").stringValue().equals(state)) {
      assertThat(Instant.now()).as("%s", shown).isBefore(deadline);
      Thread.onSpinWait();
      shown = agent.get(200, "/wallet/transfers/" + transfer);
    }
    return shown;
  }

  /// Holds what bob is to be paid.
  public static String hold(Caller payer, String id, String amount, long seconds) {
    return hold(payer, id, "bob", amount, seconds);
  }

  /// Holds what an agent is to be paid.
  public static String hold(Caller payer, String id, String to, String amount, long seconds) {
    String body = payment(id, to, amount, ",\"hold_seconds\":" + seconds);
    JsonNode held = payer.post(201, "/wallet/transfers", body);
    assertThat(held.get("state").stringValue()).isEqualTo("held");
    return held.get("transfer_id").stringValue();
  }

  /// Does something to a transfer.
  public static JsonNode change(Caller caller, String transfer, String what, String body) {
    return change(caller, transfer, what, body, 200);
  }

  /// The same, with another status.
  public static JsonNode change(
      Caller caller, String transfer, String what, String body, int status) {
    return caller.post(status, "/wallet/transfers/" + transfer + "/" + what, body);
  }

  /// It is refused with this problem.
  public static void refused(
      Caller caller, int status, String slug, String transfer, String what, String body) {
    assertThat(slug(change(caller, transfer, what, body, status))).isEqualTo(slug);
  }
}
