package dev.meshkore.sdk;

import java.time.Instant;
import tools.jackson.databind.JsonNode;

/// A message that is durable at the hub.
///
/// @param state `queued`, or a later one where the same was sent before
public record Sent(String id, String state, Instant sentAt) {
  static Sent read(JsonNode json) {
    return new Sent(
        json.path("id").asString(""),
        json.path("state").asString(""),
        json.path("sent_at").asStringOpt().map(Instant::parse).orElse(Instant.EPOCH));
  }
}
