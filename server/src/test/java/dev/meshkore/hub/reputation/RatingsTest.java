package dev.meshkore.hub.reputation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Bank;
import dev.meshkore.hub.testing.Caller;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Who rates whom, when, and who sees it.
final class RatingsTest {
  private static final String SECRET = "Neat and in time";

  @Test
  void onlyAJobThatHasEndedAndWasPaidIsRatedAndOnlyByItsSides() {
    Works.onEach(works -> {
      Caller alice = works.bank.agent("alice", "100");
      Caller bob = works.bank.agent("bob", "0");
      Caller judy = works.bank.agent("judy", "0");
      String body = Works.work(bob, "30").replace("}", ",\"arbiter\":\"judy\"}");
      String job = Works.submitted(alice, bob, body);
      Works.refused(alice, job, "has not ended with money paid");
      Works.step(alice, job, "dispute", ",\"note\":\"Half\"");
      Works.refused(bob, job, "has not ended with money paid");
      Works.step(judy, job, "resolve", ",\"amount\":\"10\"");
      for (Caller stranger : List.of(judy, works.bank.agent("mallory", "0"))) {
        JsonNode problem = Works.rate(stranger, 404, job, 1, "");
        assertThat(Bank.slug(problem)).isEqualTo("unknown-job");
        stranger.get(404, "/jobs/" + job + "/rating");
      }
      Works.rate(alice, 400, job, 0, "");
      Works.rate(alice, 400, job, 6, "");
      Works.rate(alice, 400, job, 5, "x".repeat(501));
      alice.post(400, "/jobs/" + job + "/rating", "{\"rating\":4.5}");
      alice.post(400, "/jobs/" + job + "/rating", "{\"stars\":4}");
      Works.rate(alice, 422, job, 4, "see \\u202e below");
      Works.rate(alice, 201, job, 4, "");
      Works.rate(bob, 201, job, 2, "");
      String unpaid = Works.submitted(alice, bob, Works.work(bob, "10"));
      Works.step(bob, unpaid, "reject", "");
      Works.refused(alice, unpaid, "has not ended with money paid");
      alice.post(404, "/jobs/job_nothing/rating", "{\"rating\":5}");
    });
  }

  @Test
  void whatOneSideSaysIsHiddenUntilBothHaveSaidAndThenStays() {
    Works.onEach(works -> {
      Caller alice = works.bank.agent("alice", "100");
      Caller bob = works.bank.agent("bob", "0");
      String job = Works.done(alice, bob, "30");
      JsonNode first = Works.rate(alice, 201, job, 4, "");
      assertThat(first.at("/yours/open").booleanValue()).isFalse();
      Works.rate(alice, 200, job, 4, "");
      assertThat(Works.rate(alice, 201, job, 3, SECRET).at("/yours/rating").intValue())
          .isEqualTo(3);
      JsonNode notice = Works.told(bob, "job-rated", 1).getFirst();
      assertThat(notice.get("from").stringValue()).isEqualTo("alice");
      assertThat(notice.has("rating")).isFalse();
      assertThat(bob.get(200, "/jobs/" + job + "/rating").get("theirs").isNull()).isTrue();
      assertThat(bob.get(200, "/agents/bob/ratings").get("ratings")).isEmpty();
      assertThat(Works.reputation(bob, "bob").get("weight").doubleValue()).isZero();
      assertThat(Bank.slug(alice.get(409, "/jobs/" + job + "/rating/export?form=nostr")))
          .isEqualTo("rating-closed");

      JsonNode second = Works.rate(bob, 201, job, 5, "");
      assertThat(second.at("/theirs/comment").stringValue()).isEqualTo(SECRET);
      assertThat(second.at("/yours/open").booleanValue()).isTrue();
      Works.refused(alice, job, "Both have rated");
      Works.rate(alice, 200, job, 3, SECRET);
      Works.rate(bob, 200, job, 5, "");
      assertThat(Works.told(bob, "job-rated", 2).getLast().get("rating").intValue()).isEqualTo(3);
      assertThat(Works.told(alice, "job-rated", 1).getLast().get("rating").intValue()).isEqualTo(5);
      JsonNode shown = alice.get(200, "/agents/bob/ratings").get("ratings").get(0);
      assertThat(shown.get("from").stringValue()).isEqualTo("alice");
      assertThat(shown.get("role").stringValue()).isEqualTo("client");
      assertThat(shown.get("comment").stringValue()).isEqualTo(SECRET);
      assertThat(Works.reputation(bob, "bob").at("/comments/0/comment").stringValue())
          .isEqualTo(SECRET);
    });
  }

  @Test
  void aRatingThatIsNotAnsweredOpensWhenTheTimeIsOver() {
    Works.onEach(works -> {
      Caller alice = works.bank.agent("alice", "100");
      Caller bob = works.bank.agent("bob", "0");
      String job = Works.done(alice, bob, "30");
      Works.rate(alice, 201, job, 1, SECRET);
      works.hub.advance(Duration.ofDays(14).minusMinutes(1));
      assertThat(bob.get(200, "/agents/bob/ratings").get("ratings")).isEmpty();
      Works.rate(alice, 201, job, 2, SECRET);
      works.hub.advance(Duration.ofMinutes(2));
      assertThat(bob.get(200, "/agents/bob/ratings").at("/ratings/0/rating").intValue())
          .isEqualTo(2);
      assertThat(bob.get(200, "/jobs/" + job + "/rating").at("/theirs/rating").intValue())
          .isEqualTo(2);
      // Nobody pays back what he reads.
      Works.refused(bob, job, "was over");
      Works.rate(alice, 200, job, 2, SECRET);
      assertThat(Works.reputation(alice, "bob").get("ratings").intValue()).isEqualTo(1);
    });
  }

  @Test
  void theLogSaysThatSomebodyRatedAndNotWhat() {
    Works.onEach(works -> {
      Caller alice = works.bank.agent("alice", "100");
      Caller bob = works.bank.agent("bob", "0");
      Works.rate(alice, 201, Works.done(alice, bob, "30"), 1, SECRET);
      works.hub.hub().auditLog().tick();
      String log = works.bank.admin.exchange("GET", "/audit/export", null).body();
      assertThat(log).contains("job.rated").doesNotContain(SECRET, "\\\"rating\\\"");
    });
  }

  @Test
  void ofTwoWhoRateAtOnceBothAreOpen() {
    Works.onEach(works -> {
      Caller alice = works.bank.agent("alice", "100");
      Caller bob = works.bank.agent("bob", "0");
      for (int i = 0; i < 5; i++) {
        String job = Works.done(alice, bob, "10");
        var together = new CyclicBarrier(2);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
          List<Future<JsonNode>> both =
              List.of(alice, bob).stream()
                  .map(one ->
                      threads.submit(() -> {
                        together.await();
                        return Works.rate(one, 201, job, 4, "");
                      }))
                  .toList();
          for (Future<JsonNode> one : both) {
            one.get();
          }
        } catch (Exception failure) {
          throw new AssertionError(failure);
        }
        JsonNode seen = alice.get(200, "/jobs/" + job + "/rating");
        assertThat(seen.at("/theirs/rating").intValue()).isEqualTo(4);
        assertThat(seen.at("/yours/open").booleanValue()).isTrue();
      }
    });
  }

  @Test
  void aBlockKeepsNobodyFromRatingAndAStopDoes() {
    Works.onEach(works -> {
      Caller alice = works.bank.agent("alice", "100");
      Caller bob = works.bank.agent("bob", "0");
      String job = Works.done(alice, bob, "30");
      bob.call(204, "PUT", "/blocks/alice", null);
      Works.rate(alice, 201, job, 1, "");
      works.bank.admin.post(200, "/stop", "{\"scope\":\"agent:alice\"}");
      assertThat(Bank.slug(Works.rate(alice, 403, job, 2, ""))).isEqualTo("stopped");
      works.bank.admin.post(200, "/resume", "{\"scope\":\"agent:alice\"}");
      Works.rate(alice, 201, job, 2, "");
    });
  }

  @Test
  void agentsOfOneOwnerRateEachOtherForNothing() {
    Works.onEach(works -> {
      Caller ada = works.bank.owner("Ada");
      Caller alice = works.bank.agentOf(ada, "alice", "100");
      Caller bob = works.bank.agentOf(ada, "bob", "0");
      works.bank.allow(ada, "alice", "\"amount\":90000000,\"per_payment\":90000000");
      String job = Works.rated(alice, bob, "80", 5);
      assertThat(alice.get(200, "/jobs/" + job + "/rating").get("counts").booleanValue()).isFalse();
      JsonNode shown = Works.reputation(alice, "bob");
      assertThat(shown.get("weight").doubleValue()).isZero();
      assertThat(shown.at("/jobs/as_provider").intValue()).isZero();
      JsonNode listed = alice.get(200, "/agents/bob/ratings").at("/ratings/0");
      assertThat(listed.get("counts").booleanValue()).isFalse();
    });
  }

  @Test
  void pagesOfRatingsAreReadToTheirEnd() {
    Works.onEach(works -> {
      Caller alice = works.bank.agent("alice", "100");
      Caller bob = works.bank.agent("bob", "0");
      for (int i = 1; i <= 3; i++) {
        Works.rated(alice, bob, "10", i);
      }
      JsonNode page = bob.get(200, "/agents/bob/ratings?limit=2");
      assertThat(page.at("/ratings/0/rating").intValue()).isEqualTo(3);
      String rest = "/agents/bob/ratings?limit=2&cursor=" + page.get("next").stringValue();
      JsonNode last = bob.get(200, rest);
      assertThat(last.at("/ratings/0/rating").intValue()).isEqualTo(1);
      assertThat(last.get("next").isNull()).isTrue();
      bob.get(404, "/agents/nobody/ratings");
      bob.get(404, "/agents/nobody/reputation");
    });
  }
}
