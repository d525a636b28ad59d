package dev.meshkore.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Requests to one hub. A call blocks until it is answered; it is repeated while the hub is away or
/// too busy, if doing it twice is harmless. Thread-safe.
final class HubCalls implements AutoCloseable {
  private static final Duration ANSWER_WAIT = Duration.ofSeconds(20);

  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
  private final URI hub;
  private final Environment environment;

  HubCalls(URI hub, Environment environment) {
    this.hub = URI.create(hub.toString().replaceFirst("/+$", ""));
    this.environment = environment;
  }

  URI hub() {
    return hub;
  }

  /// Whether a call may be done twice.
  enum Twice {
    HARMLESS,
    HARMFUL
  }

  /// One call, with its path under the hub's URL.
  ///
  /// @param held for how long the hub may hold the answer back
  record Call(String method, String path, @Nullable JsonNode body, Duration held, Twice twice) {
    static Call get(String path) {
      return new Call("GET", path, null, Duration.ZERO, Twice.HARMLESS);
    }

    static Call post(String path, @Nullable JsonNode body, Twice twice) {
      return new Call("POST", path, body, Duration.ZERO, twice);
    }

    Call held(Duration time) {
      return new Call(method, path, body, time, twice);
    }
  }

  /// One part of a path or a value in a query, as a URL writes it.
  static String part(String text) {
    return URLEncoder.encode(text, UTF_8).replace("+", "%20");
  }

  /// The answer to a call; an empty object where the hub answers nothing.
  JsonNode answer(Call call, @Nullable Login login) {
    Instant end = environment.clock().instant().plus(environment.patience());
    boolean renewed = false;
    for (int failures = 0; ; failures++) {
      long least = 0;
      try {
        return once(call, login);
      } catch (ProblemException refused) {
        if (refused.status() == 401 && !renewed && login != null && login.renew()) {
          renewed = true;
          continue;
        }
        boolean mayRepeat =
            refused.passes() || (refused.isInDoubt() && call.twice() == Twice.HARMLESS);
        if (!mayRepeat) {
          throw refused;
        }
        least = refused.retryAfter().orElse(0) * 1_000;
        if (!hasTime(end, least)) {
          throw refused;
        }
      } catch (UnreachableException away) {
        if (call.twice() == Twice.HARMFUL || !hasTime(end, 0)) {
          throw away;
        }
      }
      pause(least, failures);
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
    http.close();
  }

  private JsonNode once(Call call, @Nullable Login login) {
    byte @Nullable [] body = call.body() == null ? null : Json.text(call.body()).getBytes(UTF_8);
    String target = hub + call.path();
    var request =
        HttpRequest.newBuilder(URI.create(target))
            .timeout(ANSWER_WAIT.plus(call.held()))
            .header("Accept", "application/json");
    if (body == null) {
      request.method(call.method(), BodyPublishers.noBody());
    } else {
      request.method(call.method(), BodyPublishers.ofByteArray(body));
      request.header("Content-Type", "application/json");
    }
    if (login != null) {
      login.prove(request, call.method(), target, body);
    }
    HttpResponse<String> response = exchange(request.build());
    JsonNode answer = Json.read(response.body());
    if (response.statusCode() / 100 != 2) {
      throw ProblemException.of(response.statusCode(), answer);
    }
    return answer == null ? Json.object() : answer;
  }

  private HttpResponse<String> exchange(HttpRequest request) {
    try {
      return http.send(request, BodyHandlers.ofString(UTF_8));
    } catch (IOException e) {
      throw new UnreachableException(hub + " did not answer: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnreachableException("Interrupted", e);
    }
  }

  private boolean hasTime(Instant end, long leastMs) {
    return environment.clock().instant().plusMillis(leastMs).isBefore(end);
  }

  /// Waits before a repetition; [#hasTime] was asked before.
  private void pause(long leastMs, int failures) {
    try {
      environment.pause(leastMs, failures);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnreachableException("Interrupted", e);
    }
  }
}
