package dev.meshkore.hub.market;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Rfc3339;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A move with what proves who made it.
///
/// @param move what was said, in canonical form
/// @param proof by whose key it is signed, or that the hub knows who called
record Link(JsonNode move, JsonNode proof, long atMs) {
  String hash() {
    return Canonical.hash(move);
  }

  String kind() {
    return move.path("kind").asString("");
  }

  /// What is put in it to be agreed to, if anything is.
  Optional<OfferTerms> terms() {
    return move.has("terms") ? Optional.of(OfferTerms.of(move.get("terms"))) : Optional.empty();
  }

  static Link of(String move, String proof, long atMs) {
    return new Link(tree(move), tree(proof), atMs);
  }

  private static JsonNode tree(String text) {
    return Json.own(text.getBytes(StandardCharsets.UTF_8));
  }

  ObjectNode json() {
    ObjectNode json = Json.object();
    json.set("move", move);
    json.put("hash", hash());
    json.put("at", Rfc3339.text(atMs));
    json.set("proof", proof);
    return json;
  }
}
