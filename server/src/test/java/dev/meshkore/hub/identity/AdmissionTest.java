package dev.meshkore.hub.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.TestDatabase;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class AdmissionTest {
  private static final Optional<InetAddress> HERE = Optional.of(InetAddress.getLoopbackAddress());

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
      assertThat(hub.admission.register(new AgentId("bob"), bob.apiKey(), HERE))
          .isInstanceOf(Admission.Registration.Renewed.class);
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  void nobodyHearsOfWhoDidNotJoin(DatabaseUrl url) {
    try (var hub = new Hub(url, false)) {
      var heard = new ArrayList<Long>();
      hub.admission.onJoin((_, agent, _) -> {
        heard.add(agent);
        return () -> heard.remove(agent);
      });
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
      assertThat(hub.admission.register(bob, "my own key", HERE))
          .isInstanceOf(Admission.Registration.Added.class);
      assertThat(hub.admission.register(bob, "my own key", HERE))
          .isInstanceOf(Admission.Registration.Renewed.class);
      Hub.assertRefused(
          ProblemType.UNAUTHENTICATED, () -> hub.admission.register(bob, "my own keY", HERE));
    }
    try (var closed = new Hub(url, false)) {
      assertThat(closed.admission.register(bob, "my own key", HERE))
          .isInstanceOf(Admission.Registration.Renewed.class);
      assertThat(refusal(closed, "bob", "x")).isEqualTo(refusal(closed, "carol", "x"));
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  void guessingIsLimitedForEachIdAndNotForWhoIsRight(DatabaseUrl url) {
    var bob = new AgentId("bob");
    try (var hub = new Hub(url, true)) {
      hub.admission.register(bob, "right", HERE);
      for (int i = 0; i < 10; i++) {
        String guess = "wrong " + i;
        Hub.assertRefused(
            ProblemType.UNAUTHENTICATED, () -> hub.admission.register(bob, guess, HERE));
      }
      Hub.assertRefused(ProblemType.RATE_LIMITED, () -> hub.admission.register(bob, "more", HERE));
      hub.admission.register(bob, "right", HERE);
      hub.admission.register(new AgentId("carol"), "another id", HERE);
      hub.time.forward(Duration.ofMinutes(1));
      Hub.assertRefused(
          ProblemType.UNAUTHENTICATED, () -> hub.admission.register(bob, "more", HERE));
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  void manyIdsOfOneAddressAreBoundedInAnHour(DatabaseUrl url) {
    try (var hub = new Hub(url, new OpenDoor(true, 3))) {
      Optional<InetAddress> there = Optional.of(InetAddress.ofLiteral("192.0.2.7"));
      for (int i = 0; i < 3; i++) {
        hub.admission.register(new AgentId("sybil-" + i), "key", HERE);
      }
      var next = new AgentId("sybil-3");
      Refused refused =
          catchThrowableOfType(Refused.class, () -> hub.admission.register(next, "key", HERE));
      assertThat(refused.type()).isEqualTo(ProblemType.RATE_LIMITED);
      assertThat(refused.members().get("retry_after")).isEqualTo(3_601L);
      assertThat(hub.agents.find("sybil-3")).isEmpty();
      // Neither for others, nor for agents that are there already.
      hub.admission.register(new AgentId("other"), "key", there);
      hub.admission.register(new AgentId("sybil-0"), "key", HERE);
      hub.time.forward(Duration.ofHours(1));
      hub.admission.register(next, "key", HERE);
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  void ofManyIdsOfOneAddressAtOnceExactlyAsManyAsAllowedComeIn(DatabaseUrl url)
      throws InterruptedException {
    try (var hub = new Hub(url, new OpenDoor(true, 5))) {
      List<Future<?>> answers = new ArrayList<>();
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int i = 0; i < 60; i++) {
          var id = new AgentId("sybil-" + i);
          answers.add(threads.submit(() -> hub.admission.register(id, "key", HERE)));
        }
      }
      assertThat(answers.stream().filter(one -> one.state() == Future.State.SUCCESS)).hasSize(5);
      assertThat(hub.agents.count()).isEqualTo(5);
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  void whoIsNotFirstUsesNothingUp(DatabaseUrl url) throws InterruptedException {
    try (var hub = new Hub(url, new OpenDoor(true, 20))) {
      var bob = new AgentId("bob");
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int i = 0; i < 20; i++) {
          String key = "key " + i;
          var _ = threads.submit(() -> hub.admission.register(bob, key, HERE));
        }
      }
      for (int i = 0; i < 19; i++) {
        hub.admission.register(new AgentId("agent-" + i), "key", HERE);
      }
      Hub.assertRefused(
          ProblemType.RATE_LIMITED,
          () -> hub.admission.register(new AgentId("agent-19"), "key", HERE));
    }
  }

  @Test
  void aSiteOfIpv6CountsTogether() {
    assertThat(network("2001:db8:1::1"))
        .isEqualTo(network("2001:db8:1:ffff::2"))
        .isNotEqualTo(network("2001:db8:2::1"));
    assertThat(network("192.0.2.1"))
        .isEqualTo(network("::ffff:192.0.2.1"))
        .isNotEqualTo(network("192.0.2.2"));
    assertThat(OpenDoor.network(Optional.empty())).isEmpty();
  }

  private static String network(String address) {
    return OpenDoor.network(Optional.of(InetAddress.ofLiteral(address)));
  }

  @Test
  void theMemoryOfWhereStrangersComeFromIsBounded() {
    var time = new SettableTime();
    var attempts = new Attempts(1, Duration.ofHours(1), time);
    for (int i = 0; i <= 2 * Attempts.NAMES_MAX; i++) {
      assertThat(attempts.begin("name-" + i)).isEmpty();
    }
    assertThat(attempts.size()).isLessThanOrEqualTo(Attempts.NAMES_MAX);
    assertThat(attempts.begin("name-" + 2 * Attempts.NAMES_MAX)).isPresent();
  }

  @ParameterizedTest
  @MethodSource("databases")
  void aKeyHasOneTo256Characters(DatabaseUrl url) {
    try (var hub = new Hub(url, true)) {
      hub.admission.register(new AgentId("a"), "k", HERE);
      hub.admission.register(new AgentId("b"), "k".repeat(256), HERE);
      for (String key : List.of("", "k".repeat(257))) {
        Hub.assertRefused(
            ProblemType.INVALID_FIELD, () -> hub.admission.register(new AgentId("c"), key, HERE));
      }
    }
  }

  private static String refusal(Hub hub, String id, String key) {
    try {
      return hub.admission.register(new AgentId(id), key, HERE).toString();
    } catch (Refused refused) {
      assertThat(refused.type()).isEqualTo(ProblemType.UNAUTHENTICATED);
      return refused.detail();
    }
  }
}
