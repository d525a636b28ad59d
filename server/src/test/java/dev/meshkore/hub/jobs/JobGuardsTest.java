package dev.meshkore.hub.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.AgentKeyPair;
import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.TestDatabase;
import dev.meshkore.hub.testing.TestHub;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Jobs of agents that are limited, blocked, stopped, bound by keys, or faster than each other.
final class JobGuardsTest {
  private static final JsonMapper JSON = new JsonMapper();

  private static void allow(Caller owner, String agent, String limits) {
    owner.post(
        201,
        "/mandates",
        ("{\"agent_id\":\"%s\",\"expires_in\":604800,\"counterparties\":{},"
                + "\"spend\":[{\"asset\":\"CREDIT\",%s}]}")
            .formatted(agent, limits));
  }

  private static String opened(Caller alice, Caller bob, String amount, String more) {
    String id = Site.id(Site.open(alice, "bob", amount, more));
    Site.step(bob, 201, id, "accept", "");
    return id;
  }

  @Test
  void whatIsInEscrowCountsAgainstTheMandateUntilItGoesBack() {
    Site.onEach(site -> {
      Caller ada = site.owner("Ada");
      Caller alice = site.agentOf(ada, "alice", "100");
      Caller bob = site.agent("bob", "0");
      String first = opened(alice, bob, "30", "");
      Site.refused(alice, 403, "mandate-required", first, "fund", "");
      allow(ada, "alice", "\"amount\":40000000,\"per_payment\":35000000");
      String much = opened(alice, bob, "36", "");
      Site.refused(alice, 429, "budget-exhausted", much, "fund", "");
      Site.step(alice, 201, first, "fund", "");
      // It is reserved until the job ends, whenever that is.
      assertThat(
              site.hub.texts(
                  "SELECT DISTINCT CAST(expires_at AS TEXT) FROM reservation"
                      + " WHERE reservation_id LIKE 'job:%'"))
          .containsExactly(Long.toString(Long.MAX_VALUE));
      String parts =
          ",\"milestones\":[{\"name\":\"a\",\"amount\":\"4\"},{\"name\":\"b\",\"amount\":\"16\"}]";
      String second = opened(alice, bob, "20", parts);
      Site.refused(alice, 429, "budget-exhausted", second, "fund", "");
      Site.step(bob, 201, first, "reject", "");
      Site.step(alice, 201, second, "fund", "");
      Site.submit(bob, second);
      Site.step(alice, 201, second, "complete", "");
      // 4 are used and 16 reserved, so 20 are left.
      String third = opened(alice, bob, "20.000001", "");
      Site.refused(alice, 429, "budget-exhausted", third, "fund", "");
      Site.step(bob, 201, second, "reject", "");
      String fourth = opened(alice, bob, "35", "");
      Site.step(alice, 201, fourth, "fund", "");
      String fifth = opened(alice, bob, "2", ",\"escrow\":false");
      Site.submit(bob, fifth);
      Site.refused(alice, 429, "budget-exhausted", fifth, "complete", "");
      site.check(Optional.of("140000"));
    });
  }

  @Test
  void theFirstPaymentIsBoundWithoutEscrowToo() {
    Site.onEach(site -> {
      Caller ada = site.owner("Ada");
      Caller alice = site.agentOf(ada, "alice", "100");
      Caller bob = site.agent("bob", "0");
      allow(ada, "alice", "\"amount\":90000000,\"first_payment\":2000000");
      String without = ",\"escrow\":false";
      String much = opened(alice, bob, "3", without);
      Site.submit(bob, much);
      Site.refused(alice, 429, "budget-exhausted", much, "complete", "");
      String parts =
          ",\"milestones\":[{\"name\":\"a\",\"amount\":\"2\"},{\"name\":\"b\",\"amount\":\"4\"}]";
      String little = opened(alice, bob, "6", without + parts);
      Site.submit(bob, little);
      Site.step(alice, 201, little, "complete", "");
      // Its second milestone is not the first payment any more.
      Site.submit(bob, little);
      Site.step(alice, 201, little, "complete", "");
      Site.step(alice, 201, much, "complete", "");
      site.check(Optional.of("270000"));
    });
  }

  private static void refusedThird(Caller opener, String other, String third) {
    JsonNode problem =
        opener.post(
            400, "/jobs", "{%s,\"subject\":\"s\",\"amount\":\"1\",%s}".formatted(other, third));
    assertThat(problem.get("detail").stringValue()).contains("owner");
  }

  @Test
  void whoeverDecidesBelongsToTheOwnerOfNeitherSide() {
    Site.onEach(site -> {
      Caller ada = site.owner("Ada");
      Caller eve = site.owner("Eve");
      Caller alice = site.agentOf(ada, "alice", "100");
      Caller bob = site.agent("bob", "0");
      site.agentOf(ada, "anna", "0");
      site.agentOf(eve, "tess", "0");
      site.agentOf(eve, "toni", "0");
      for (String role : List.of("evaluator", "arbiter")) {
        String anna = "\"" + role + "\":\"anna\"";
        refusedThird(alice, "\"provider\":\"bob\"", anna);
        refusedThird(bob, "\"client\":\"alice\"", anna);
        refusedThird(alice, "\"client\":\"bob\"", anna);
      }
      refusedThird(alice, "\"provider\":\"bob\"", "\"evaluator\":\"tess\",\"arbiter\":\"toni\"");
      // An agent of nobody that an owner of one side takes in later decides nothing from then on.
      Caller judy = site.agent("judy", "0");
      allow(ada, "alice", "\"amount\":90000000");
      String id = Site.funded(alice, bob, "10", ",\"evaluator\":\"judy\"");
      String other = Site.funded(alice, bob, "10", ",\"evaluator\":\"judy\"");
      Site.submit(bob, id);
      Site.submit(bob, other);
      Site.step(judy, 201, other, "complete", "");
      ada.post(202, "/owners/me/agents/judy", "{}");
      String adas = ada.get(200, "/owners/me").get("owner_id").stringValue();
      judy.post(200, "/owner", "{\"owner_id\":\"" + adas + "\"}");
      Site.refused(judy, 403, "not-allowed", id, "reject", "");
      Site.step(bob, 201, id, "reject", "");
    });
  }

  @Test
  void whatIsCostlyToReadTakesOfTheRateBefore() {
    TestHub.onEach(
        Map.of("rate-per-minute", "3"),
        hub -> {
          Caller alice = Caller.join(hub, "alice");
          Caller.join(hub, "bob");
          int refused = 0;
          for (int i = 0; i < 20; i++) {
            String body =
                "{\"provider\":\"bob\",\"subject\":\"s\",\"amount\":\"1\",\"prepare\":true,"
                    + "\"output_schema\":{\"pattern\":\""
                    + (i % 2 == 0 ? "a" : "(")
                    + "\"}}";
            refused += alice.exchange("POST", "/jobs", body).statusCode() == 429 ? 1 : 0;
          }
          assertThat(refused).isPositive();
        });
  }

  @Test
  void aBlockKeepsMoneyFromBeingPutInAndNothingElse() {
    Site.onEach(site -> {
      Caller alice = site.agent("alice", "100");
      Caller bob = site.agent("bob", "0");
      String unfunded = opened(alice, bob, "30", "");
      String funded = Site.funded(alice, bob, "30", "");
      bob.call(204, "PUT", "/blocks/alice", null);
      Site.refused(alice, 403, "contact-required", unfunded, "fund", "");
      Site.submit(bob, funded);
      Site.step(alice, 201, funded, "dispute", ",\"note\":\"It is empty\"");
      Site.step(site.admin, 201, funded, "resolve", ",\"amount\":\"0\"");
      assertThat(Site.available(alice)).isEqualTo("100.000000");
      site.check(Optional.of("0"));
    });
  }

  @Test
  void whoeverIsStoppedGivesBackAndDisputesAndTimeGoesOn() {
    Site.onEach(site -> {
      Caller alice = site.agent("alice", "100");
      Caller bob = site.agent("bob", "0");
      String open = opened(alice, bob, "10", "");
      String submitted = Site.funded(alice, bob, "10", "");
      String delivered = Site.funded(alice, bob, "10", ",\"review_seconds\":60");
      String late = Site.funded(alice, bob, "10", ",\"deliver_seconds\":60");
      String given = Site.funded(alice, bob, "10", "");
      Site.submit(bob, submitted);
      Site.submit(bob, delivered);
      site.admin.post(200, "/stop", "{\"scope\":\"hub\",\"reason\":\"enough\"}");
      Site.refused(alice, 403, "stopped", open, "fund", "");
      Site.refused(alice, 403, "stopped", submitted, "complete", "");
      Site.refused(bob, 403, "stopped", late, "submit", ",\"sha256\":\"" + Site.SHA + "\"");
      Site.step(bob, 201, given, "reject", "");
      Site.step(alice, 201, submitted, "dispute", ",\"note\":\"Wait\"");
      Site.step(bob, 201, submitted, "evidence", ",\"note\":\"It is all there\"");
      site.after(Duration.ofSeconds(61), alice, late, "expired");
      site.after(Duration.ZERO, alice, delivered, "completed");
      assertThat(Site.available(alice)).isEqualTo("80.000000");
      site.check(Optional.of("350000"));
    });
  }

  /// Asks for the bytes of a call, and makes it with their signature.
  private static JsonNode signed(Caller agent, AgentKeyPair keys, String path, String body) {
    ObjectNode call = (ObjectNode) JSON.readTree(body);
    JsonNode prepared = agent.post(200, path, call.deepCopy().put("prepare", true).toString());
    call.put("signature", keys.sign(prepared.get("canonical").stringValue()));
    if (path.equals("/jobs")) {
      call.set("job_id", prepared.at("/move/job_id"));
    }
    return agent.post(201, path, call.toString());
  }

  @Test
  void whoHasAKeySignsEachStep() {
    Site.onEach(site -> {
      Caller alice = site.agent("alice", "30");
      Caller bob = site.agent("bob", "0");
      AgentKeyPair keys = AgentKeyPair.of(1);
      String challenge = alice.post(201, "/keys/challenge", "{}").get("challenge").stringValue();
      ObjectNode key = JSON.createObjectNode();
      key.put("type", "ed25519").put("public_key", keys.ed25519Hex());
      key.put("challenge", challenge).put("signature", keys.sign(challenge));
      alice.post(201, "/keys", key.toString());
      String body = "{\"provider\":\"bob\",\"subject\":\"s\",\"amount\":\"30\"}";
      assertThat(Site.slug(alice.post(403, "/jobs", body))).isEqualTo("move-unsigned");
      JsonNode opened = signed(alice, keys, "/jobs", body);
      String id = Site.id(opened);
      String head = Site.step(bob, 201, id, "accept", "").get("head").stringValue();
      Site.refused(alice, 403, "move-unsigned", id, "fund", "");
      String fund = "{\"step\":\"fund\",\"previous\":\"" + head + "\"}";
      String wrong = fund.replace("}", ",\"signature\":\"" + "0".repeat(128) + "\"}");
      assertThat(Site.slug(alice.post(400, "/jobs/" + id + "/steps", wrong)))
          .isEqualTo("invalid-field");
      JsonNode funded = signed(alice, keys, "/jobs/" + id + "/steps", fund);
      assertThat(funded.at("/chain/2/proof/public_key").stringValue()).isEqualTo(keys.ed25519Hex());
      assertThat(funded.at("/chain/1/proof/by").stringValue()).isEqualTo("hub");
    });
  }

  /// Whether the client completes or the provider disputes is decided once, at whichever hub.
  @Test
  void ofTwoStepsAtOnceOneIsTaken() throws Exception {
    race(Map.of(), Map.of());
    Optional<String> shared = TestDatabase.shared();
    if (shared.isPresent()) {
      Map<String, String> settings = Map.of("database", shared.get());
      race(settings, settings);
    }
  }

  private static void race(Map<String, String> one, Map<String, String> other) throws Exception {
    try (TestHub hub = TestHub.start(one)) {
      if (one.isEmpty()) {
        race(new Site(hub), hub);
      } else {
        try (TestHub second = TestHub.start(other)) {
          race(new Site(hub), second);
        }
      }
    }
  }

  private static void race(Site site, TestHub second) throws Exception {
    Caller alice = site.agent("alice", "100");
    Caller bob = site.agent("bob", "0").at(second);
    for (int round = 0; round < 5; round++) {
      String id = Site.funded(alice, bob, "10", "");
      String head = Site.submit(bob, id).get("head").stringValue();
      var barrier = new CyclicBarrier(3);
      String path = "/jobs/" + id + "/steps";
      String complete = "{\"step\":\"complete\",\"previous\":\"" + head + "\"}";
      String dispute = "{\"step\":\"dispute\",\"previous\":\"" + head + "\",\"note\":\"n\"}";
      List<Integer> found;
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<Integer>> asked =
            List.of(
                threads.submit(() -> status(barrier, alice, path, complete)),
                threads.submit(() -> status(barrier, alice, path, complete)),
                threads.submit(() -> status(barrier, bob, path, dispute)));
        found = List.of(asked.get(0).get(), asked.get(1).get(), asked.get(2).get());
      }
      boolean isDisputed = found.get(2) == 201;
      assertThat(found.subList(0, 2))
          .containsExactlyInAnyOrder(isDisputed ? 409 : 201, isDisputed ? 409 : 200);
      assertThat(found.get(2)).isEqualTo(isDisputed ? 201 : 409);
      assertThat(Site.state(alice, id)).isEqualTo(isDisputed ? "disputed" : "completed");
    }
    site.check(Optional.empty());
  }

  private static int status(CyclicBarrier barrier, Caller caller, String path, String body)
      throws Exception {
    barrier.await();
    return caller.exchange("POST", path, body).statusCode();
  }
}
