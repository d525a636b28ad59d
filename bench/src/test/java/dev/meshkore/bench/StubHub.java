package dev.meshkore.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A small hub in memory that speaks as much of the protocol as the generator uses. Its only lock
/// is itself; nothing in it is durable or fast.
final class StubHub implements AutoCloseable {
  private final JsonMapper json = new JsonMapper();
  private final ServerSocket listener;
  private final List<String> addresses = Collections.synchronizedList(new ArrayList<>());
  private final Map<String, Inbox> inboxes = new HashMap<>();
  private final Map<String, List<String>> channels = new HashMap<>();
  private final Map<String, String> descriptions = new LinkedHashMap<>();
  private final Map<String, String> examples = new HashMap<>();

  StubHub() throws IOException {
    listener = new ServerSocket(0, 1_000, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  String url() {
    return "http://127.0.0.1:" + listener.getLocalPort();
  }

  /// From where connections came, in their order.
  List<String> addresses() {
    return List.copyOf(addresses);
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        socket.setTcpNoDelay(true);
        addresses.add(socket.getInetAddress().getHostAddress());
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException _) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
      OutputStream out = socket.getOutputStream();
      Map<String, String> head = head(in);
      while (!head.isEmpty()) {
        if (head.containsKey("upgrade")) {
          new Session(head, in, out).run();
          return;
        }
        int length = Integer.parseInt(head.getOrDefault("content-length", "0"));
        String body = new String(in.readNBytes(length), UTF_8);
        byte[] answer = answer(head, body).getBytes(UTF_8);
        String status = head.getOrDefault("", "").startsWith("GET") ? "200 OK" : "201 Created";
        String start = "HTTP/1.1 " + status + "\r\nContent-Length: " + answer.length + "\r\n\r\n";
        out.write(start.getBytes(US_ASCII));
        out.write(answer);
        head = head(in);
      }
    } catch (IOException | UncheckedIOException _) {
      // The client has gone.
    }
  }

  /// The head of a request; its first line is under the empty name. Empty at the end of input.
  private static Map<String, String> head(InputStream in) throws IOException {
    Map<String, String> head = new LinkedHashMap<>();
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next >= 0; next = in.read()) {
      if (next != '\n') {
        line.append((char) next);
        continue;
      }
      String text = line.toString().strip();
      line.setLength(0);
      if (text.isEmpty()) {
        return head;
      }
      int colon = head.isEmpty() ? -1 : text.indexOf(':');
      head.put(
          colon < 0 ? "" : text.substring(0, colon).toLowerCase(Locale.ROOT),
          text.substring(colon + 1).strip());
    }
    return Map.of();
  }

  private synchronized String answer(Map<String, String> head, String body) {
    String[] request = head.getOrDefault("", "").split(" ", -1);
    String caller = head.getOrDefault("authorization", "").replace("Bearer token-", "");
    JsonNode fields = json.readTree(body.isEmpty() ? "{}" : body);
    String path = request[1];
    if (path.equals("/invites")) {
      return caller.equals("Bearer secret") ? "{\"url\":\"http://hub/join/n1\"}" : "{}";
    }
    if (path.equals("/discover")) {
      return caller.equals("Bearer secret") ? discover(fields) : "{}";
    }
    if (path.equals("/profile")) {
      if (fields.has("description")) {
        descriptions.put(caller, fields.path("description").asString());
      }
      examples.put(caller, fields.path("examples").toString());
      return "{}";
    }
    if (path.equals("/join/n1")) {
      descriptions.put(fields.path("agent_id").asString(), fields.path("description").asString(""));
      return "{\"token\":\"token-" + fields.path("agent_id").asString() + "\"}";
    }
    if (path.equals("/channels")) {
      List<String> members = new ArrayList<>(List.of(caller));
      fields.path("members").forEach(member -> members.add(member.asString()));
      channels.put(fields.path("channel_id").asString(), members);
      return "{}";
    }
    if (path.equals("/send")) {
      return send(fields, caller);
    }
    if (path.equals("/audit/checkpoint")) {
      return "stub/audit\n1000000\nroot\n";
    }
    if (path.startsWith("/audit/")) {
      return "{}";
    }
    return poll(inbox(caller), path);
  }

  /// Whoever shares the most words comes first.
  private String discover(JsonNode wish) {
    Set<String> wanted = words(wish.path("query").asString());
    ObjectNode answer = json.createObjectNode();
    ArrayNode results = answer.putArray("results");
    Map<String, Long> shared = new HashMap<>();
    descriptions.forEach((id, text) -> {
      Set<String> said = words(text + " " + examples.getOrDefault(id, ""));
      shared.put(id, wanted.stream().filter(said::contains).count());
    });
    descriptions.keySet().stream()
        .filter(id -> shared.getOrDefault(id, 0L) > 0)
        .sorted(Comparator.comparing((String id) -> shared.getOrDefault(id, 0L)).reversed())
        .limit(wish.path("limit").asInt())
        .forEach(id ->
            results
                .addObject()
                .putObject("agent")
                .put("agent_id", id)
                .put("description", descriptions.get(id)));
    answer.putObject("index").put("by", "meaning").put("complete", true);
    return answer.toString();
  }

  private static Set<String> words(String text) {
    return Stream.of(text.toLowerCase(Locale.ROOT).split("[^a-z]+", -1))
        .filter(word -> word.length() > 3)
        .collect(Collectors.toUnmodifiableSet());
  }

  private static String poll(Inbox inbox, String path) {
    Map<String, Integer> query = new HashMap<>();
    for (String pair : path.substring(path.indexOf('?') + 1).split("&", -1)) {
      String[] words = pair.split("=", -1);
      query.put(words[0], Integer.valueOf(words[1]));
    }
    int from = query.getOrDefault("after", 0);
    int to = Math.min(inbox.messages.size(), from + query.getOrDefault("limit", 100));
    return "{\"messages\":[" + String.join(",", inbox.messages.subList(from, to)) + "]}";
  }

  private String send(JsonNode fields, String from) {
    List<String> recipients = List.of(fields.path("to").asString(""));
    if (fields.has("channel")) {
      recipients = Objects.requireNonNull(channels.get(fields.path("channel").asString()));
    }
    for (String recipient : recipients) {
      Inbox inbox = inbox(recipient);
      String message =
          "{\"type\":\"message\",\"sequence\":%d,\"from\":\"%s\",\"payload\":%s}"
              .formatted(inbox.messages.size() + 1, from, fields.path("payload"));
      inbox.messages.add(message);
      inbox.sessions.forEach(session -> session.write(message));
    }
    return "{\"type\":\"receipt\",\"state\":\"queued\",\"id\":\"x:1\"}";
  }

  private Inbox inbox(String agentId) {
    return inboxes.computeIfAbsent(agentId, _ -> new Inbox());
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }

  /// What an agent has got.
  private static final class Inbox {
    private final List<String> messages = new ArrayList<>();
    private final List<Session> sessions = new ArrayList<>();
    private int acknowledged;
  }

  /// One WebSocket.
  private final class Session {
    private final DataInputStream in;
    private final OutputStream out;
    private final String agentId;
    private final boolean fromStart;

    Session(Map<String, String> head, DataInputStream in, OutputStream out) {
      this.in = in;
      this.out = out;
      agentId = head.getOrDefault("authorization", "").replace("Bearer token-", "");
      fromStart = head.getOrDefault("", "").contains("after=0");
    }

    void run() throws IOException {
      out.write("HTTP/1.1 101 Switching\r\n\r\n".getBytes(US_ASCII));
      synchronized (StubHub.this) {
        Inbox inbox = inbox(agentId);
        write("{\"type\":\"welcome\"}");
        int from = fromStart ? 0 : inbox.acknowledged;
        inbox.messages.subList(from, inbox.messages.size()).forEach(this::write);
        inbox.sessions.add(this);
      }
      try {
        while (true) {
          JsonNode frame = json.readTree(readFrame());
          synchronized (StubHub.this) {
            if (frame.path("type").asString().equals("ack")) {
              inbox(agentId).acknowledged = frame.path("sequence").asInt();
            } else {
              write(send(frame, agentId));
            }
          }
        }
      } finally {
        synchronized (StubHub.this) {
          inbox(agentId).sessions.remove(this);
        }
      }
    }

    private byte[] readFrame() throws IOException {
      in.readByte();
      int length = in.readByte() & 0x7f;
      int mask = length < 126 ? in.readInt() : 0;
      if (length == 126) {
        length = in.readUnsignedShort();
        mask = in.readInt();
      }
      byte[] body = in.readNBytes(length);
      for (int i = 0; i < body.length; i++) {
        body[i] ^= (byte) (mask >>> (24 - 8 * (i & 3)));
      }
      return body;
    }

    private void write(String text) {
      byte[] body = text.getBytes(UTF_8);
      byte[] frame = new byte[(body.length < 126 ? 2 : 4) + body.length];
      frame[0] = (byte) 0x81;
      frame[1] = (byte) (body.length < 126 ? body.length : 126);
      if (body.length >= 126) {
        frame[2] = (byte) (body.length >>> 8);
        frame[3] = (byte) body.length;
      }
      System.arraycopy(body, 0, frame, frame.length - body.length, body.length);
      try {
        out.write(frame);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
