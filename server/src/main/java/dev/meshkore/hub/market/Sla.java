package dev.meshkore.hub.market;

import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.http.Json;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// What a seller promises of how it delivers. 0 is no promise.
///
/// @param latencyMs the longest that an answer takes
/// @param uptimeBasisPoints the least share of time that it is there, in hundredths of a per cent
/// @param deliverySeconds the longest until all is delivered
/// @param penaltyBasisPoints the share of the price that it forgoes where it breaks its word
record Sla(long latencyMs, long uptimeBasisPoints, long deliverySeconds, long penaltyBasisPoints) {
  static final Sla NONE = new Sla(0, 0, 0, 0);

  private static final long DAY_MS = 86_400_000;
  private static final long YEAR_SECONDS = 31_536_000;

  static Sla read(Optional<Fields> given) {
    if (given.isEmpty()) {
      return NONE;
    }
    Fields fields = given.get();
    var sla =
        new Sla(
            fields.number("latency_ms", 0, 0, DAY_MS),
            fields.number("uptime_basis_points", 0, 0, 10_000),
            fields.number("delivery_seconds", 0, 0, YEAR_SECONDS),
            fields.number("penalty_basis_points", 0, 0, 10_000));
    fields.end();
    return sla;
  }

  ObjectNode json() {
    ObjectNode json = Json.object();
    put(json, "latency_ms", latencyMs);
    put(json, "uptime_basis_points", uptimeBasisPoints);
    put(json, "delivery_seconds", deliverySeconds);
    put(json, "penalty_basis_points", penaltyBasisPoints);
    return json;
  }

  /// With the names of the hub's JSON-LD.
  ObjectNode linked() {
    ObjectNode json = Json.object();
    put(json, "latencyMs", latencyMs);
    put(json, "uptimeBasisPoints", uptimeBasisPoints);
    put(json, "deliverySeconds", deliverySeconds);
    put(json, "penaltyBasisPoints", penaltyBasisPoints);
    return json;
  }

  private static void put(ObjectNode json, String name, long value) {
    if (value != 0) {
      json.put(name, value);
    }
  }
}
