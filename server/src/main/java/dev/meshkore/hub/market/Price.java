package dev.meshkore.hub.market;

import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.money.Money;
import dev.meshkore.hub.money.MoneyJson;
import dev.meshkore.hub.problem.Refused;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// What something costs, and each time for what.
///
/// @param money how much
/// @param unit for one of what, or "" for all of it
/// @param payTo the address on the asset's chain that is paid, where there is one
record Price(Money money, String unit, Optional<Address> payTo) {
  private static final String CALL = "call";
  private static final String PAY_TO = "pay_to";

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
    Money money = MoneyJson.read("price", fields);
    Optional<Address> payTo = fields.optionalText(PAY_TO).map(Price::address);
    boolean isOnChain = money.asset().isOnChain();
    if (payTo.isPresent() && !isOnChain) {
      throw Refused.field("price.pay_to", "pay_to is for a price in a token of a chain");
    }
    if (payTo.isEmpty() && isOnChain && unit.equals(CALL)) {
      throw Refused.field(
          "price.pay_to", "pay_to is required: the address of yours that calls are paid to");
    }
    return new Price(money, unit, payTo);
  }

  private static Address address(String text) {
    return Address.read(text)
        .filter(address -> !address.hex().matches("0*"))
        .orElseThrow(() ->
            Refused.field(
                "price.pay_to", "pay_to must be an address, 0x and forty digits (EIP-55)"));
  }

  /// Whether it is the price of a call.
  boolean isOfCall() {
    return unit.equals(CALL) && money.atoms() > 0;
  }

  ObjectNode json() {
    ObjectNode json = MoneyJson.json(money);
    if (!unit.isEmpty()) {
      json.put("unit", unit);
    }
    payTo.ifPresent(address -> json.put(PAY_TO, address.text()));
    return json;
  }
}
