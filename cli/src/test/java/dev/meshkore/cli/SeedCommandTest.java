package dev.meshkore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.Hub;
import dev.meshkore.hub.identity.AgentId;
import dev.meshkore.hub.scan.Said;
import dev.meshkore.hub.scan.Scan;
import dev.meshkore.hub.scan.Skeleton;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// The agents that were made up, and how they come to a real hub.
@Timeout(120)
final class SeedCommandTest {
  @TempDir Path place;

  @Test
  void areManyAndVariedAndPassTheScan() {
    var all = SeedCommand.all();
    assertThat(all).hasSizeBetween(300, 350);
    var looks = new HashSet<String>();
    var categories = new HashSet<String>();
    var assets = new HashSet<String>();
    for (var agent : all) {
      var id = Json.text(agent, "agent_id");
      assertThat(AgentId.isValid(id)).as(id).isTrue();
      assertThat(looks.add(Skeleton.of(id))).as(id).isTrue();
      var verdict =
          Scan.of(
              Said.text("description", Json.text(agent, "description")),
              Said.text("examples", agent.path("examples").toString()),
              Said.text("services", agent.path("services").toString()));
      assertThat(verdict.findings()).as(id).isEmpty();
      assertThat(Scan.of(agent, List.of()).findings()).as(id).isEmpty();
      for (JsonNode service : agent.path("services")) {
        categories.add(Json.text(service, "category"));
        assets.add(Json.text(service.path("price"), "asset"));
      }
    }
    assertThat(all.stream().map(one -> Json.text(one, "description")).collect(Collectors.toSet()))
        .hasSize(all.size());
    assertThat(categories).hasSizeGreaterThan(25);
    assertThat(assets).hasSizeGreaterThan(12);
  }

  @Test
  void comeToTheHubOnce() throws Exception {
    try (var hub = TestHub.open(place.resolve("data"))) {
      var first = seed(hub, "--json", "--count", "12");
      assertThat(first.code()).as(first.err()).isZero();
      assertThat(first.json().path("agents").asInt()).isEqualTo(12);
      var again = seed(hub, "--json", "--count", "14").json();
      assertThat(again.path("agents").asInt()).isEqualTo(2);
      assertThat(again.path("known").asInt()).isEqualTo(12);
      assertThat(seed(hub, "--count", "1").out()).contains("there already");
      var invites = new HubClient(HubAddress.read(hub.url()), hub.adminKey());
      try (invites) {
        assertThat(invites.get("/invites").path("invites")).isEmpty();
        var someone = Json.text(SeedCommand.all().getFirst(), "agent_id");
        assertThat(Json.text(invites.get("/agents/" + someone), "description")).isNotEmpty();
      }
    }
  }

  private Shell.Ended seed(Hub hub, String... words) {
    var line = new ArrayList<>(List.of("seed-demo"));
    line.addAll(List.of(words));
    line.addAll(List.of("--url", hub.url(), "--data", place.resolve("data").toString()));
    return new Shell(place).run(line.toArray(String[]::new));
  }
}
