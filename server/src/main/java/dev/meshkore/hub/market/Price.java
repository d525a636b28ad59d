package dev.meshkore.hub.market;

import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.money.Asset;
import dev.meshkore.hub.money.Money;
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
    return new Price(money("price", fields), unit);
  }

  /// Reads an amount: `asset`, and either `atoms` or `amount` as a decimal text.
  static Money money(String field, Fields fields) {
    Asset asset = Asset.of(field + ".asset", fields.text("asset"));
    boolean hasAtoms = fields.has("atoms");
    boolean hasAmount = fields.has("amount");
    if (!hasAtoms && !hasAmount) {
      throw Refused.field(field, field + " needs atoms or amount");
    }
    Money money =
        hasAtoms
            ? Money.of(field + ".atoms", asset, fields.number("atoms", 0, Money.ATOMS_MAX))
            : Money.parse(field + ".amount", asset, fields.text("amount"));
    if (hasAtoms
        && hasAmount
        && !Money.parse(field + ".amount", asset, fields.text("amount")).equals(money)) {
      throw Refused.field(field, "atoms and amount are not the same");
    }
    return money;
  }

  /// An amount on the wire.
  static ObjectNode json(Money money) {
    ObjectNode json = Json.object();
    json.put("asset", money.asset().code());
    json.put("atoms", money.atoms());
    json.put("amount", money.decimal());
    return json;
  }

  ObjectNode json() {
    ObjectNode json = json(money);
    return unit.isEmpty() ? json : json.put("unit", unit);
  }
}
