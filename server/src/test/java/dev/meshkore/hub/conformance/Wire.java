package dev.meshkore.hub.conformance;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Optional;

/// Sends requests with the JDK's client, and by hand what that client refuses to send or, as a body
/// that the hub stops reading, does not wait for the answer to.
final class Wire {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final int LARGE_BODY_BYTES = 300_000;

  private final HttpClient client;
  private final URI hub;

  Wire(HttpClient client, String hub) {
    this.client = client;
    this.hub = URI.create(hub);
  }

  Answer send(Request request) throws IOException, InterruptedException {
    if (request.body().map(body -> body.length).orElse(0) > LARGE_BODY_BYTES) {
      return sendByHand(request);
    }
    Optional<HttpRequest> built = build(request);
    if (built.isEmpty()) {
      return sendByHand(request);
    }
    var response = client.send(built.get(), BodyHandlers.ofByteArray());
    var headers = new HashMap<String, String>();
    response
        .headers()
        .map()
        .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.getFirst()));
    return new Answer(response.statusCode(), headers, response.body());
  }

  private Optional<HttpRequest> build(Request request) {
    try {
      var builder =
          HttpRequest.newBuilder(URI.create(hub + request.target()))
              .timeout(TIMEOUT)
              .method(
                  request.method(),
                  request.body().map(BodyPublishers::ofByteArray).orElse(BodyPublishers.noBody()));
      request.headers().forEach(builder::header);
      return Optional.of(builder.build());
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private Answer sendByHand(Request request) throws IOException, InterruptedException {
    try (var socket = new Socket(hub.getHost(), hub.getPort())) {
      socket.setSoTimeout((int) TIMEOUT.toMillis());
      Thread writer = Thread.ofVirtual().start(() -> write(socket, request));
      byte[] answer = readAll(socket.getInputStream());
      writer.join();
      return parse(answer);
    }
  }

  private void write(Socket socket, Request request) {
    var head = new StringBuilder();
    head.append(request.method()).append(' ').append(request.target()).append(" HTTP/1.1\r\n");
    head.append("Host: ").append(hub.getAuthority()).append("\r\nConnection: close\r\n");
    request
        .headers()
        .forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    request
        .body()
        .ifPresent(body -> head.append("Content-Length: ").append(body.length).append("\r\n"));
    head.append("\r\n");
    try {
      var out = socket.getOutputStream();
      out.write(head.toString().getBytes(StandardCharsets.UTF_8));
      if (request.body().isPresent()) {
        out.write(request.body().get());
      }
      out.flush();
    } catch (IOException _) {
      // The hub may answer and close before it has read everything; the answer tells.
    }
  }

  private static byte[] readAll(InputStream in) throws IOException {
    var bytes = new ByteArrayOutputStream();
    byte[] buffer = new byte[8_192];
    try {
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        bytes.write(buffer, 0, count);
      }
    } catch (SocketException _) {
      // A reset after the answer, when the hub left a part of the request unread.
    }
    return bytes.toByteArray();
  }

  private static Answer parse(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    int end = text.indexOf("\r\n\r\n");
    if (end < 0) {
      throw new AssertionError("The hub closed the connection without an answer");
    }
    String[] lines = text.substring(0, end).split("\r\n", -1);
    var headers = new HashMap<String, String>();
    for (int i = 1; i < lines.length; i++) {
      String[] parts = lines[i].split(":", 2);
      headers.putIfAbsent(parts[0].toLowerCase(Locale.ROOT), parts[1].strip());
    }
    int status = Integer.parseInt(lines[0].split(" ", 3)[1]);
    return new Answer(
        status, headers, text.substring(end + 4).getBytes(StandardCharsets.ISO_8859_1));
  }
}
