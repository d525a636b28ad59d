package dev.meshkore.sdk;

import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The hub refused: what it says is in [#slug], which is one of `protocol/problems.yaml`.
public final class ProblemException extends MeshKoreException {
  private static final long serialVersionUID = 1;
  private static final String PREFIX = "/problems/";

  private final transient JsonNode problem;
  private final int status;

  private ProblemException(int status, JsonNode problem) {
    super(text(status, problem), null);
    this.status = status;
    this.problem = problem;
  }

  /// Reads the body of a refusal; one that is no problem, as of a proxy, keeps its status alone.
  static ProblemException of(int status, @Nullable JsonNode body) {
    return new ProblemException(status, body instanceof ObjectNode ? body : Json.object());
  }

  /// The type without its path, such as `unknown-recipient`; empty where the hub named none.
  public String slug() {
    String type = type();
    return type.startsWith(PREFIX) ? type.substring(PREFIX.length()) : "";
  }

  /// The type as it came, `about:blank` where there was none.
  public String type() {
    return problem.path("type").asString("about:blank");
  }

  /// The status of HTTP.
  public int status() {
    return status;
  }

  /// What was wrong this time.
  public Optional<String> detail() {
    return problem.path("detail").asStringOpt();
  }

  /// Seconds after which the same may succeed.
  public OptionalLong retryAfter() {
    JsonNode seconds = problem.path("retry_after");
    return seconds.isIntegralNumber() ? OptionalLong.of(seconds.asLong()) : OptionalLong.empty();
  }

  /// Whether nothing was done and it passes by itself, so that the same call is worth repeating.
  boolean passes() {
    return status == 429 || status == 503;
  }

  /// Whether nobody knows if it was done, so that only a harmless call is worth repeating.
  boolean isInDoubt() {
    return status == 504;
  }

  private static String text(int status, JsonNode problem) {
    String title = problem.path("title").asString("refused");
    String detail = problem.path("detail").asString("");
    String type = problem.path("type").asString("about:blank");
    return status + " " + type + ": " + (detail.isEmpty() ? title : title + ": " + detail);
  }
}
