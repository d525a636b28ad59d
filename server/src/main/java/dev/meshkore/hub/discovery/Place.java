package dev.meshkore.hub.discovery;

import dev.meshkore.hub.identity.AgentId;
import dev.meshkore.hub.problem.Refused;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/// The place in a list after which a page starts. In a list by relevance that is a score and an id,
/// so that agents that come or go between two pages move nobody else.
///
/// @param score of the last agent of the page before; 0 in a list by id
/// @param agentId that agent's id
record Place(float score, String agentId) {
  private static final char SEPARATOR = ':';

  /// The place as an opaque cursor.
  String cursor(boolean isByRelevance) {
    String text =
        isByRelevance
            ? Integer.toHexString(Float.floatToIntBits(score)) + SEPARATOR + agentId
            : agentId;
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /// Reads a cursor.
  ///
  /// @throws Refused when no list of this kind gave it out
  static Place of(String cursor, boolean isByRelevance) {
    try {
      var text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
      int separator = text.indexOf(SEPARATOR);
      String id = text.substring(separator + 1);
      if (separator >= 0 == isByRelevance && AgentId.isValid(id)) {
        float score =
            isByRelevance
                ? Float.intBitsToFloat(Integer.parseUnsignedInt(text, 0, separator, 16))
                : 0;
        if (Float.isFinite(score) && score >= 0) {
          return new Place(score, id);
        }
      }
    } catch (IllegalArgumentException _) {
      // Answered below, like a cursor of another list.
    }
    throw Refused.field("cursor", "cursor must be the next of the page before");
  }
}
