package dev.meshkore.hub.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class AdmissionTest {
  @TempDir static Path folder;

  static Stream<DatabaseUrl> databases() {
    return TestDatabase.each(folder);
  }

  @ParameterizedTest
  @MethodSource("databases")
  void anInviteForTenLetsExactlyTenOfAHundredIn(DatabaseUrl url) throws InterruptedException {
    try (var hub = new Hub(url, false)) {
      Invites.Made made = hub.invites.make("", 10, Duration.ofHours(1), "admin");
      List<Future<Admission.Joined>> answers = new ArrayList<>();
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int i = 0; i < 100; i++) {
          var id = new AgentId("agent-" + i);
          answers.add(threads.submit(() -> hub.admission.join(Hub.nonce(made), id, Profile.EMPTY)));
        }
      }
      int joined = 0;
      for (Future<Admission.Joined> answer : answers) {
        try {
          answer.get();
          joined++;
        } catch (ExecutionException failure) {
          assertThat(failure.getCause())
              .isInstanceOfSatisfying(
                  Refused.class,
                  refused -> assertThat(refused.type()).isEqualTo(ProblemType.INVITE_USED_UP));
        }
      }
      assertThat(joined).isEqualTo(10);
      assertThat(hub.agents.count()).isEqualTo(10);
      assertThat(hub.invites.page(Long.MAX_VALUE, "", 10).getFirst().uses()).isEqualTo(10);
      Hub.assertRefused(ProblemType.INVITE_USED_UP, () -> hub.invites.read(Hub.nonce(made)));
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  void anInviteIsVoidFromTheMillisecondInWhichItExpires(DatabaseUrl url) {
    try (var hub = new Hub(url, false)) {
      Invites.Made made = hub.invites.make("", 2, Duration.ofSeconds(10), "admin");
      String nonce = Hub.nonce(made);
      hub.time.forward(Duration.ofMillis(9_999));
      hub.admission.join(nonce, new AgentId("bob"), Profile.EMPTY);
      hub.time.forward(Duration.ofMillis(1));
      Hub.assertRefused(ProblemType.INVITE_EXPIRED, () -> hub.invites.read(nonce));
      Hub.assertRefused(
          ProblemType.INVITE_EXPIRED,
          () -> hub.admission.join(nonce, new AgentId("carol"), Profile.EMPTY));
      assertThat(hub.agents.find("carol")).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  void aTakenIdUsesNothingUp(DatabaseUrl url) {
    try (var hub = new Hub(url, false)) {
      Invites.Made made = hub.invites.make("", 2, Duration.ofHours(1), "admin");
      String nonce = Hub.nonce(made);
      Admission.Joined bob = hub.admission.join(nonce, new AgentId("bob"), Profile.EMPTY);
      for (int i = 0; i < 3; i++) {
        Hub.assertRefused(
            ProblemType.AGENT_EXISTS,
            () -> hub.admission.join(nonce, new AgentId("bob"), Profile.EMPTY));
      }
      assertThat(hub.invites.read(nonce).uses()).isEqualTo(1);
      hub.admission.join(nonce, new AgentId("carol"), Profile.EMPTY);
      assertThat(hub.admission.register(new AgentId("bob"), bob.apiKey()))
          .isInstanceOf(Admission.Registration.Renewed.class);
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  void nobodyHearsOfWhoDidNotJoin(DatabaseUrl url) {
    try (var hub = new Hub(url, false)) {
      var heard = new ArrayList<Long>();
      hub.admission.onJoin((_, agent, _) -> heard.add(agent));
      String nonce = Hub.nonce(hub.invites.make("", 2, Duration.ofHours(1), "admin"));
      Admission.Joining refusing =
          (_, _, _) -> {
            throw new Refused(ProblemType.KEY_TAKEN, "It is another's");
          };
      Hub.assertRefused(
          ProblemType.KEY_TAKEN,
          () -> hub.admission.join(nonce, new AgentId("bob"), Profile.EMPTY, refusing));
      assertThat(heard).isEmpty();
      hub.admission.join(nonce, new AgentId("bob"), Profile.EMPTY);
      assertThat(heard).hasSize(1);
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  void aRemovedOrUnknownInviteIsNone(DatabaseUrl url) {
    try (var hub = new Hub(url, false)) {
      Invites.Made made = hub.invites.make("x", 2, Duration.ofHours(1), "admin");
      hub.invites.remove(made.invite().id());
      for (String nonce : List.of(Hub.nonce(made), "", "none", made.invite().id())) {
        Hub.assertRefused(ProblemType.UNKNOWN_INVITE, () -> hub.invites.read(nonce));
        Hub.assertRefused(
            ProblemType.UNKNOWN_INVITE,
            () -> hub.admission.join(nonce, new AgentId("bob"), Profile.EMPTY));
      }
      Hub.assertRefused(ProblemType.UNKNOWN_INVITE, () -> hub.invites.remove(made.invite().id()));
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  void aClosedHubRefusesWrongKeysAndUnknownIdsAlike(DatabaseUrl url) {
    try (var hub = new Hub(url, false)) {
      Invites.Made made = hub.invites.make("", 2, Duration.ofHours(1), "admin");
      hub.admission.join(Hub.nonce(made), new AgentId("bob"), Profile.EMPTY);
      String wrong = ApiKeyHash.makeKey(hub.random);
      assertThat(refusal(hub, "bob", wrong)).isEqualTo(refusal(hub, "carol", wrong));
      assertThat(hub.agents.count()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  void anOpenHubTrustsTheFirstKeyOfAnId(DatabaseUrl url) {
    var bob = new AgentId("bob");
    try (var hub = new Hub(url, true)) {
      assertThat(hub.admission.register(bob, "my own key"))
          .isInstanceOf(Admission.Registration.Added.class);
      assertThat(hub.admission.register(bob, "my own key"))
          .isInstanceOf(Admission.Registration.Renewed.class);
      Hub.assertRefused(
          ProblemType.UNAUTHENTICATED, () -> hub.admission.register(bob, "my own keY"));
    }
    try (var closed = new Hub(url, false)) {
      assertThat(closed.admission.register(bob, "my own key"))
          .isInstanceOf(Admission.Registration.Renewed.class);
      assertThat(refusal(closed, "bob", "x")).isEqualTo(refusal(closed, "carol", "x"));
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  void guessingIsLimitedForEachIdAndNotForWhoIsRight(DatabaseUrl url) {
    var bob = new AgentId("bob");
    try (var hub = new Hub(url, true)) {
      hub.admission.register(bob, "right");
      for (int i = 0; i < 10; i++) {
        String guess = "wrong " + i;
        Hub.assertRefused(ProblemType.UNAUTHENTICATED, () -> hub.admission.register(bob, guess));
      }
      Hub.assertRefused(ProblemType.RATE_LIMITED, () -> hub.admission.register(bob, "more"));
      hub.admission.register(bob, "right");
      hub.admission.register(new AgentId("carol"), "another id");
      hub.time.forward(Duration.ofMinutes(1));
      Hub.assertRefused(ProblemType.UNAUTHENTICATED, () -> hub.admission.register(bob, "more"));
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  void aKeyHasOneTo256Characters(DatabaseUrl url) {
    try (var hub = new Hub(url, true)) {
      hub.admission.register(new AgentId("a"), "k");
      hub.admission.register(new AgentId("b"), "k".repeat(256));
      for (String key : List.of("", "k".repeat(257))) {
        Hub.assertRefused(
            ProblemType.INVALID_FIELD, () -> hub.admission.register(new AgentId("c"), key));
      }
    }
  }

  private static String refusal(Hub hub, String id, String key) {
    try {
      return hub.admission.register(new AgentId(id), key).toString();
    } catch (Refused refused) {
      assertThat(refused.type()).isEqualTo(ProblemType.UNAUTHENTICATED);
      return refused.detail();
    }
  }
}
