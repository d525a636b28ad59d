package dev.meshkore.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/// Talks to a hub over HTTP, as whoever holds the credential. Every call blocks for its answer.
final class HubClient implements AutoCloseable {
  private static final Duration ANSWER_WAIT = Duration.ofSeconds(15);

  private final HttpClient http;
  private final URI hub;
  private final @Nullable String credential;

  HubClient(URI hub, @Nullable String credential) {
    this.hub = hub;
    this.credential = credential;
    this.http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
  }

  URI hub() {
    return hub;
  }

  HttpClient http() {
    return http;
  }

  @Nullable String credential() {
    return credential;
  }

  JsonNode get(String path) {
    return get(path, Duration.ZERO);
  }

  /// Asks with a call that the hub may hold back for a while.
  JsonNode get(String path, Duration held) {
    return answerOf(request(path).timeout(ANSWER_WAIT.plus(held)).GET().build());
  }

  JsonNode post(String path, JsonNode body) {
    return change("POST", path, body, Duration.ZERO);
  }

  /// Asks with a call that the hub may hold back for a while.
  JsonNode post(String path, JsonNode body, Duration held) {
    return change("POST", path, body, held);
  }

  JsonNode patch(String path, JsonNode body) {
    return change("PATCH", path, body, Duration.ZERO);
  }

  JsonNode put(String path, JsonNode body) {
    return change("PUT", path, body, Duration.ZERO);
  }

  /// Asks by a method that changes something.
  JsonNode change(String method, String path, JsonNode body) {
    return change(method, path, body, Duration.ZERO);
  }

  private JsonNode change(String method, String path, JsonNode body, Duration held) {
    return answerOf(
        request(path)
            .timeout(ANSWER_WAIT.plus(held))
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.ofString(Json.line(body)))
            .build());
  }

  /// Every entry of a list that is answered in pages.
  ArrayNode all(String path, String member) {
    var all = Json.array();
    var cursor = "";
    do {
      var page =
          get(path + "?limit=200" + (cursor.isEmpty() ? "" : "&cursor=" + Query.value(cursor)));
      page.path(member).forEach(all::add);
      cursor = Json.text(page, "next");
    } while (!cursor.isEmpty());
    return all;
  }

  /// An answer of lines.
  List<String> lines(String path) {
    return whole(path).body().lines().toList();
  }

  /// An answer of text, with its headers.
  HttpResponse<String> whole(String path) {
    var response = exchange(path);
    if (response.statusCode() != 200) {
      throw refused(response.statusCode(), response.body());
    }
    return response;
  }

  void delete(String path) {
    var _ = answerOf(request(path).timeout(ANSWER_WAIT).DELETE().build());
  }

  /// The answer to a call, whatever its status, for those who read headers.
  HttpResponse<String> exchange(String path) {
    return send(request(path).timeout(ANSWER_WAIT).GET().build());
  }

  /// Reads a stream of Server-Sent Events, each event's data, for as long as `more` is answered.
  ///
  /// @param opened is run when the hub has agreed
  void stream(String path, Runnable opened, Predicate<JsonNode> more) {
    var request = request(path).header("Accept", "text/event-stream").GET().build();
    try {
      var response = http.send(request, BodyHandlers.ofLines());
      try (var lines = response.body()) {
        if (response.statusCode() != 200) {
          throw refused(response.statusCode(), String.join("\n", lines.toList()));
        }
        opened.run();
        for (var line : (Iterable<String>) lines::iterator) {
          if (line.startsWith("data:") && !more.test(readable(line.substring("data:".length())))) {
            return;
          }
        }
      }
    } catch (IOException | UncheckedIOException e) {
      throw unreachable(e);
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
    http.close();
  }

  private HttpRequest.Builder request(String path) {
    var request = HttpRequest.newBuilder(address(path)).header("Accept", "application/json");
    if (credential != null) {
      request.header("Authorization", "Bearer " + credential);
    }
    return request;
  }

  private URI address(String path) {
    var base = hub.toString();
    return URI.create((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + path);
  }

  private JsonNode answerOf(HttpRequest request) {
    var response = send(request);
    if (response.statusCode() / 100 != 2) {
      throw refused(response.statusCode(), response.body());
    }
    return response.body().isEmpty() ? Json.object() : readable(response.body());
  }

  private HttpResponse<String> send(HttpRequest request) {
    try {
      return http.send(request, BodyHandlers.ofString(UTF_8));
    } catch (IOException e) {
      throw unreachable(e);
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  private CommandFailed refused(int status, String body) {
    try {
      return CommandFailed.refused(status, Json.read(body));
    } catch (Json.Unreadable e) {
      return new CommandFailed(
          Exit.ofStatus(status),
          "The answer with status " + status + " is not from a hub",
          hub + ": " + e.getMessage(),
          "Check that the URL is that of a MeshKore hub.");
    }
  }

  private JsonNode readable(String body) {
    try {
      return Json.read(body);
    } catch (Json.Unreadable e) {
      throw new CommandFailed(
          Exit.OTHER,
          "The answer is not JSON",
          hub + ": " + e.getMessage(),
          "Check that the URL is that of a MeshKore hub.");
    }
  }

  private CommandFailed unreachable(Exception cause) {
    var reason =
        switch (cause) {
          case HttpConnectTimeoutException _ -> "it does not answer";
          case HttpTimeoutException _ -> "it took too long to answer";
          case ConnectException _ -> "nothing listens there, or the host is not known";
          default -> cause.getMessage() == null ? cause.toString() : cause.getMessage();
        };
    return new CommandFailed(
        Exit.NETWORK,
        "The hub cannot be reached",
        hub + ": " + reason,
        "Start one with `meshkore up`, or check the URL and the network.");
  }

  private CommandFailed interrupted() {
    Thread.currentThread().interrupt();
    return new CommandFailed(Exit.OTHER, "Interrupted", "", "");
  }
}
