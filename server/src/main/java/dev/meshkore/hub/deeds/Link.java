package dev.meshkore.hub.deeds;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Rfc3339;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A move with what proves who made it.
///
/// @param move what was said, in canonical form
/// @param proof by whose key it is signed, or that the hub knows who called
public record Link(JsonNode move, JsonNode proof, long atMs) {
  /// What the next one names as `previous`.
  public String hash() {
    return Canonical.hash(move);
  }

  /// A link as it was stored.
  public static Link of(String move, String proof, long atMs) {
    return new Link(tree(move), tree(proof), atMs);
  }

  private static JsonNode tree(String text) {
    return Json.own(text.getBytes(StandardCharsets.UTF_8));
  }

  /// The link as it is shown.
  public ObjectNode json() {
    ObjectNode json = Json.object();
    json.set("move", move);
    json.put("hash", hash());
    json.put("at", Rfc3339.text(atMs));
    json.set("proof", proof);
    return json;
  }
}
