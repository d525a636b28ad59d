package dev.meshkore.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// RabbitMQ with a quorum queue for each inbox, publisher confirms and persistent messages.
///
/// Its name service (`epmd`) is started privately too, so that no daemon is left behind.
final class RabbitPeer extends Peer {
  RabbitPeer(Path parent) {
    super(parent, "rabbitmq");
  }

  @Override
  void begin() throws InterruptedException {
    String program =
        Peer.findBelow("/usr/lib/rabbitmq/lib", "rabbitmq_server-", "sbin/rabbitmq-server")
            .toString();
    int namePort = ServerProcess.freePort();
    String epmd = Peer.find("epmd").toString();
    List<String> names =
        List.of(epmd, "-port", Integer.toString(namePort), "-address", "127.0.0.1");
    launch("epmd", names, Map.of()).awaitPort(namePort, PATIENCE);
    String configuration =
        "listeners.tcp.local = 127.0.0.1:%d\nlog.console = true\nlog.file = false\n"
            .formatted(port());
    Map<String, String> environment =
        Map.of(
            "HOME", folder().toString(),
            "ERL_EPMD_PORT", Integer.toString(namePort),
            "ERL_EPMD_ADDRESS", "127.0.0.1",
            "RABBITMQ_NODENAME", "bench" + port() + "@localhost",
            "RABBITMQ_DIST_PORT", Integer.toString(ServerProcess.freePort()),
            "RABBITMQ_MNESIA_BASE", folder().resolve("mnesia").toString(),
            "RABBITMQ_LOG_BASE", folder().resolve("log").toString(),
            "RABBITMQ_CONFIG_FILE", write("rabbitmq.conf", configuration).toString(),
            "RABBITMQ_ENABLED_PLUGINS_FILE", write("plugins", "[].\n").toString(),
            "RABBITMQ_CONF_ENV_FILE", write("rabbitmq-env.conf", "").toString());
    launch("rabbitmq", List.of(program), environment).awaitPort(port(), PATIENCE);
  }

  @Override
  public String name() {
    return "RabbitMQ quorum queues";
  }

  @Override
  public String durability() {
    return "quorum queue of one node, persistent, confirmed after its log is synced";
  }

  @Override
  public List<? extends Agent> open(int agentCount, Loop loop, Payload payload, Traffic traffic) {
    String start = nextGeneration() + ".";
    List<RabbitAgent> agents = new ArrayList<>();
    for (int i = 0; i < agentCount; i++) {
      RabbitAgent agent = new RabbitAgent(new Place(i, loop, payload, traffic, ""), start);
      loop.connect(agent, address());
      agents.add(agent);
    }
    return agents;
  }
}
