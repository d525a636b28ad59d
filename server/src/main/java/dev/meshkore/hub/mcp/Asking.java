package dev.meshkore.hub.mcp;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What clients of the older era were asked and have not answered yet. A request's id cannot be
/// guessed, and only the caller it went to can answer it. Thread-safe.
final class Asking {
  private static final long PATIENCE_SECONDS = 50;

  private record Waiting(String callerId, BlockingQueue<JsonNode> answer) {}

  private final Map<String, Waiting> waiting = new ConcurrentHashMap<>();
  private final SecureRandom random;

  Asking(SecureRandom random) {
    this.random = random;
  }

  /// Sends a request and waits; an empty object when no answer comes.
  JsonNode ask(McpCaller caller, ObjectNode request, Consumer<ObjectNode> send) {
    byte[] bytes = new byte[16];
    random.nextBytes(bytes);
    String id = HexFormat.of().formatHex(bytes);
    ObjectNode message = McpJson.object();
    message.put("jsonrpc", "2.0").put("id", id);
    message.setAll(request);
    var one = new Waiting(caller.id(), new ArrayBlockingQueue<>(1));
    waiting.put(id, one);
    try {
      send.accept(message);
      JsonNode answer = one.answer().poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      return answer == null ? McpJson.object() : answer;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return McpJson.object();
    } finally {
      waiting.remove(id);
    }
  }

  /// Hands an answer to who waits for it, if anybody does.
  void answer(McpCaller caller, Rpc.Reply reply) {
    Waiting one = waiting.get(reply.id().asString(""));
    if (one != null && one.callerId().equals(caller.id())) {
      var _ = one.answer().offer(reply.result() == null ? McpJson.object() : reply.result());
    }
  }
}
