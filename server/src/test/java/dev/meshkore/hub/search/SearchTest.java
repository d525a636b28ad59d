package dev.meshkore.hub.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.guard.RateLimiter;
import dev.meshkore.hub.guard.SendRules;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.identity.OutsideAgents;
import dev.meshkore.hub.relay.Relay;
import dev.meshkore.hub.relay.Transcript;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.TestAudit;
import dev.meshkore.hub.testing.TestHub;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.store.FSDirectory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SearchTest {
  private static final InstantSource CLOCK = () -> Instant.parse("2026-11-21T14:30:00Z");

  @TempDir private Path folder;
  private Database database;
  private Agents agents;
  private Relay relay;
  private Search search;

  @BeforeEach
  void open() {
    var settings = Map.of("data", folder.toString(), "search", "false");
    try (var hub = TestHub.start(settings)) {
      Caller alice = Caller.join(hub, "alice");
      Caller.join(hub, "bob");
      alice.send("bob", "sloe");
      database = Database.open(hub.hub().config().database(), () -> 0, () -> {});
    }
    agents = new Agents(database, TestAudit.any());
    var rules = new SendRules(new RateLimiter(0, () -> 0));
    relay =
        new Relay(
            database,
            TestAudit.any(),
            agents,
            new OutsideAgents(database, CLOCK, _ -> {}),
            rules,
            new Relay.Limits(1_000, 10_000, 10_000),
            CLOCK,
            () -> 0);
    search = new Search(relay.transcript(), folder.resolve("search"), CLOCK, () -> 0);
  }

  @AfterEach
  void close() {
    search.close();
    relay.close();
    database.close();
  }

  @Test
  void searchingItselfNeitherTakesUpNorMerges() throws IOException {
    assertThat(search.step()).isTrue();
    assertThat(find()).isEmpty();
    assertThat(search.indexedToMs()).isZero();

    assertThat(search.step()).isFalse();
    assertThat(find()).hasSize(1);
    assertThat(search.indexedToMs()).isEqualTo(CLOCK.millis());
  }

  @Test
  void aReadThatFailsAfterAnErasureCostsNoIndex() throws IOException {
    assertThat(search.step()).isTrue();
    assertThat(search.step()).isFalse();
    rename("erased", "away");
    search.takeOutErased();
    assertThat(find()).hasSize(1);

    rename("away", "erased");
    erase();
    assertThat(search.step()).isFalse();
    assertThat(find()).isEmpty();
  }

  @Test
  void anErasureOpensTheIndexThatIsNotOpenYet() throws IOException {
    assertThat(search.step()).isTrue();
    assertThat(search.step()).isFalse();
    erase();
    search.close();
    search = new Search(relay.transcript(), folder.resolve("search"), CLOCK, () -> 0);
    search.takeOutErased();
    try (var directory = FSDirectory.open(folder.resolve("search"));
        var reader = DirectoryReader.open(directory)) {
      assertThat(reader.maxDoc()).isZero();
    }
  }

  private void erase() {
    database.write(transaction -> {
      transaction.update("UPDATE erased_count SET count = 1");
      return transaction.update(
          "INSERT INTO erased (number, position, place)"
              + " VALUES (1, (SELECT MAX(position) FROM journal), ?)",
          find().getFirst().place().offset());
    });
  }

  private void rename(String from, String to) {
    database.write(
        transaction -> transaction.update("ALTER TABLE %s RENAME TO %s".formatted(from, to)));
  }

  private List<Hits.Hit> find() {
    var words = List.of(List.of("sloe"));
    var wanted =
        new Wanted(words, OptionalLong.empty(), 0, Long.MAX_VALUE, true, Optional.empty(), 10);
    long bob = agents.numberOf("bob").orElseThrow();
    Transcript.Reader reader = relay.transcript().reader(bob, Optional.empty());
    return search.search(new Hits(wanted, reader, CLOCK.millis(), () -> 0));
  }
}
