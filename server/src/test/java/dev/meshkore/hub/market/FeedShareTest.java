package dev.meshkore.hub.market;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.TestHub;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What one agent may take of somebody's feed, so that others are heard of, too.
final class FeedShareTest {
  private static final int FEW = FeedWatch.HOUR_OF_ONE_MAX;

  @Test
  void oneAgentLeavesRoomForOthersAndWhomTheAgentBlocksTakesNone() {
    TestHub.onEach(FeedShareTest::share);
  }

  private static void share(TestHub hub) {
    List<Caller> all = Stall.join(hub, "alice", "mallory", "eve", "bob");
    Caller alice = all.get(0);
    Caller eve = all.get(2);
    alice.call(204, "PUT", "/blocks/mallory", null);
    String id =
        alice
            .post(201, "/feeds", "{\"of\":[\"services\"],\"query\":\"legal\"}")
            .get("feed_id")
            .stringValue();
    for (int i = 0; i < FEW; i++) {
      Stall.publish(all.get(1), "Pestering " + i, "");
    }
    var told = new ArrayList<String>();
    for (int i = 0; i < FEW + 3; i++) {
      String made = Stall.publish(eve, "Many " + i, "");
      if (i < FEW) {
        told.add(made);
      }
    }
    told.add(Stall.publish(all.get(3), "One", ""));
    assertThat(FeedsTest.told(hub, alice, told.getLast())).isEqualTo(told);
    // What is taken away makes no room for more of it.
    told.subList(0, FEW).forEach(made -> eve.call(204, "DELETE", "/services/" + made, null));
    Stall.publish(eve, "Again", "");
    told.add(Stall.publish(all.get(3), "Another", ""));
    assertThat(FeedsTest.told(hub, alice, told.getLast())).isEqualTo(told);
    hub.advance(Duration.ofHours(1));
    told.add(Stall.publish(eve, "After an hour", ""));
    assertThat(FeedsTest.told(hub, alice, told.getLast())).isEqualTo(told);
    assertThat(leftOut(alice)).as("4 of eve's, none of mallory's").isEqualTo(4);
    assertThat(alice.get(200, "/feeds/" + id).get("told").longValue()).isEqualTo(told.size());
  }

  private static long leftOut(Caller agent) {
    return Stall.notices(agent, "feed-matches", 1).stream()
        .mapToLong(one -> one.get("left_out").longValue())
        .sum();
  }
}
