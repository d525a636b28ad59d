package dev.meshkore.hub.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.testing.TestAudit;
import dev.meshkore.hub.testing.TestDatabase;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class OutsideAgentsTest {
  private static final Instant NOW = Instant.parse("2026-11-21T14:30:00Z");

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "https://a.example, https://a.example/.well-known/agent-card.json",
    "https://a.example/, https://a.example/.well-known/agent-card.json",
    "HTTPS://A.Example:443/#x, https://a.example/.well-known/agent-card.json",
    "http://a.example:80, http://a.example/.well-known/agent-card.json",
    "http://a.example:443/b//, http://a.example:443/b/.well-known/agent-card.json",
    "https://a.example/b/../c?d=e, https://a.example/c/.well-known/agent-card.json?d=e",
    "https://a.example/x/card.json, https://a.example/x/card.json",
    "https://[2606:4700::1]/, https://[2606:4700::1]/.well-known/agent-card.json"
  })
  void everySpellingHasOneForm(String address, URI card) {
    assertThat(OutsideAgents.card(address)).isEqualTo(card);
  }

  @Test
  void anAgentOutsideIsMadeOnceAndHasNoKey() {
    TestDatabase.each(folder)
        .forEach(url -> {
          try (var database = Database.open(url, () -> 0, () -> {})) {
            var agents = new Agents(database, TestAudit.any());
            var outside = new OutsideAgents(database, () -> NOW, _ -> {});
            var named = new ArrayList<OutsideAgents.Outside>();
            outside.onNamed(named::add);
            var alice = new Caller.OfAgent(100, "alice");
            String id = outside.idOf(alice, "https://a.example/");
            assertThat(outside.idOf(new Caller.OfAgent(101, "bob"), "https://A.example"))
                .isEqualTo(id);
            assertThat(new OutsideAgents(database, () -> NOW, _ -> {}).after(0, 10))
                .isEqualTo(named)
                .hasSize(1);
            assertThat(agents.find(id).orElseThrow().remote())
                .isEqualTo("https://a.example/.well-known/agent-card.json");
            assertThat(agents.keyed(id).orElseThrow().key().isOfMade("")).isFalse();
            assertThat(agents.byMadeKey("")).isEmpty();

            for (int i = 1; i < OutsideAgents.NAMED_MAX; i++) {
              outside.idOf(alice, "https://a" + i + ".example/");
            }
            Hub.assertRefused(
                ProblemType.OUTBOUND_REFUSED, () -> outside.idOf(alice, "https://b.example/"));
          }
        });
  }

  @Test
  void theNameSaysWhereItIsAndFits() {
    try (var database =
        Database.open(TestDatabase.each(folder).findFirst().orElseThrow(), () -> 0, () -> {})) {
      var outside = new OutsideAgents(database, () -> NOW, _ -> {});
      var alice = new Caller.OfAgent(100, "alice");
      assertThat(outside.idOf(alice, "https://[2606:4700::1]:8443/"))
          .matches("a2a--2606-4700--1--[0-9a-f]{12}");
      assertThat(outside.idOf(alice, "https://" + "a".repeat(60) + ".example/"))
          .hasSize(64)
          .startsWith("a2a-aaa");
    }
  }
}
