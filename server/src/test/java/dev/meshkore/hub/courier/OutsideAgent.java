package dev.meshkore.hub.courier;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// An A2A 1.0 agent on loopback that does what the text of a message says: `hello` works, makes an
/// artifact and completes; `chat` answers with a message; `ask` wants input; `wait` works until
/// [#finish]; `refuse` is refused; `hang` is never answered. A message that came before gets the
/// task it got before.
final class OutsideAgent implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();

  private final HttpServer server;
  private final boolean isJsonRpc;
  private final boolean isStreaming;
  private final List<JsonNode> messages = new CopyOnWriteArrayList<>();
  private final Map<String, ObjectNode> tasks = new ConcurrentHashMap<>();
  private final Map<String, String> taskOfMessage = new ConcurrentHashMap<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final AtomicInteger unavailable = new AtomicInteger();
  private final AtomicInteger seconds = new AtomicInteger();

  private OutsideAgent(int port, boolean isJsonRpc, boolean isStreaming) throws IOException {
    this.isJsonRpc = isJsonRpc;
    this.isStreaming = isStreaming;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/agent", this::handle);
    server.start();
  }

  static OutsideAgent start(int port, boolean isJsonRpc, boolean isStreaming) throws IOException {
    return new OutsideAgent(port, isJsonRpc, isStreaming);
  }

  static OutsideAgent start() throws IOException {
    return start(0, true, true);
  }

  int port() {
    return server.getAddress().getPort();
  }

  String url() {
    return "http://127.0.0.1:" + port() + "/agent";
  }

  /// The messages as they came, each time that they came.
  List<JsonNode> messages() {
    return messages;
  }

  /// The next so many requests are answered with 503.
  void beUnavailable(int times) {
    unavailable.set(times);
  }

  /// Completes all tasks that wait.
  void finish() {
    tasks.values().forEach(task -> status(task, "COMPLETED", "done at last"));
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath().substring("/agent".length());
      byte[] body = exchange.getRequestBody().readAllBytes();
      if (unavailable.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
        exchange.sendResponseHeaders(503, -1);
      } else if (path.equals("/.well-known/agent-card.json")) {
        write(exchange, 200, card());
      } else if (!path.startsWith("/a2a")) {
        exchange.sendResponseHeaders(404, -1);
      } else if (!"1.0".equals(exchange.getRequestHeaders().getFirst("A2A-Version"))) {
        exchange.sendResponseHeaders(400, -1);
      } else if (isJsonRpc) {
        JsonNode call = JSON.readTree(body);
        answer(exchange, call.path("method").asString(""), call.path("params"));
      } else {
        rest(exchange, path.substring("/a2a".length()), body);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void rest(HttpExchange exchange, String path, byte[] body)
      throws IOException, InterruptedException {
    switch (path) {
      case "/message:send" -> answer(exchange, "SendMessage", JSON.readTree(body));
      case "/message:stream" -> answer(exchange, "SendStreamingMessage", JSON.readTree(body));
      default -> {
        String id = path.substring("/tasks/".length()).replace(":cancel", "");
        String method = path.endsWith(":cancel") ? "CancelTask" : "GetTask";
        answer(exchange, method, JSON.createObjectNode().put("id", id));
      }
    }
  }

  private void answer(HttpExchange exchange, String method, JsonNode params)
      throws IOException, InterruptedException {
    switch (method) {
      case "SendMessage", "SendStreamingMessage" ->
          receive(exchange, params.path("message"), method.equals("SendStreamingMessage"));
      case "CancelTask" -> {
        ObjectNode task = known(params.path("id"));
        status(task, "CANCELED", "");
        result(exchange, task);
      }
      default -> result(exchange, known(params.path("id")));
    }
  }

  private void receive(HttpExchange exchange, JsonNode message, boolean asStream)
      throws IOException, InterruptedException {
    messages.add(message);
    String text = message.path("parts").path(0).path("text").asString("");
    if (text.equals("hang")) {
      closed.await();
    }
    if (text.equals("refuse")) {
      refuse(exchange);
      return;
    }
    if (text.equals("chat")) {
      ObjectNode reply = JSON.createObjectNode();
      reply.set("message", message("chatting", "c-chat"));
      events(exchange, asStream, reply, _ -> {});
      return;
    }
    ObjectNode task = task(message);
    ObjectNode first = JSON.createObjectNode();
    first.set("task", task.deepCopy());
    events(
        exchange,
        asStream,
        first,
        events -> {
          String state = task.path("status").path("state").asString("");
          if (state.endsWith("SUBMITTED") || state.endsWith("REQUIRED")) {
            work(text, task, events);
          }
        });
  }

  private void work(String text, ObjectNode task, Consumer<ObjectNode> events) {
    status(task, "WORKING", "on it");
    events.accept(update(task, "statusUpdate").set("status", task.get("status")));
    switch (text) {
      case "wait" -> {}
      case "ask" -> {
        status(task, "INPUT_REQUIRED", "which one?");
        events.accept(update(task, "statusUpdate").set("status", task.get("status")));
      }
      default -> {
        ObjectNode artifact = JSON.createObjectNode().put("artifactId", "a1").put("name", "out");
        artifact.putArray("parts").addObject().putObject("data").put("key", "value");
        task.withArray("artifacts").add(artifact);
        events.accept(update(task, "artifactUpdate").set("artifact", artifact));
        status(task, "COMPLETED", "done: " + text);
        events.accept(update(task, "statusUpdate").set("status", task.get("status")));
      }
    }
  }

  private ObjectNode known(JsonNode id) {
    return Objects.requireNonNull(tasks.get(id.stringValue()));
  }

  /// The task that a message goes on with, or got before, or a new one.
  private ObjectNode task(JsonNode message) {
    String given = message.path("taskId").asString("");
    if (!given.isEmpty()) {
      return known(message.path("taskId"));
    }
    String id =
        taskOfMessage.computeIfAbsent(
            message.get("messageId").stringValue(), _ -> "t-" + taskOfMessage.size());
    return tasks.computeIfAbsent(
        id,
        _ -> {
          String context = message.path("contextId").asString("c-" + id);
          ObjectNode task = JSON.createObjectNode().put("id", id).put("contextId", context);
          status(task, "SUBMITTED", "");
          return task;
        });
  }

  /// Each state has a time of its own.
  private void status(ObjectNode task, String state, String text) {
    ObjectNode status = task.putObject("status").put("state", "TASK_STATE_" + state);
    Instant time = Instant.EPOCH.plusSeconds(seconds.incrementAndGet());
    status.put("timestamp", time.toString());
    if (!text.isEmpty()) {
      status.set("message", message(text, task.path("contextId").asString("")));
    }
  }

  private static ObjectNode message(String text, String context) {
    ObjectNode message = JSON.createObjectNode().put("messageId", "m").put("role", "ROLE_AGENT");
    message.put("contextId", context).putArray("parts").addObject().put("text", text);
    return message;
  }

  private static Wrapped update(ObjectNode task, String kind) {
    ObjectNode event = JSON.createObjectNode();
    ObjectNode update = event.putObject(kind).put("taskId", task.get("id").stringValue());
    update.put("contextId", task.get("contextId").stringValue());
    return new Wrapped(event, update);
  }

  private record Wrapped(ObjectNode event, ObjectNode update) {
    ObjectNode set(String name, JsonNode value) {
      update.set(name, value.deepCopy());
      return event;
    }
  }

  /// Writes what happens as a stream, or what it has come to as one answer.
  private void events(
      HttpExchange exchange,
      boolean asStream,
      ObjectNode first,
      Consumer<Consumer<ObjectNode>> rest)
      throws IOException {
    if (!asStream) {
      rest.accept(_ -> {});
      String id = first.path("task").path("id").asString("");
      ObjectNode answer = first;
      if (!id.isEmpty()) {
        answer = JSON.createObjectNode();
        answer.set("task", tasks.get(id));
      }
      result(exchange, answer);
      return;
    }
    exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    OutputStream out = exchange.getResponseBody();
    Consumer<ObjectNode> event =
        one -> {
          try {
            String data = "data: " + JSON.writeValueAsString(wrapped(one)) + "\n\n";
            out.write(data.getBytes(StandardCharsets.UTF_8));
            out.flush();
          } catch (IOException _) {
            // The hub went away.
          }
        };
    event.accept(first);
    rest.accept(event);
  }

  private ObjectNode wrapped(ObjectNode result) {
    if (!isJsonRpc) {
      return result;
    }
    ObjectNode answer = JSON.createObjectNode().put("jsonrpc", "2.0").put("id", 1);
    answer.set("result", result);
    return answer;
  }

  private void result(HttpExchange exchange, ObjectNode result) throws IOException {
    write(exchange, 200, wrapped(result));
  }

  private void refuse(HttpExchange exchange) throws IOException {
    ObjectNode answer = JSON.createObjectNode();
    answer.putObject("error").put("code", isJsonRpc ? -32004 : 400).put("message", "not this");
    write(exchange, isJsonRpc ? 200 : 400, answer);
  }

  private ObjectNode card() {
    ObjectNode card = JSON.createObjectNode().put("name", "Outside").put("description", "A test");
    card.put("version", "1.0.0");
    card.putObject("capabilities").put("streaming", isStreaming);
    ObjectNode old = card.putArray("supportedInterfaces").addObject();
    old.put("url", "grpc://x").put("protocolBinding", "GRPC").put("protocolVersion", "1.0");
    ObjectNode own = card.withArray("supportedInterfaces").addObject();
    own.put("url", url() + "/a2a").put("protocolBinding", isJsonRpc ? "JSONRPC" : "HTTP+JSON");
    own.put("protocolVersion", "1.0");
    return card;
  }

  private static void write(HttpExchange exchange, int status, ObjectNode body) throws IOException {
    byte[] bytes = JSON.writeValueAsBytes(body);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }
}
