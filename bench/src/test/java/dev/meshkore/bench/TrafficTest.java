package dev.meshkore.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class TrafficTest {
  private final List<Integer> recipients = new ArrayList<>();

  @Test
  void freesASlotOnlyWhenAcknowledgedAndDelivered() throws Exception {
    try (Loop loop = new Loop()) {
      Traffic traffic = new Traffic(loop, new Shape(2, 2, 0), Topology.RING, 2, true);
      loop.run(() -> traffic.start(agents(2), Long.MAX_VALUE));
      assertThat(recipients).containsExactly(1, 1, 0, 0);
      loop.run(() -> traffic.acknowledged(0, 2));
      assertThat(recipients).hasSize(4);
      loop.run(() -> traffic.delivered(0, 0));
      assertThat(recipients).hasSize(5).endsWith(1);
      loop.run(traffic::close);
    }
  }

  @Test
  void endsWithItsBudgetAndKnowsWhatIsMissing() throws Exception {
    try (Loop loop = new Loop()) {
      Traffic traffic = new Traffic(loop, new Shape(1, 10, 0), Topology.only(7), 8, false);
      CompletableFuture<Void> drained =
          loop.call(() -> {
            traffic.start(agents(1), 3);
            return traffic.drained();
          });
      assertThat(recipients).containsExactly(7, 7, 7);
      loop.run(() -> traffic.answered(0, 0));
      loop.run(() -> traffic.refused(0, "inbox-full"));
      assertThat(loop.call(traffic::missing)).isEqualTo(1);
      assertThat(drained).isNotDone();
      loop.run(() -> traffic.answered(0, 0));
      drained.get(10, TimeUnit.SECONDS);
      assertThat(traffic.refusal()).isEqualTo("inbox-full");
      loop.run(traffic::close);
    }
  }

  @Test
  void confirmsOfRabbitMqMayComeOutOfOrder() {
    Loop loop = new Loop();
    Traffic traffic = new Traffic(loop, new Shape(1, 10, 0), Topology.RING, 1, true);
    RabbitAgent agent = new RabbitAgent(new Place(0, loop, new Payload(64), traffic, ""), "q");
    confirm(agent, 2, false);
    confirm(agent, 4, false);
    assertThat(traffic.acknowledgedCount()).isEqualTo(2);
    confirm(agent, 3, true);
    assertThat(traffic.acknowledgedCount()).isEqualTo(4);
    confirm(agent, 7, true);
    assertThat(traffic.acknowledgedCount()).isEqualTo(7);
    loop.close();
  }

  private static void confirm(RabbitAgent agent, int tag, boolean multiple) {
    byte[] content = new byte[13];
    content[1] = 60;
    content[3] = 80;
    content[11] = (byte) tag;
    content[12] = (byte) (multiple ? 1 : 0);
    byte[] frame = Amqp.frame(Amqp.METHOD, 1, content);
    assertThat(agent.read(frame, 0, frame.length - 1)).isZero();
    assertThat(agent.read(frame, 0, frame.length)).isEqualTo(frame.length);
  }

  private List<Agent> agents(int count) {
    List<Agent> agents = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      agents.add(new Recorder(recipients));
    }
    return agents;
  }

  /// Writes down to whom was sent.
  private record Recorder(List<Integer> recipients) implements Agent {
    @Override
    public CompletableFuture<Void> ready() {
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void send(int recipient, long stamp) {
      recipients.add(recipient);
    }

    @Override
    public void acknowledge() {}

    @Override
    public void close() {}
  }
}
