package dev.meshkore.hub.reputation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.meshkore.hub.testing.Caller;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// What ratings come to, and what is earned by them.
final class ReputationTest {
  private static final List<String> TABLES =
      List.of(
          "SELECT job_id || ' ' || client || ' ' || provider || ' ' || client_party || ' '"
              + " || provider_party || ' ' || is_own || ' ' || fee || ' ' || category || ' '"
              + " || ended_at FROM reputation_job ORDER BY 1",
          "SELECT agent || ' ' || party || ' ' || finished FROM reputation_pair ORDER BY 1",
          "SELECT agent || ' ' || as_provider || ' ' || as_client FROM reputation ORDER BY 1");

  @Test
  void aReputationIsWhatOthersSaidWeighedByTheFees() {
    Works.onEach(works -> {
      Caller alice = works.bank.agent("alice", "300");
      Caller carol = works.bank.agent("carol", "300");
      Caller bob = works.bank.agent("bob", "0");
      JsonNode unknown = Works.reputation(alice, "bob");
      assertThat(unknown.get("score").isNull()).isTrue();
      assertThat(unknown.get("lower_bound").isNull()).isTrue();
      Works.rated(alice, bob, "300", 5);
      assertThat(Works.reputation(alice, "bob").get("score").isNull()).isTrue();
      Works.rated(carol, bob, "100", 2);
      JsonNode shown = Works.reputation(alice, "bob");
      // Fees of 3.5%: 10.5 and 3.5 credits, against 0.3 that are a half.
      double ofAlice = 10.5 / 10.8;
      double ofCarol = 3.5 / 3.8;
      double score = (5 * ofAlice + 2 * 2 * ofCarol) / (ofAlice + 2 * ofCarol);
      assertThat(shown.get("score").doubleValue()).isCloseTo(score, within(0.001));
      assertThat(shown.get("weight").doubleValue()).isCloseTo(ofAlice + ofCarol, within(0.001));
      assertThat(shown.get("lower_bound").doubleValue()).isBetween(1.0, score);
      assertThat(shown.get("ratings").intValue()).isEqualTo(2);
      assertThat(shown.get("counterparties").intValue()).isEqualTo(2);
      assertThat(shown.at("/as_provider/ratings").intValue()).isEqualTo(2);
      assertThat(shown.at("/as_client/ratings").intValue()).isZero();
      assertThat(shown.at("/jobs/as_provider").intValue()).isEqualTo(2);
      assertThat(shown.at("/jobs/counterparties").intValue()).isEqualTo(2);
      assertThat(Works.reputation(bob, "alice").at("/as_client/ratings").intValue()).isEqualTo(1);
      works.hub.advance(Duration.ofDays(90));
      JsonNode later = Works.reputation(alice, "bob");
      assertThat(later.get("weight").doubleValue())
          .isCloseTo((ofAlice + ofCarol) / 2, within(0.001));
      assertThat(later.get("score").isNull()).isTrue();
    });
  }

  @Test
  void searchesCarryAReputationAndAskForOne() {
    Works.onEach(works -> {
      Caller alice = works.bank.agent("alice", "300");
      Caller carol = works.bank.agent("carol", "300");
      Caller bob = works.bank.agent("bob", "0");
      Works.rated(alice, bob, "300", 5);
      Works.rated(carol, bob, "300", 4);
      Works.await(alice, "bob", "reputation", "4.5");
      String all = "/agents?status=all&min_reputation=";
      assertThat(alice.get(200, all + "4.5").at("/agents/0/agent_id").stringValue())
          .isEqualTo("bob");
      assertThat(alice.get(200, all + "4.501").get("agents")).isEmpty();
      assertThat(alice.get(200, all + "1").get("agents")).hasSize(1);
      assertThat(alice.get(200, all + "4&trust=trusted").get("agents")).isEmpty();
      for (String wrong : List.of("0.9", "5.1", "-1", "4.5e0", "x")) {
        alice.get(400, all + wrong);
      }
      String wish = "{\"filters\":{\"min_reputation\":\"%s\"}}";
      assertThat(alice.post(200, "/discover", wish.formatted("4")).at("/results/0/agent/agent_id"))
          .hasToString("\"bob\"");
      assertThat(alice.post(200, "/discover", wish.formatted("5")).get("results")).isEmpty();
      alice.post(400, "/discover", "{\"filters\":{\"min_reputation\":4}}");
    });
  }

  @Test
  void aJobOfTheMarketCountsForItsCategory() {
    Works.onEach(works -> {
      Caller alice = works.bank.agent("alice", "100");
      Caller bob = works.bank.agent("bob", "0");
      String service =
          bob.post(
                  201,
                  "/services",
                  "{\"name\":\"Pages\",\"description\":\"Legal pages\",\"category\":"
                      + "\"language/translation\",\"price\":{\"asset\":\"CREDIT\","
                      + "\"amount\":\"30\",\"unit\":\"job\"}}")
              .get("service_id")
              .stringValue();
      JsonNode deal = alice.post(201, "/services/" + service + "/take", "{\"version\":1}");
      String work = "{\"negotiation_id\":" + deal.get("negotiation_id") + "}";
      String job = alice.post(201, "/jobs", work).get("job_id").stringValue();
      Works.step(bob, job, "accept", "");
      Works.step(alice, job, "fund", "");
      Works.step(bob, job, "submit", ",\"output\":\"{}\"");
      Works.step(alice, job, "complete", "");
      Works.rate(alice, 201, job, 5, "");
      Works.rate(bob, 201, job, 5, "");
      JsonNode shown = Works.reputation(alice, "bob");
      assertThat(shown.at("/categories/0/category").stringValue())
          .isEqualTo("language/translation");
      assertThat(shown.at("/categories/0/ratings").intValue()).isEqualTo(1);
    });
  }

  @Test
  void aDisputeIsLostByWhomTheArbiterGivesNothing() {
    Works.onEach(works -> {
      Caller alice = works.bank.agent("alice", "100");
      Caller bob = works.bank.agent("bob", "0");
      for (String amount : List.of("0", "10", "30")) {
        String job = Works.submitted(alice, bob, Works.work(bob, "30"));
        Works.step(alice, job, "dispute", ",\"note\":\"Why\"");
        Works.step(works.bank.admin, job, "resolve", ",\"amount\":\"" + amount + "\"");
      }
      assertThat(Works.reputation(bob, "bob").at("/jobs/disputes_lost").intValue()).isEqualTo(1);
      assertThat(Works.reputation(bob, "alice").at("/jobs/disputes_lost").intValue()).isEqualTo(1);
      assertThat(Works.reputation(bob, "bob").at("/jobs/as_provider").intValue()).isEqualTo(2);
    });
  }

  /// Every step but the last is in rows as real jobs leave them; the last is a real job.
  @Test
  void aThousandFinishedJobsWithManyOthersEarnTrustAndBadOnesLoseIt() {
    Works.onEach(works -> {
      Caller alice = works.bank.agent("alice", "100");
      Caller bob = works.bank.agent("bob", "0");
      finish(works, 999, 24);
      Works.rated(alice, bob, "30", 5);
      Works.await(alice, "bob", "trust", "trusted");
      assertThat(Works.told(bob, "trust-earned", 1)).hasSize(1);
      assertThat(Works.reputation(alice, "bob").at("/trusted/earned").booleanValue()).isTrue();
      assertThat(alice.get(200, "/agents?status=all&trust=trusted").at("/agents/0/agent_id"))
          .hasToString("\"bob\"");
      works.hub.execute("UPDATE rating SET stars = 1 WHERE rater % 2 = 0 AND job_id LIKE 'job_x%'");
      works.hub.advance(Duration.ofDays(1));
      Works.await(alice, "bob", "trust", "new");
      assertThat(Works.told(bob, "trust-lost", 1)).hasSize(1);
      works.hub.hub().auditLog().tick();
      assertThat(works.bank.admin.exchange("GET", "/audit/export", null).body())
          .contains("trust.earned", "trust.lost");
    });
  }

  @Test
  void aThousandJobsWithAFewOthersEarnNothing() {
    Works.onEach(works -> {
      Caller alice = works.bank.agent("alice", "100");
      Caller bob = works.bank.agent("bob", "0");
      finish(works, 5_000, 18);
      Works.rated(alice, bob, "30", 5);
      JsonNode shown = Works.reputation(alice, "bob");
      assertThat(shown.get("score").doubleValue()).isGreaterThan(4.5);
      assertThat(shown.at("/jobs/counterparties").intValue()).isEqualTo(19);
      assertThat(shown.at("/trusted/earned").booleanValue()).isFalse();
      works.hub.advance(Duration.ofDays(1));
      Works.told(bob, "job-rated", 1);
      assertThat(alice.get(200, "/agents/bob").get("trust").stringValue()).isEqualTo("new");
    });
  }

  /// Finished jobs of bob for so many others, each rated with five stars.
  private static void finish(Works works, int jobs, int others) {
    String bob = works.hub.texts("SELECT number FROM agent WHERE agent_id = 'bob'").getFirst();
    long now = works.hub.now().toEpochMilli();
    String numbers =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) "
            .formatted(jobs);
    works.hub.execute(
        "INSERT INTO reputation_job (job_id, client, provider, client_party, provider_party,"
            + " is_own, fee, category, ended_at, turn) "
            + numbers
            + "SELECT 'job_x' || i, 100000 + i %% %1$d, %2$s, 'agent:' || (100000 + i %% %1$d),"
                .formatted(others, bob)
            + " 'agent:%s', 0, 100000, '', %d, 2 FROM n".formatted(bob, now));
    works.hub.execute(
        "INSERT INTO rating (job_id, rater, rated, stars, comment, made_at, opens_at)"
            + " SELECT job_id, client, provider, 5, '', ended_at, ended_at FROM reputation_job");
    works.hub.execute(
        "INSERT INTO reputation_pair (agent, party, finished)"
            + " SELECT provider, client_party, COUNT(*) FROM reputation_job"
            + " GROUP BY provider, client_party");
    works.hub.execute(
        "INSERT INTO reputation (agent, as_provider, as_client, disputes_lost, score,"
            + " lower_bound, ratings, is_trusted, reckoned_at, due_at)"
            + " VALUES (%s, %d, 0, 0, 0, 0, 0, 0, 0, %d)".formatted(bob, jobs, Long.MAX_VALUE));
  }

  /// What was finished before there was reputation is brought in as if it had been there.
  @Test
  void jobsFromBeforeAreBroughtInAsTheyWouldBeNow() {
    Works.onEach(works -> {
      Caller ada = works.bank.owner("Ada");
      Caller alice = works.bank.agent("alice", "100");
      Caller bob = works.bank.agentOf(ada, "bob", "0");
      Caller carol = works.bank.agentOf(ada, "carol", "10");
      works.bank.allow(ada, "carol", "\"amount\":90000000,\"per_payment\":90000000");
      Works.done(alice, bob, "30");
      Works.done(alice, bob, "0.02");
      Works.done(alice, carol, "10");
      Works.done(carol, bob, "5");
      String unpaid = Works.submitted(alice, bob, Works.work(bob, "10"));
      Works.step(bob, unpaid, "reject", "");
      List<List<String>> before = TABLES.stream().map(works.hub::texts).toList();
      for (String table : List.of("reputation_job", "reputation_pair", "reputation")) {
        works.hub.execute("DELETE FROM " + table);
      }
      for (String statement : backfill()) {
        works.hub.execute(statement);
      }
      assertThat(before.getFirst()).hasSize(4);
      assertThat(TABLES.stream().map(works.hub::texts).toList()).isEqualTo(before);
    });
  }

  private static List<String> backfill() {
    try (InputStream in = ReputationTest.class.getResourceAsStream("/db/0028_reputation.sql")) {
      String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      return List.of(text.replaceAll("(?m)--.*$", "").split(";")).stream()
          .map(String::strip)
          .filter(one -> one.startsWith("INSERT") || one.startsWith("UPDATE"))
          .toList();
    } catch (IOException failure) {
      throw new AssertionError(failure);
    }
  }
}
