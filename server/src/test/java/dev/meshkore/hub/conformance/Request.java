package dev.meshkore.hub.conformance;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// A request as it goes over the wire.
///
/// @param target path and query, encoded
record Request(String method, String target, Map<String, String> headers, Optional<byte[]> body) {

  /// The request of a step's `http`.
  static Request of(JsonNode http) {
    var headers = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
    Optional<byte[]> body = body(http);
    if (body.isPresent()) {
      headers.put("Content-Type", "application/json");
    }
    http.path("headers")
        .properties()
        .forEach(header -> {
          if (header.getValue().isNull()) {
            headers.remove(header.getKey());
          } else {
            headers.put(header.getKey(), header.getValue().stringValue());
          }
        });
    return new Request(
        http.get("method").stringValue(), target(http.get("path").stringValue()), headers, body);
  }

  Request with(String header, String value) {
    var more = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
    more.putAll(headers);
    more.put(header, value);
    return new Request(method, target, more, body);
  }

  private static String target(String path) {
    return path.startsWith("/") ? path : URI.create(path).getRawPath();
  }

  private static Optional<byte[]> body(JsonNode http) {
    if (http.has("body")) {
      return Optional.of(CaseFile.MAPPER.writeValueAsBytes(http.get("body")));
    }
    if (http.has("base64")) {
      return Optional.of(Base64.getDecoder().decode(http.get("base64").stringValue()));
    }
    if (http.has("text")) {
      var text = new StringBuilder();
      JsonNode pieces = http.get("text");
      if (pieces.isString()) {
        text.append(pieces.stringValue());
      }
      pieces.forEach(piece -> text.append(piece.stringValue()));
      return Optional.of(text.toString().getBytes(StandardCharsets.UTF_8));
    }
    return Optional.empty();
  }
}
