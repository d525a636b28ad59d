package dev.meshkore.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LoopTest {
  private static final Shape SHAPE = new Shape(1, 1, 0);

  @Test
  void leavesFromAnotherAddressWhenPortsRunShort() throws Exception {
    try (StubHub hub = new StubHub();
        Loop loop = new Loop(2)) {
      List<HubAgent> agents = open(loop, hub, 5);
      LoadRun.awaitReady(agents, LoadRun.OPEN);
      assertThat(hub.addresses())
          .containsExactlyInAnyOrder(
              "127.0.0.1", "127.0.0.1", "127.0.0.3", "127.0.0.3", "127.0.0.4");
    }
  }

  @Test
  void saysThatNobodyListens() throws Exception {
    StubHub hub = new StubHub();
    hub.close();
    try (Loop loop = new Loop()) {
      List<HubAgent> agents = open(loop, hub, 1);
      assertThatThrownBy(() -> LoadRun.awaitReady(agents, LoadRun.OPEN))
          .isInstanceOf(BenchFailure.class)
          .hasMessageContaining("agent 0: cannot connect");
    }
  }

  private static List<HubAgent> open(Loop loop, StubHub hub, int count) {
    int port = URI.create(hub.url()).getPort();
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    Traffic traffic = new Traffic(loop, SHAPE, Topology.RING, count, true);
    List<HubAgent> agents = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Place place = new Place(i, loop, new Payload(100), traffic, "hub");
      Credentials credentials = new Credentials("a" + i, "key-a" + i, "token-a" + i);
      HubAgent agent = new HubAgent(place, credentials, "to\":\"a1000000", "/ws");
      loop.connect(agent, address);
      agents.add(agent);
    }
    return agents;
  }
}
