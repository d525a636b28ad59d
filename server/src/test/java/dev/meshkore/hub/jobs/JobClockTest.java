package dev.meshkore.hub.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meshkore.hub.guard.Approach;
import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.ledger.Account;
import dev.meshkore.hub.ledger.Order;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What time does with jobs where something is in its way.
final class JobClockTest {
  private static final long PRICE = 20_000_000;

  @TempDir static Path folder;

  private static Stream<DatabaseUrl> urls() {
    return TestDatabase.each(folder);
  }

  /// Alice has paid bob in for a job, which he has submitted; she has fifty seconds to look at it.
  private static final class Scene implements AutoCloseable {
    final Yard yard;
    final Caller.OfAgent alice;
    final Caller.OfAgent bob;

    Scene(DatabaseUrl url) {
      yard = new Yard(url);
      alice = yard.agent("alice");
      bob = yard.agent("bob");
      yard.deposit(alice, 2 * PRICE);
    }

    Job opened() {
      var draft =
          new JobDraft(
              Optional.empty(),
              Optional.of("bob"),
              Optional.empty(),
              Optional.empty(),
              Optional.of("subject"),
              "",
              OptionalLong.of(PRICE),
              List.of(),
              true,
              OptionalLong.of(100),
              60,
              50,
              Optional.of(JobTerms.Rule.COMPLETE),
              70,
              JobTerms.Rule.REFUND,
              "",
              "hub",
              Optional.empty(),
              Optional.empty(),
              false,
              Optional.empty());
      var call = new Approach.Call(alice, "POST /jobs", "/jobs", new byte[0]);
      return yard.openings.open(call, draft).job().orElseThrow();
    }

    Job submitted() {
      String id = opened().id();
      step(bob, id, "accept", "");
      step(alice, id, "fund", "");
      return step(bob, id, "submit", ",\"sha256\":\"" + Site.SHA + "\"");
    }

    Job step(Caller.OfAgent caller, String id, String step, String more) {
      String head = yard.jobs.find(caller, id).head();
      String body = "{\"step\":\"" + step + "\",\"previous\":\"" + head + "\"" + more + "}";
      var draft = StepDraft.read(Fields.read(body.getBytes(StandardCharsets.UTF_8)));
      return yard.jobs.step(yard.call(caller), id, draft).job().orElseThrow();
    }

    String state(Job job) {
      return yard.jobs.find(alice, job.id()).at().state().word();
    }

    void pass(Duration time) {
      yard.now.addAndGet(time.toMillis());
    }

    @Override
    public void close() {
      yard.close();
    }
  }

  @ParameterizedTest
  @MethodSource("urls")
  void jobsThatCannotGoOnKeepNoOthersAndAreTriedAgain(DatabaseUrl url) {
    try (var scene = new Scene(url)) {
      Job job = scene.submitted();
      Job broken = scene.opened();
      String copy =
          """
          WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1001)
          INSERT INTO job (job_id, client, provider, evaluator, arbiter, terms, opener, state,
            agreed, milestone, submissions, due_at, paid_in, released, refunded, head, moves,
            is_own, opened_at, funded_at, submitted_at, ended_at, ended_by)
          SELECT 'copy' || i, client, provider, evaluator, arbiter, 'none', opener, state, agreed,
            milestone, submissions, 1000, 0, 0, 0, head, moves, is_own, opened_at, 0, 0, 0, ''
          FROM job, n WHERE job_id = ?
          """;
      scene.yard.database.write(transaction -> transaction.update(copy, broken.id()));
      scene.pass(Duration.ofSeconds(61));
      scene.yard.clock.tick();
      assertThat(scene.state(job)).isEqualTo("completed");
      assertThat(scene.state(broken)).isEqualTo("expired");
      scene.yard.database.write(transaction ->
          transaction.update(
              "UPDATE job SET terms = (SELECT terms FROM job WHERE job_id = ?)"
                  + " WHERE terms = 'none'",
              broken.id()));
      scene.pass(Duration.ofSeconds(61));
      scene.yard.clock.tick();
      long left =
          scene.yard.database.read(
              reader -> reader.number("SELECT COUNT(*) FROM job WHERE due_at > 0", 0));
      assertThat(left).isZero();
    }
  }

  @ParameterizedTest
  @MethodSource("urls")
  void whatIsInEscrowReachesWhoeverHasTurnedOverAllThatOneMay(DatabaseUrl url) {
    try (var scene = new Scene(url)) {
      Job paid = scene.submitted();
      Job back = scene.submitted();
      long most = 1_000_000_000_000_000_000L;
      for (Caller.OfAgent one : List.of(scene.alice, scene.bob)) {
        scene.yard.database.write(transaction ->
            transaction.update(
                "UPDATE ledger_account SET credits_posted = ?, debits_posted = ? WHERE name = ?",
                most,
                most,
                Account.Name.ofAgent(one.number()).text()));
      }
      scene.step(scene.alice, back.id(), "dispute", ",\"note\":\"n\"");
      scene.pass(Duration.ofSeconds(51));
      scene.yard.clock.tick();
      assertThat(scene.state(paid)).isEqualTo("completed");
      scene.pass(Duration.ofSeconds(20));
      scene.yard.clock.tick();
      assertThat(scene.state(back)).isEqualTo("expired");
      // By itself it moves nothing more.
      var order =
          new Order(
              "more",
              "bob",
              "alice",
              Account.Name.ofAgent(scene.bob.number()),
              Account.Name.ofAgent(scene.alice.number()),
              JobTerms.credits(100),
              "payment",
              "",
              0,
              OptionalLong.empty());
      assertThatThrownBy(() ->
              scene.yard.database.write(
                  transaction -> scene.yard.ledger.move(transaction, List.of(order))))
          .isInstanceOf(Refused.class);
    }
  }

  @ParameterizedTest
  @MethodSource("urls")
  void anOutageIsNobodysSilence(DatabaseUrl url) {
    try (var scene = new Scene(url)) {
      scene.yard.clock.begin();
      Job job = scene.submitted();
      Job other = scene.submitted();
      scene.pass(Duration.ofSeconds(20));
      scene.yard.clock.tick();
      // Nobody is there for eight hours.
      scene.pass(Duration.ofHours(8));
      JobClock clock = scene.yard.newClock();
      clock.begin();
      clock.tick();
      // Another hub that starts beside it gives nothing more.
      scene.yard.newClock().begin();
      assertThat(scene.state(job)).isEqualTo("submitted");
      assertThat(scene.yard.jobs.find(scene.alice, job.id()).at().dueAtMs())
          .isEqualTo(scene.yard.now.get() + Duration.ofSeconds(30 + 300).toMillis());
      scene.pass(Duration.ofSeconds(329));
      clock.tick();
      scene.step(scene.alice, job.id(), "dispute", ",\"note\":\"Not what was agreed\"");
      scene.pass(Duration.ofSeconds(1));
      clock.tick();
      assertThat(scene.state(job)).isEqualTo("disputed");
      assertThat(scene.state(other)).isEqualTo("completed");
    }
  }

  @ParameterizedTest
  @MethodSource("urls")
  void aRestartIsNoOutage(DatabaseUrl url) {
    try (var scene = new Scene(url)) {
      scene.yard.clock.begin();
      Job job = scene.submitted();
      scene.pass(Duration.ofSeconds(51));
      JobClock clock = scene.yard.newClock();
      clock.begin();
      clock.tick();
      assertThat(scene.state(job)).isEqualTo("completed");
    }
  }
}
