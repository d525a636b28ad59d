package dev.meshkore.hub.a2a;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.LocalCalls;
import dev.meshkore.hub.http.Problems;
import dev.meshkore.hub.http.Response;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A refusal as both bindings write it. What the hub's registry refuses keeps its slug, its HTTP
/// status and its headers; what A2A itself refuses has A2A's codes.
///
/// @param code JSON-RPC's
/// @param status the HTTP status of the HTTP+JSON binding
/// @param rpcStatus the HTTP status of a JSON-RPC answer
/// @param word google.rpc.Code's name
/// @param message for people
/// @param details google.rpc objects; ErrorInfo is the first
/// @param headers such as Retry-After
record ErrorBody(
    int code,
    int status,
    int rpcStatus,
    String word,
    String message,
    ArrayNode details,
    Map<String, String> headers) {
  private static final String A2A_DOMAIN = "a2a-protocol.org";
  private static final String HUB_DOMAIN = "meshkore.dev";
  private static final String TYPE = "type.googleapis.com/google.rpc.";

  /// Refusals that are read from JSON-RPC's own codes, as its clients expect; with status 200.
  private static final Map<ProblemType, A2aError> AS_A2A =
      Map.of(
          ProblemType.MALFORMED_JSON, A2aError.PARSE_ERROR,
          ProblemType.INVALID_FIELD, A2aError.INVALID_PARAMS,
          ProblemType.OUTBOUND_REFUSED, A2aError.INVALID_PARAMS,
          ProblemType.TASK_ENDED, A2aError.UNSUPPORTED_OPERATION,
          ProblemType.UNSUPPORTED_MEDIA_TYPE, A2aError.CONTENT_TYPE_NOT_SUPPORTED);

  private static final int SERVER_ERROR = -32000;
  private static final int INTERNAL_ERROR = -32603;

  static ErrorBody of(A2aRefused refused) {
    A2aError error = refused.error();
    return new ErrorBody(
        error.code(),
        error.status(),
        200,
        error.word(),
        refused.detail(),
        info(error.name(), A2A_DOMAIN, Json.object()),
        Map.of());
  }

  static ErrorBody of(Refused refused) {
    return of(Problems.body(refused), Problems.response(refused).headers());
  }

  /// What one of the hub's own routes refused.
  static ErrorBody of(LocalCalls.Answer answer) {
    return of(answer.json(), answer.headers());
  }

  private static ErrorBody of(JsonNode problem, Map<String, String> problemHeaders) {
    String slug = problem.get("type").stringValue().replaceFirst("^/problems/", "");
    int status = problem.get("status").intValue();
    ObjectNode metadata = Json.object();
    metadata.put("problem", slug);
    for (String name : problem.propertyNames()) {
      if (!name.equals("type") && !name.equals("title") && !name.equals("detail")) {
        metadata.put(name, problem.get(name).asString());
      }
    }
    A2aError known = ProblemType.of(slug).map(AS_A2A::get).orElse(null);
    String reason =
        known != null && known.code() > -32100
            ? known.name()
            : slug.toUpperCase(Locale.ROOT).replace('-', '_').replace("ABOUT:BLANK", "FAILURE");
    String domain = reason.equals(known == null ? "" : known.name()) ? A2A_DOMAIN : HUB_DOMAIN;
    ArrayNode details = info(reason, domain, metadata);
    JsonNode seconds = problem.get("retry_after");
    if (seconds != null) {
      details
          .addObject()
          .put("@type", TYPE + "RetryInfo")
          .put("retryDelay", seconds.asString() + "s");
    }
    var headers = new LinkedHashMap<>(problemHeaders);
    headers.remove("Content-Type");
    return new ErrorBody(
        known != null ? known.code() : status >= 500 ? INTERNAL_ERROR : SERVER_ERROR,
        known == null ? status : known.status(),
        known == null || status == 415 ? status : 200,
        known == null ? word(status) : known.word(),
        problem.get("detail").stringValue(),
        details,
        headers);
  }

  private static String word(int status) {
    return switch (status) {
      case 401 -> "UNAUTHENTICATED";
      case 403 -> "PERMISSION_DENIED";
      case 404 -> "NOT_FOUND";
      case 409 -> "ABORTED";
      case 413, 429, 507 -> "RESOURCE_EXHAUSTED";
      case 503 -> "UNAVAILABLE";
      default -> status >= 500 ? "INTERNAL" : "INVALID_ARGUMENT";
    };
  }

  private static ArrayNode info(String reason, String domain, ObjectNode metadata) {
    ArrayNode details = Json.object().putArray("details");
    ObjectNode info = details.addObject();
    info.put("@type", TYPE + "ErrorInfo");
    info.put("reason", reason);
    info.put("domain", domain);
    if (!metadata.isEmpty()) {
      info.set("metadata", metadata);
    }
    return details;
  }

  /// As the HTTP+JSON binding answers it (AIP-193).
  Response.Whole rest() {
    ObjectNode body = Json.object();
    body.putObject("error")
        .put("code", status)
        .put("status", word)
        .put("message", message)
        .set("details", details);
    return with(Response.json(status, body));
  }

  /// As JSON-RPC answers it.
  Response.Whole rpc(@Nullable JsonNode id) {
    ObjectNode body = Json.object();
    body.put("jsonrpc", "2.0");
    body.set("id", id);
    body.putObject("error").put("code", code).put("message", message).set("data", details);
    return with(Response.json(rpcStatus, body));
  }

  private Response.Whole with(Response.Whole response) {
    Response.Whole all = response;
    for (Map.Entry<String, String> header : headers.entrySet()) {
      all = all.with(header.getKey(), header.getValue());
    }
    return all;
  }
}
