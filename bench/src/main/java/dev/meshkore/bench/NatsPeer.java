package dev.meshkore.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// NATS JetStream on files: a subject and a durable consumer for each inbox, and a stream for every
/// 64 of them: a stream of 2.9 looks at all its consumers for each message.
final class NatsPeer extends Peer {
  private static final int INBOXES_PER_STREAM = 64;

  NatsPeer(Path parent) {
    super(parent, "nats");
  }

  @Override
  void begin() throws InterruptedException {
    String configuration =
        """
        listen: "127.0.0.1:%d"
        max_connections: 9000
        jetstream { store_dir: "%s", max_file_store: 60GB, max_memory_store: 1GB }
        """
            .formatted(port(), folder().resolve("store"));
    String program = Peer.find("nats-server").toString();
    List<String> command = List.of(program, "-c", write("nats.conf", configuration).toString());
    launch("nats", command, Map.of()).awaitPort(port(), PATIENCE);
  }

  @Override
  public String name() {
    return "NATS JetStream";
  }

  @Override
  public String durability() {
    return "file store, default: acknowledged BEFORE fsync (every 2 minutes); 2.9 has no setting"
        + " to sync each message";
  }

  @Override
  public List<? extends Agent> open(int agentCount, Loop loop, Payload payload, Traffic traffic) {
    String start = nextGeneration();
    int streamCount = Math.min(99, (agentCount + INBOXES_PER_STREAM - 1) / INBOXES_PER_STREAM);
    for (int i = 0; i < streamCount; i++) {
      createStream(start, shard(i));
    }
    List<NatsAgent> agents = new ArrayList<>();
    for (int i = 0; i < agentCount; i++) {
      NatsAgent agent = new NatsAgent(new Place(i, loop, payload, traffic, ""), start, streamCount);
      loop.connect(agent, address());
      agents.add(agent);
    }
    return agents;
  }

  static String shard(int number) {
    return String.format(Locale.ROOT, "%02d", number);
  }

  private void createStream(String start, String shard) {
    String stream = start + "_" + shard;
    String body =
        """
        {"name":"%1$s","subjects":["%2$s.%3$s.*"],"retention":"limits","storage":"file",\
        "num_replicas":1,"max_consumers":-1,"max_msgs":-1,"max_bytes":-1,"discard":"old"}\
        """
            .formatted(stream, start, shard);
    String commands =
        """
        CONNECT {"verbose":false,"pedantic":false,"lang":"java","version":"1","protocol":1}\r
        SUB _S 1\r
        PUB $JS.API.STREAM.CREATE.%1$s _S %2$d\r
        %3$s\r
        """
            .formatted(stream, body.length(), body);
    try (Socket socket = new Socket(address().getAddress(), port());
        BufferedReader reader =
            new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII))) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(commands.getBytes(US_ASCII));
      String line = reader.readLine();
      while (line != null && !line.startsWith("MSG") && !line.startsWith("-ERR")) {
        line = reader.readLine();
      }
      String answer = line == null || line.startsWith("-ERR") ? line : reader.readLine();
      if (answer == null || answer.contains("\"error\"") || answer.startsWith("-ERR")) {
        throw new BenchFailure("NATS made no stream: " + answer);
      }
    } catch (IOException e) {
      throw new BenchFailure("NATS made no stream: " + e.getMessage(), e);
    }
  }
}
