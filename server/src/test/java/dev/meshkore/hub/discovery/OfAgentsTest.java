package dev.meshkore.hub.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.identity.Agent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OfAgentsTest {
  @TempDir private Path folder;

  @Test
  void keepsThoseAskedForLastAndMakesAnewWhatChanged() {
    try (var village = new Village(folder)) {
      var made = new ArrayList<String>();
      var kept =
          new OfAgents<String>(
              3,
              agent -> {
                made.add(agent.id());
                return agent.description();
              });
      List<Agent> all =
          List.of("a", "b", "c", "d").stream()
              .map(id -> village.agents.get(village.add(id, "says " + id)))
              .toList();
      all.subList(0, 3).forEach(kept::of);
      kept.of(all.get(0));
      kept.of(all.get(3));
      assertThat(made).containsExactly("a", "b", "c", "d");
      kept.of(all.get(0));
      kept.of(all.get(2));
      assertThat(made).containsExactly("a", "b", "c", "d");
      kept.of(all.get(1));
      assertThat(made).containsExactly("a", "b", "c", "d", "b");
      village.describe("b", "says more");
      Agent changed = village.agents.get(all.get(1).number());
      assertThat(kept.of(changed)).isEqualTo("says more");
    }
  }
}
