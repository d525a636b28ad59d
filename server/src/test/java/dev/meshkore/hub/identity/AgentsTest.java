package dev.meshkore.hub.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.TestAudit;
import dev.meshkore.hub.testing.TestDatabase;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class AgentsTest {
  private static final Instant NOW = Instant.parse("2026-11-21T14:30:00.123Z");

  @TempDir static Path folder;

  static Stream<DatabaseUrl> databases() {
    return TestDatabase.each(folder);
  }

  @ParameterizedTest
  @MethodSource("databases")
  void keepsWhatAnAgentSaysOfItself(DatabaseUrl url) {
    try (Database database = open(url)) {
      var agents = new Agents(database, TestAudit.any());
      long number = create(database, agents, "bob", Profile.of("a\nb", List.of("c d", "e")));
      var bob =
          new Agent(
              number,
              "bob",
              "a\nb",
              List.of("c d", "e"),
              "available",
              NOW,
              NOW,
              1,
              null,
              List.of(),
              null,
              Practice.NONE);
      assertThat(agents.find("bob")).contains(bob);
      assertThat(agents.get(number)).isEqualTo(bob);
      assertThat(agents.numberOf("bob")).hasValue(number);
      assertThat(agents.idOf(number)).isEqualTo("bob");
      assertThat(agents.find("carol")).isEmpty();
      assertThat(agents.numberOf("carol")).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  void noticesAnAgentThatJoinsAfterItWasAskedFor(DatabaseUrl url) {
    try (Database database = open(url)) {
      var agents = new Agents(database, TestAudit.any());
      assertThat(agents.numberOf("bob")).isEmpty();
      long number = create(database, agents, "bob", Profile.EMPTY);
      assertThat(agents.numberOf("bob")).hasValue(number);
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  void keepsTheFirstAgentOfAnId(DatabaseUrl url) {
    try (Database database = open(url)) {
      var agents = new Agents(database, TestAudit.any());
      long first = create(database, agents, "bob", Profile.EMPTY);
      assertThatThrownBy(() -> create(database, agents, "bob", Profile.EMPTY))
          .isInstanceOfSatisfying(
              Refused.class,
              refused -> assertThat(refused.type()).isEqualTo(ProblemType.AGENT_EXISTS));
      assertThat(agents.count()).isEqualTo(1);
      assertThat(agents.numberOf("bob")).hasValue(first);
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  void changesWhatIsGivenAndGrowsTheVersion(DatabaseUrl url) {
    try (Database database = open(url)) {
      var agents = new Agents(database, TestAudit.any());
      long bob = create(database, agents, "bob", Profile.of("old", List.of("a")));
      long carol = create(database, agents, "carol", Profile.EMPTY);
      assertThat(agents.changedSince(0, 10)).extracting(Agent::id).containsExactly("bob", "carol");
      Agent changed = agents.update(bob, Optional.empty(), Optional.empty(), Optional.of("busy"));
      assertThat(changed.description()).isEqualTo("old");
      assertThat(changed.capabilities()).containsExactly("a");
      assertThat(changed.status()).isEqualTo("busy");
      assertThat(changed.version()).isEqualTo(3);
      assertThat(agents.changedSince(2, 10)).containsExactly(changed);
      assertThat(agents.changedSince(0, 1)).extracting(Agent::number).containsExactly(carol);
      Agent cleared = agents.update(bob, Optional.of(""), Optional.of(List.of()), Optional.empty());
      assertThat(cleared.description()).isEmpty();
      assertThat(cleared.capabilities()).isEmpty();
      assertThat(agents.update(bob, Optional.empty(), Optional.empty(), Optional.empty()))
          .isEqualTo(cleared);
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  void listsInTheOrderOfIds(DatabaseUrl url) {
    try (Database database = open(url)) {
      var agents = new Agents(database, TestAudit.any());
      for (String id : List.of("c", "a", "b-1", "b.1", "b0")) {
        create(database, agents, id, Profile.EMPTY);
      }
      assertThat(agents.page("", 10))
          .extracting(Agent::id)
          .containsExactly("a", "b-1", "b.1", "b0", "c");
      assertThat(agents.page("b.1", 1)).extracting(Agent::id).containsExactly("b0");
      assertThat(agents.page("c", 10)).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  void findsManyByTheirNumbers(DatabaseUrl url) {
    try (Database database = open(url)) {
      var agents = new Agents(database, TestAudit.any());
      long a = create(database, agents, "a", Profile.EMPTY);
      create(database, agents, "b", Profile.EMPTY);
      long c = create(database, agents, "c", Profile.EMPTY);
      assertThat(agents.byNumbers(List.of(c, a, 999L)))
          .extracting(Agent::id)
          .containsExactly("a", "c");
      assertThat(agents.byNumbers(List.of())).isEmpty();
      assertThat(agents.byNumbers(LongStream.range(0, 5_000).boxed().toList())).hasSize(3);
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  void lastSeenNeverGoesBack(DatabaseUrl url) {
    try (Database database = open(url)) {
      var agents = new Agents(database, TestAudit.any());
      long a = create(database, agents, "a", Profile.EMPTY);
      long b = create(database, agents, "b", Profile.EMPTY);
      agents.seen(Map.of(a, NOW.plusSeconds(5), b, NOW.minusSeconds(5)));
      assertThat(agents.get(a).lastSeen()).isEqualTo(NOW.plusSeconds(5));
      assertThat(agents.get(b).lastSeen()).isEqualTo(NOW);
      assertThat(agents.get(a).version()).isEqualTo(1);
    }
  }

  private static Database open(DatabaseUrl url) {
    return Database.open(url, () -> 0L, () -> {});
  }

  private static long create(Database database, Agents agents, String id, Profile profile) {
    ApiKeyHash key = ApiKeyHash.ofMade("key of " + id);
    return database.write(
        transaction -> agents.create(transaction, new AgentId(id), key, profile, NOW));
  }
}
