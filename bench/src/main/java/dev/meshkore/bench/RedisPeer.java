package dev.meshkore.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Redis Streams, one stream for each inbox, with an fsync before each answer.
final class RedisPeer extends Peer {
  RedisPeer(Path parent) {
    super(parent, "redis");
  }

  @Override
  void begin() throws InterruptedException {
    List<String> command =
        List.of(
            Peer.find("redis-server").toString(),
            "--port",
            Integer.toString(port()),
            "--bind",
            "127.0.0.1",
            "--dir",
            folder().toString(),
            "--appendonly",
            "yes",
            "--appendfsync",
            "always",
            "--auto-aof-rewrite-percentage",
            "0",
            "--save",
            "",
            "--maxclients",
            "9000");
    launch("redis", command, Map.of()).awaitPort(port(), PATIENCE);
  }

  @Override
  public String name() {
    return "Redis Streams";
  }

  @Override
  public String durability() {
    return "appendfsync always: fsync before the answer";
  }

  @Override
  public List<? extends Agent> open(int agentCount, Loop loop, Payload payload, Traffic traffic) {
    String start = nextGeneration() + ":";
    List<RedisAgent> agents = new ArrayList<>();
    for (int i = 0; i < agentCount; i++) {
      RedisAgent agent = new RedisAgent(new Place(i, loop, payload, traffic, ""), start);
      loop.connect(agent, address());
      loop.connect(agent.reader(), address());
      agents.add(agent);
    }
    return agents;
  }
}
