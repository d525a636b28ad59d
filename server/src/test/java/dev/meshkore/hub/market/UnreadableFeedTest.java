package dev.meshkore.hub.market;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.Heard;
import dev.meshkore.hub.testing.TestDatabase;
import dev.meshkore.hub.testing.TestHub;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// A wish that this hub cannot read is one feed that tells of nothing, and no more.
final class UnreadableFeedTest {
  private static final String SAID = "saidbyalice";

  @Test
  void oneThatCannotBeReadKeepsNoOtherFromBeingTold(@TempDir Path folder) {
    for (Map<String, String> database : TestDatabase.settings()) {
      var settings = new HashMap<>(database);
      settings.putIfAbsent("data", folder.toString());
      leftOut(settings);
    }
  }

  private static String feed(Caller agent, String query) {
    String wish = "{\"of\":[\"services\"],\"query\":\"" + query + "\"}";
    return agent.post(201, "/feeds", wish).get("feed_id").stringValue();
  }

  private static void leftOut(Map<String, String> settings) {
    List<String> keys;
    String bad;
    String good;
    try (TestHub hub = TestHub.start(settings)) {
      List<Caller> all = Stall.join(hub, "alice", "bob", "carol");
      keys = all.stream().map(Caller::key).toList();
      bad = feed(all.get(0), "legal translation");
      good = feed(all.get(0), "certified");
      feed(all.get(2), "legal");
      // As another version of the hub might write it, and with something to tell.
      hub.execute(
          "UPDATE market_feed SET tell_at = 1, document = '{\"of\":[\""
              + SAID
              + "\"]}' WHERE feed_id = '"
              + bad
              + "'");
    }
    try (Heard heard = Heard.everything();
        TestHub hub = TestHub.start(settings)) {
      Caller alice = Caller.of(hub, "alice", keys.get(0));
      Caller carol = Caller.of(hub, "carol", keys.get(2));
      String made = Stall.publish(Caller.of(hub, "bob", keys.get(1)), "Sworn", "");
      assertThat(FeedsTest.told(hub, carol, made)).containsExactly(made);
      JsonNode notice = Stall.notices(alice, "feed-matches", 1).getFirst();
      assertThat(notice.get("feed_id").stringValue()).isEqualTo(good);
      JsonNode feeds = alice.get(200, "/feeds").get("feeds");
      assertThat(feeds.valueStream())
          .extracting(one -> one.get("feed_id").stringValue())
          .containsExactly(good);
      String path = "/feeds/" + bad;
      assertThat(Stall.slug(alice.get(404, path))).isEqualTo("unknown-feed");
      assertThat(Stall.slug(alice.call(404, "PATCH", path, "{}"))).isEqualTo("unknown-feed");
      assertThat(Stall.slug(carol.call(404, "DELETE", path, null))).isEqualTo("unknown-feed");
      feed(alice, "more");
      assertThat(hub.texts("SELECT feed_id FROM market_feed WHERE tell_at > 1")).contains(bad);
      alice.call(204, "DELETE", path, null);
      assertThat(Stall.slug(alice.call(404, "DELETE", path, null))).isEqualTo("unknown-feed");
      assertThat(heard.lines()).filteredOn(line -> line.contains("cannot be read")).hasSize(1);
      assertThat(heard.lines()).noneMatch(line -> line.contains("could not be"));
      assertThat(heard.lines()).noneMatch(line -> line.contains(SAID));
    }
  }
}
