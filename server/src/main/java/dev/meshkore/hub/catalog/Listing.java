package dev.meshkore.hub.catalog;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Rfc3339;
import java.time.Instant;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Something outside that is listed here.
///
/// @param id its name among imports
/// @param kind what it is
/// @param importer the number of the agent that had it listed
/// @param source the address of its document, or ""
/// @param name what it is called
/// @param version its version, or ""
/// @param description what it says of itself
/// @param agentId the agent that stands for it here, or ""
/// @param marks the words of what a scan found in it
/// @param signature the word for what its signature is worth
/// @param document all that it says, as JSON
/// @param importedAt when it was listed
/// @param fetchedAt when its document was read last
record Listing(
    String id,
    Found.Kind kind,
    long importer,
    String source,
    String name,
    String version,
    String description,
    String agentId,
    List<String> marks,
    String signature,
    String document,
    Instant importedAt,
    Instant fetchedAt) {

  /// As clients see it, in a list.
  ObjectNode json(String importerId) {
    ObjectNode json = Json.object();
    json.put("import_id", id);
    json.put("kind", kind.word());
    json.put("outside", true);
    json.put("name", name);
    json.put("description", description);
    if (!version.isEmpty()) {
      json.put("version", version);
    }
    if (!source.isEmpty()) {
      json.put("source", source);
    }
    if (!agentId.isEmpty()) {
      json.put("agent_id", agentId);
    }
    ArrayNode all = json.putArray("marks");
    marks.forEach(all::add);
    json.put("signature", signature);
    json.put("imported_by", importerId);
    json.put("imported_at", Rfc3339.text(importedAt));
    json.put("fetched_at", Rfc3339.text(fetchedAt));
    return json;
  }
}
