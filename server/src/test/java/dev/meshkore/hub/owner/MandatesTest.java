package dev.meshkore.hub.owner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.TestDatabase;
import dev.meshkore.hub.testing.TestHub;
import dev.meshkore.hub.testing.TextSocket;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// What a mandate lets an agent do, and when it ends.
final class MandatesTest {
  private static final String FIVE_TO_BOB =
      "\"calls\":[\"send\"],\"counterparties\":{\"agents\":[\"bob\"]},"
          + "\"messages\":{\"lifetime\":5}";

  private static final String THREE =
      "{\"calls\":[\"send\"],\"counterparties\":{\"agents\":[\"bob\"]},"
          + "\"messages\":{\"lifetime\":3}}";

  @TempDir private Path folder;

  private void onEach(Consumer<Estate> play) {
    for (DatabaseUrl url : TestDatabase.each(folder).toList()) {
      var settings = new HashMap<String, String>();
      if (url instanceof DatabaseUrl.PostgresqlServer server) {
        settings.put("database", TestDatabase.setting(server));
      }
      try (TestHub hub = TestHub.start(settings)) {
        play.accept(new Estate(hub));
      }
    }
  }

  private static void onSqlite(Consumer<Estate> play) {
    try (TestHub hub = TestHub.start(Map.of())) {
      play.accept(new Estate(hub));
    }
  }

  @Test
  void anAgentMayDoOnlyWhatAMandateAllows() {
    onEach(estate -> {
      String owner = estate.owner("Ada", true);
      String alice = estate.agentOf(owner, "alice", null);
      estate.agent("bob");
      estate.agent("carol");
      JsonNode refused = estate.send(403, alice, "bob");
      assertThat(Estate.slug(refused)).isEqualTo("mandate-required");
      assertThat(refused.get("call").stringValue()).isEqualTo("send");
      assertThat(refused.get("counterparty").stringValue()).isEqualTo("bob");

      estate.give(owner, "alice", FIVE_TO_BOB);
      estate.send(201, alice, "bob");
      assertThat(Estate.slug(estate.send(403, alice, "carol"))).isEqualTo("mandate-required");
      JsonNode channel = estate.ask(403, "POST", "/channels", alice, "{\"channel_id\":\"room\"}");
      assertThat(Estate.slug(channel)).isEqualTo("mandate-required");
      estate.ask(403, "PATCH", "/profile", alice, "{\"status\":\"busy\"}");
      estate.ask(200, "GET", "/messages", alice, null);

      estate.give(owner, "alice", "\"calls\":[\"profile\",\"POST /channels\"]");
      estate.ask(200, "PATCH", "/profile", alice, "{\"status\":\"busy\"}");
      estate.ask(201, "POST", "/channels", alice, "{\"channel_id\":\"room\"}");
      JsonNode toRoom = estate.ask(403, "POST", "/channels/room/send", alice, "{\"payload\":1}");
      assertThat(toRoom.get("counterparty").stringValue()).isEqualTo("#room");
    });
  }

  @Test
  void agentsOfOwnersThatRequireNoneAreFree() {
    onSqlite(estate -> {
      String owner = estate.owner("Ada", false);
      String alice = estate.agentOf(owner, "alice", null);
      estate.agent("bob");
      estate.send(201, alice, "bob");
      estate.ask(200, "PATCH", "/owners/me", owner, "{\"mandates\":\"required\"}");
      estate.send(403, alice, "bob");
      estate.ask(200, "PATCH", "/owners/me", owner, "{\"mandates\":\"optional\"}");
      estate.send(201, alice, "bob");
    });
  }

  @Test
  void theLimitHoldsAndSaysWhoseItIs() {
    onEach(estate -> {
      String owner = estate.owner("Ada", true);
      String alice = estate.agentOf(owner, "alice", null);
      estate.agent("bob");
      String id = estate.give(owner, "alice", FIVE_TO_BOB).get("mandate_id").stringValue();
      for (int i = 0; i < 5; i++) {
        estate.send(201, alice, "bob");
      }
      JsonNode refused = estate.send(429, alice, "bob");
      assertThat(Estate.slug(refused)).isEqualTo("budget-exhausted");
      assertThat(refused.get("scope").stringValue()).isEqualTo("mandate:" + id);
      assertThat(refused.get("limit").longValue()).isEqualTo(5);
      assertThat(refused.get("remaining").longValue()).isZero();
      JsonNode shown = estate.ask(200, "GET", "/mandates/" + id, alice, null);
      assertThat(shown.get("remaining").get(0).get("remaining").longValue()).isZero();
    });
  }

  @Test
  void manyAtOnceSendNoMoreThanTheLimit() {
    onEach(estate -> {
      String owner = estate.owner("Ada", true);
      String alice = estate.agentOf(owner, "alice", null);
      estate.agent("bob");
      estate.give(owner, "alice", FIVE_TO_BOB);
      var accepted = new AtomicInteger();
      try (var many = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int i = 0; i < 40; i++) {
          Future<?> _ =
              many.submit(() -> {
                String body = "{\"to\":\"bob\",\"payload\":1}";
                if (estate.exchange("POST", "/send", alice, body).statusCode() == 201) {
                  accepted.incrementAndGet();
                }
              });
        }
      }
      assertThat(accepted).hasValue(5);
    });
  }

  @Test
  void aStatusByWebSocketNeedsWhatAChangeOfTheProfileNeeds() {
    onSqlite(estate -> {
      String owner = estate.owner("Ada", true);
      String alice = estate.agentOf(owner, "alice", null);
      try (var session = new TextSocket(estate.hub.url(), alice)) {
        assertThat(session.next()).contains("\"type\":\"welcome\"");
        String busy = "{\"type\":\"status\",\"status\":\"busy\"}";
        session.send(busy);
        assertThat(session.next()).contains("\"type\":\"problem\"", "mandate-required");
        estate.give(owner, "alice", "\"calls\":[\"profile\"],\"counterparties\":{\"agents\":[]}");
        session.send(busy);
        assertThat(session.next()).isEqualTo(busy);
      }
    });
  }

  @Test
  void aWindowFreesAgain() {
    onSqlite(estate -> {
      String owner = estate.owner("Ada", true);
      String alice = estate.agentOf(owner, "alice", null);
      estate.agent("bob");
      estate.give(
          owner,
          "alice",
          "\"calls\":[\"send\"],\"counterparties\":{\"agents\":[\"*\"]},"
              + "\"messages\":{\"windows\":[{\"seconds\":3600,\"count\":1}]}");
      estate.send(201, alice, "bob");
      JsonNode refused = estate.send(429, alice, "bob");
      Instant freed = Instant.parse(refused.get("resets_at").stringValue());
      estate.hub.advance(Duration.between(Instant.now(), freed).plusSeconds(1));
      estate.send(201, alice, "bob");
    });
  }

  @Test
  void revocationAndExpiryCountAtOnce() {
    onEach(estate -> {
      String owner = estate.owner("Ada", true);
      String alice = estate.agentOf(owner, "alice", null);
      estate.agent("bob");
      String id = estate.give(owner, "alice", FIVE_TO_BOB).get("mandate_id").stringValue();
      estate.send(201, alice, "bob");
      estate.ask(403, "DELETE", "/mandates/" + id, alice, null);
      estate.ask(204, "DELETE", "/mandates/" + id, owner, null);
      assertThat(Estate.slug(estate.send(403, alice, "bob"))).isEqualTo("mandate-required");

      estate.give(owner, "alice", FIVE_TO_BOB + ",\"expires_in\":60");
      estate.send(201, alice, "bob");
      estate.hub.advance(Duration.ofSeconds(61));
      assertThat(Estate.slug(estate.send(403, alice, "bob"))).isEqualTo("mandate-required");
    });
  }

  @Test
  void whatIsHandedOnIsNarrowerAndCountsAgainstAllBefore() {
    onEach(estate -> {
      String owner = estate.owner("Ada", true);
      KeyPair keys = Estate.keys();
      String alice = estate.agentOf(owner, "alice", keys);
      String helper = estate.agentOf(owner, "helper", null);
      estate.agent("bob");
      JsonNode given = estate.give(owner, "alice", FIVE_TO_BOB + ",\"delegation_depth\":1");
      String parent = given.get("token").stringValue();
      long exp = Instant.parse(given.get("expires_at").stringValue()).getEpochSecond();
      String token = estate.child(keys, "alice", "helper", parent, exp, THREE);
      JsonNode child = present(estate, 201, helper, token);
      assertThat(child.get("depth").intValue()).isEqualTo(1);
      String childId = child.get("mandate_id").stringValue();

      for (int i = 0; i < 3; i++) {
        estate.send(201, helper, "bob");
      }
      JsonNode refused = estate.send(429, helper, "bob");
      assertThat(refused.get("scope").stringValue()).isEqualTo("mandate:" + childId);
      estate.send(201, alice, "bob");
      estate.send(201, alice, "bob");
      JsonNode used = estate.send(429, alice, "bob");
      assertThat(used.get("scope").stringValue())
          .isEqualTo("mandate:" + given.get("mandate_id").stringValue());

      // Shown to who handed it on, and revoked by it.
      estate.ask(200, "GET", "/mandates/" + childId, alice, null);
      estate.ask(204, "DELETE", "/mandates/" + childId, alice, null);
      assertThat(Estate.slug(estate.send(403, helper, "bob"))).isEqualTo("mandate-required");
      assertThat(Estate.slug(present(estate, 400, helper, token))).isEqualTo("mandate-invalid");
    });
  }

  private static String standing(Estate estate, String agent) {
    JsonNode mandates = estate.ask(200, "GET", "/mandates", agent, null).get("mandates");
    return mandates.get(0).get("status").stringValue();
  }

  @Test
  void theRevokedParentTakesItsChildrenAlong() {
    onSqlite(estate -> {
      String owner = estate.owner("Ada", true);
      KeyPair keys = Estate.keys();
      estate.agentOf(owner, "alice", keys);
      String helper = estate.agentOf(owner, "helper", null);
      estate.agent("bob");
      JsonNode given = estate.give(owner, "alice", FIVE_TO_BOB + ",\"delegation_depth\":1");
      long exp = Instant.parse(given.get("expires_at").stringValue()).getEpochSecond();
      String parent = given.get("token").stringValue();
      present(estate, 201, helper, estate.child(keys, "alice", "helper", parent, exp, THREE));
      estate.send(201, helper, "bob");
      String id = given.get("mandate_id").stringValue();
      assertThat(standing(estate, helper)).isEqualTo("live");
      estate.ask(204, "DELETE", "/mandates/" + id, owner, null);
      assertThat(Estate.slug(estate.send(403, helper, "bob"))).isEqualTo("mandate-required");
      assertThat(standing(estate, helper)).isEqualTo("revoked");
    });
  }

  @Test
  void trustIsReadOnEveryDatabase() {
    onEach(estate -> {
      String owner = estate.owner("Ada", true);
      String alice = estate.agentOf(owner, "alice", null);
      estate.agent("bob");
      String toTrusted =
          "\"calls\":[\"send\"],\"counterparties\":{\"trust\":\"trusted\"},\"messages\":{}";
      estate.give(owner, "alice", toTrusted);
      estate.send(403, alice, "bob");
      estate.ask(200, "PUT", "/agents/bob/trust", estate.hub.adminKey(), "{}");
      estate.send(201, alice, "bob");
      String domain = "{\"method\":\"dns\",\"domain\":\"example.com\"}";
      JsonNode begun = estate.ask(201, "POST", "/verifications", alice, domain);
      String path = "/verifications/" + begun.get("verification_id").stringValue();
      JsonNode listed = estate.ask(200, "GET", "/verifications", alice, null);
      assertThat(listed.get("verifications")).hasSize(1);
      estate.ask(204, "DELETE", path, alice, null);
    });
  }

  static JsonNode present(Estate estate, int status, String key, String token) {
    return estate.ask(
        status, "POST", "/mandates/presented", key, "{\"mandate\":\"" + token + "\"}");
  }
}
