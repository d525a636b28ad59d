package dev.meshkore.hub.catalog;

import dev.meshkore.hub.scan.Finding;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A listing as whoever brought it is answered.
///
/// @param findings what has to be mended for it to have no marks
record Listed(Listing listing, List<Finding> findings) {
  private static final int FINDINGS_SHOWN_MAX = 20;

  /// As the importer sees it: with the place of each thing that was found.
  ObjectNode json(String importerId) {
    ObjectNode json = listing.json(importerId);
    if (!findings.isEmpty()) {
      ArrayNode all = json.putArray("findings");
      findings.stream()
          .limit(FINDINGS_SHOWN_MAX)
          .forEach(one ->
              all.addObject()
                  .put("field", one.field())
                  .put("reason", one.reason().word())
                  .put("detail", one.detail()));
    }
    return json;
  }
}
