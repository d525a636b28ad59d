package dev.meshkore.hub.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.identity.Agent;
import dev.meshkore.hub.identity.AgentId;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.identity.ApiKeyHash;
import dev.meshkore.hub.identity.Practice;
import dev.meshkore.hub.identity.Profile;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.TestAudit;
import dev.meshkore.hub.testing.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class LearnedTest {
  @TempDir static Path folder;

  private final AtomicLong now = new AtomicLong();

  static Stream<DatabaseUrl> databases() {
    return TestDatabase.each(folder);
  }

  private static Agent create(Database database, Agents agents, String id, boolean isLearning) {
    byte[] said = ("{\"learns\":" + isLearning + "}").getBytes(StandardCharsets.UTF_8);
    var profile = Profile.EMPTY.with(Practice.NONE.with(Fields.read(said)));
    var key = ApiKeyHash.ofMade(id);
    long number =
        database.write(transaction ->
            agents.create(transaction, new AgentId(id), key, profile, Instant.EPOCH));
    return agents.get(number);
  }

  private int buyers;

  /// Each time for another buyer of whom something is known.
  private void done(Database database, Learned learned, Agent agent, String request) {
    done(database, learned, agent, new Learned.Buyer("buyer-" + buyers++, false), request);
  }

  private static void done(
      Database database, Learned learned, Agent agent, Learned.Buyer buyer, String request) {
    database.write(transaction -> {
      learned.done(transaction, agent.number(), buyer, request);
      return 1;
    });
  }

  @ParameterizedTest
  @MethodSource("databases")
  void keepsTheNewestOfWhoAgreed(DatabaseUrl url) {
    try (Database database = Database.open(url, () -> 0L, () -> {})) {
      var agents = new Agents(database, TestAudit.any());
      var learned =
          new Learned(database, agents, () -> Instant.ofEpochMilli(now.incrementAndGet()));
      Agent willing = create(database, agents, "willing", true);
      Agent unwilling = create(database, agents, "unwilling", false);
      done(database, learned, unwilling, "translate my will please");
      assertThat(learned.of(unwilling)).isEmpty();
      assertThat(agents.get(unwilling.number()).version()).isEqualTo(unwilling.version());
      for (int i = 0; i < 25; i++) {
        done(database, learned, willing, "  translate  letter number " + i);
      }
      assertThat(learned.of(willing)).hasSize(20);
      assertThat(learned.of(willing).getFirst()).isEqualTo("translate letter number 24");
      assertThat(learned.of(willing)).doesNotContain("translate letter number 4");
      assertThat(agents.get(willing.number()).version()).isGreaterThan(willing.version());
      done(database, learned, willing, "translate letter number 24");
      done(database, learned, willing, "short");
      assertThat(learned.of(willing)).hasSize(20);
      done(database, learned, willing, "😀".repeat(400));
      assertThat(learned.of(willing).getFirst().codePointCount(0, 600)).isEqualTo(300);
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  void littleIsLearnedOfOneBuyerAndOfStrangers(DatabaseUrl url) {
    try (Database database = Database.open(url, () -> 0L, () -> {})) {
      var agents = new Agents(database, TestAudit.any());
      var learned =
          new Learned(database, agents, () -> Instant.ofEpochMilli(now.incrementAndGet()));
      Agent seller = create(database, agents, "seller-" + now.get(), true);
      var known = new Learned.Buyer("owner:ada", false);
      for (int i = 0; i < 9; i++) {
        done(database, learned, seller, known, "paint picture number " + i);
      }
      assertThat(learned.of(seller))
          .containsExactly("paint picture number 8", "paint picture number 7");
      for (int i = 0; i < 9; i++) {
        var stranger = new Learned.Buyer("agent:stranger-" + i, true);
        done(database, learned, seller, stranger, "bake cake number " + i);
      }
      assertThat(learned.of(seller))
          .hasSize(6)
          .contains("paint picture number 8", "bake cake number 8", "bake cake number 5")
          .doesNotContain("bake cake number 4");
    }
  }
}
