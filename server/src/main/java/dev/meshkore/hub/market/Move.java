package dev.meshkore.hub.market;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.problem.Refused;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// What may be said in a negotiation, and the form in which it is signed.
enum Move {
  PROPOSE,
  COUNTER,
  ACCEPT,
  DECLINE;

  /// What a move in a negotiation says it is.
  static final String TYPE = "meshkore-move";

  /// What an offer to a request says it is.
  static final String OFFER = "meshkore-offer";

  /// What a service says it is that is taken at its price.
  static final String LISTING = "meshkore-listing";

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Move of(String word) {
    return Arrays.stream(values())
        .filter(move -> move != PROPOSE && move.word().equals(word))
        .findFirst()
        .orElseThrow(() -> Refused.field("kind", "kind must be counter, accept or decline"));
  }

  /// The members that every move has.
  ///
  /// @param previous the hash of the move before, or null
  ObjectNode json(
      String hub, String negotiation, long sequence, @Nullable String previous, String from) {
    ObjectNode json = Json.object();
    json.put("v", 1);
    json.put("type", TYPE);
    json.put("hub", hub);
    json.put("negotiation_id", negotiation);
    json.put("sequence", sequence);
    json.put("previous", previous);
    json.put("kind", word());
    json.put("from", from);
    return json;
  }
}
