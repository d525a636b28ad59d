package dev.meshkore.cli;

import dev.meshkore.hub.money.Asset;
import java.math.BigDecimal;
import tools.jackson.databind.JsonNode;

/// What is left of a limit of a mandate, as people read it.
final class Left {
  private Left() {}

  /// What may be used now.
  static String left(JsonNode one) {
    return amount(one, "remaining");
  }

  /// The most.
  static String limit(JsonNode one) {
    return amount(one, "limit");
  }

  private static String amount(JsonNode one, String member) {
    var atoms = one.path(member).asLong();
    return Asset.find(Json.text(one, "unit"))
        .map(asset -> BigDecimal.valueOf(atoms, asset.decimals()).toPlainString())
        .orElse(Long.toString(atoms));
  }

  /// How it counts anew, or "".
  static String per(JsonNode one) {
    var seconds = one.path("seconds");
    return one.has("calendar")
        ? Json.text(one, "calendar")
        : seconds.isNumber() ? seconds.asLong() + " s" : "";
  }

  /// Which limit it is, and with whom.
  static String name(JsonNode one) {
    var name = Json.text(one, "name").replace('_', ' ');
    return one.has("counterparty") ? name + " " + Json.text(one, "counterparty") : name;
  }

  /// One line of all that.
  static String line(JsonNode one) {
    var seconds = one.path("seconds");
    var calendar = Json.text(one, "calendar");
    return left(one)
        + " of "
        + limit(one)
        + " "
        + Json.text(one, "unit")
        + " left"
        + (!calendar.isEmpty()
            ? " in this " + calendar
            : seconds.isNumber() ? " in " + seconds.asLong() + " seconds" : "")
        + " of "
        + Json.text(one, "mandate_id")
        + " ("
        + name(one)
        + ")"
        + (one.has("resets_at") ? ", more from " + Json.text(one, "resets_at") : "");
  }
}
