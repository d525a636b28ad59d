package dev.meshkore.hub.http;

import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.StoreFailure;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// Writes refusals as problem bodies (RFC 9457 §3).
public final class Problems {
  /// What a signature over a request must have (RFC 9421 §5.1).
  private static final String SIGNATURE_WANTED =
      "sig=(\"@method\" \"@target-uri\" \"content-digest\");created;nonce;keyid;alg=\"ed25519\"";

  private Problems() {}

  /// The problem object of a refusal.
  public static ObjectNode body(Refused refused) {
    ProblemType type = refused.type();
    ObjectNode body = Json.object();
    body.put("type", "/problems/" + type.slug());
    body.put("title", type.title());
    body.put("status", type.status());
    body.put("detail", writable(refused.detail()));
    for (Map.Entry<String, Object> member : refused.members().entrySet()) {
      switch (member.getValue()) {
        case Number number -> body.put(member.getKey(), number.longValue());
        case Object other -> body.put(member.getKey(), writable(other.toString()));
      }
    }
    return body;
  }

  /// The text without halves of surrogate pairs, which have no form in UTF-8.
  private static String writable(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }

  /// What the store could not do, as the caller may know it.
  public static Refused of(StoreFailure failure) {
    return switch (failure) {
      case StoreFailure.Full _ ->
          Refused.later(ProblemType.STORAGE_FULL, "Nothing was stored; try again later", 10);
      case StoreFailure.Busy _ ->
          Refused.later(ProblemType.BUSY, "Nothing was stored; try again in a second", 1);
      case StoreFailure.Unsure _ ->
          Refused.later(
              ProblemType.IN_DOUBT, "The database server went away; try again with the same id", 1);
      case StoreFailure.Broken _ ->
          Refused.later(
              ProblemType.IN_DOUBT,
              "The disk failed and the hub stops; try again with the same id",
              5);
      case StoreFailure.Closed _ ->
          new Refused(ProblemType.STOPPING, "The hub is stopping; nothing was stored");
    };
  }

  /// The answer that a refusal is.
  public static Response.Whole response(Refused refused) {
    return response(refused, Json.object());
  }

  /// The answer that a refusal is, with members of another protocol beside its own.
  public static Response.Whole response(Refused refused, ObjectNode others) {
    ObjectNode body = body(refused);
    body.setAll(others);
    Response.Whole response =
        problem(refused.type().status(), body).with("Cache-Control", "no-store");
    Object retryAfter = refused.members().get("retry_after");
    if (retryAfter != null) {
      response = response.with("Retry-After", retryAfter.toString());
    }
    if (refused.type().status() == 401) {
      response =
          response
              .with("WWW-Authenticate", "Bearer realm=\"meshkore\"")
              .with("Accept-Signature", SIGNATURE_WANTED);
    }
    return response;
  }

  /// The path takes other methods than this one.
  public static Response.Whole wrongMethod(Set<String> allowed) {
    return blank(405, "Method Not Allowed", "This path takes other methods; see Allow")
        .with("Allow", String.join(", ", allowed));
  }

  /// Nothing is at the path.
  public static Response.Whole unknownPath() {
    return blank(404, "Not Found", "There is nothing at this path; GET /openapi.yaml lists all");
  }

  static Response.Whole unreadable(int status, String title, String detail) {
    return blank(status, title, detail);
  }

  static Response.Whole failure(String reference) {
    ObjectNode body = blankBody(500, "Internal Server Error", "The hub failed; nothing is known");
    body.put("detail", "The hub failed. Its log has the cause under this reference");
    body.put("reference", reference);
    return problem(500, body);
  }

  private static Response.Whole blank(int status, String title, String detail) {
    return problem(status, blankBody(status, title, detail));
  }

  private static ObjectNode blankBody(int status, String title, String detail) {
    ObjectNode body = Json.object();
    body.put("type", "about:blank");
    body.put("title", title);
    body.put("status", status);
    body.put("detail", detail);
    return body;
  }

  private static Response.Whole problem(int status, ObjectNode body) {
    return new Response.Whole(
        status, Map.of("Content-Type", "application/problem+json"), Json.bytes(body));
  }
}
