package dev.meshkore.hub.market;

import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.money.Money;
import dev.meshkore.hub.money.MoneyJson;
import dev.meshkore.hub.problem.Refused;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// What something costs, and each time for what.
///
/// @param money how much
/// @param unit for one of what, or "" for all of it
record Price(Money money, String unit) {
  /// For what a price may be.
  static final List<String> UNITS =
      List.of(
          "call",
          "token",
          "thousand-tokens",
          "million-tokens",
          "minute",
          "hour",
          "day",
          "month",
          "item",
          "word",
          "page",
          "megabyte",
          "job");

  /// Reads the price of one unit.
  static Price ofUnit(Fields fields) {
    String unit = fields.text("unit");
    if (!UNITS.contains(unit)) {
      throw Refused.field("unit", "unit must be one of: " + String.join(", ", UNITS));
    }
    return new Price(MoneyJson.read("price", fields), unit);
  }

  ObjectNode json() {
    ObjectNode json = MoneyJson.json(money);
    return unit.isEmpty() ? json : json.put("unit", unit);
  }
}
