package dev.meshkore.hub.money;

import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.problem.Refused;
import tools.jackson.databind.node.ObjectNode;

/// Amounts on the wire: an asset, and how many atoms of it, which is beside that written as a
/// decimal text for people.
public final class MoneyJson {
  private MoneyJson() {}

  /// Reads an amount: `asset`, and either `atoms` or `amount` as a decimal text, or both where they
  /// agree.
  ///
  /// @param field what a refusal calls it
  /// @throws Refused when it is none
  public static Money read(String field, Fields fields) {
    return read(field, Asset.of(field + ".asset", fields.text("asset")), fields);
  }

  /// Reads an amount of an asset that is known already.
  ///
  /// @throws Refused when it is none
  public static Money read(String field, Asset asset, Fields fields) {
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

  /// An amount as an object.
  public static ObjectNode json(Money money) {
    ObjectNode json = Json.object();
    json.put("asset", money.asset().code());
    json.put("atoms", money.atoms());
    json.put("amount", money.decimal());
    return json;
  }
}
