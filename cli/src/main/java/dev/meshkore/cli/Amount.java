package dev.meshkore.cli;

import java.util.Locale;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// An amount of money as people write it: `12.50 EUR`, or with a unit `0.12 EUR/page`. The token of
/// a chain is named by CAIP-19.
final class Amount {
  private static final Pattern FORM =
      Pattern.compile(
          "([0-9]+(?:\\.[0-9]+)?)\\s*"
              + "(eip155:[0-9]+/erc20:0x[0-9A-Fa-f]{40}|[A-Za-z]{3,6})"
              + "(?:\\s*(?:/|per)\\s*([a-z-]+))?");

  private Amount() {}

  /// The hub's object for it. The hub checks the digits and the currency.
  static ObjectNode read(String text, boolean needsUnit) {
    var parts = FORM.matcher(text.strip());
    if (!parts.matches() || needsUnit == (parts.group(3) == null)) {
      throw new CommandFailed(
          Exit.USER,
          "'" + text + "' is not understood as " + (needsUnit ? "a price" : "an amount"),
          "",
          needsUnit ? "Write it like '0.12 EUR/page'." : "Write it like '12.50 EUR'.");
    }
    var price = Json.object().put("amount", parts.group(1));
    var asset = parts.group(2);
    price.put("asset", asset.contains(":") ? asset : asset.toUpperCase(Locale.ROOT));
    if (needsUnit) {
      price.put("unit", parts.group(3));
    }
    return price;
  }

  /// Who pays a call: an agent of the hub, or an address.
  static String from(JsonNode call) {
    var buyer = Json.text(call, "buyer");
    return buyer.isEmpty() ? Json.text(call, "payer") : buyer;
  }

  /// As a table shows it.
  static String text(JsonNode price) {
    if (!price.isObject()) {
      return "";
    }
    var unit = Json.text(price, "unit");
    var amount = Json.text(price, "amount") + " " + Json.text(price, "asset");
    return unit.isEmpty() ? amount : amount + "/" + unit;
  }
}
