package dev.meshkore.hub.owner;

import dev.meshkore.hub.guard.Budget;
import dev.meshkore.hub.guard.Budgets;
import dev.meshkore.hub.http.Rfc3339;
import dev.meshkore.hub.money.Asset;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// What is left of one limit of a mandate.
///
/// @param mandateId of which
/// @param name what the mandate calls it
/// @param counterparty with whom, where it counts each by itself
/// @param unit what it counts
/// @param window how it counts anew
/// @param limit the most
/// @param left what of it may be used now
/// @param freesAtMs when time alone frees something
record Remaining(
    String mandateId,
    String name,
    Optional<String> counterparty,
    String unit,
    Budget.Window window,
    long limit,
    long left,
    OptionalLong freesAtMs) {
  private static final int COUNTERPARTIES_MAX = 100;

  static List<Remaining> of(Transaction reader, Budgets budgets, Mandate mandate)
      throws SQLException {
    var found = new ArrayList<Remaining>();
    for (Budget budget : budgets.of(reader, mandate.scope())) {
      boolean isLifetime = budget.window().kind() == Budget.Window.Kind.LIFETIME;
      String lifetime = budget.unit().equals(Mandates.MESSAGES) ? "lifetime" : "amount";
      found.add(counted(reader, budgets, mandate, budget, isLifetime ? lifetime : "windows", null));
    }
    for (SpendLimit limit : mandate.grants().spend().values()) {
      var each = new TreeMap<String, Long>();
      limit.perPayment().ifPresent(atoms -> each.put("per_payment", atoms));
      limit.firstPayment().ifPresent(atoms -> each.put("first_payment", atoms));
      limit.requireEscrowOver().ifPresent(atoms -> each.put("require_escrow_over", atoms));
      limit.perCounterparty().ifPresent(atoms -> each.put("per_counterparty", atoms));
      for (Map.Entry<String, Long> one : each.entrySet()) {
        found.add(
            new Remaining(
                mandate.id(),
                one.getKey(),
                Optional.empty(),
                limit.asset(),
                Budget.Window.ENDLESS,
                one.getValue(),
                one.getValue(),
                OptionalLong.empty()));
      }
    }
    String to = SpendRule.toScope(mandate);
    for (Budget budget : budgets.under(reader, to, COUNTERPARTIES_MAX)) {
      String counterparty = budget.scope().substring(to.length());
      found.add(counted(reader, budgets, mandate, budget, "per_counterparty", counterparty));
    }
    return found;
  }

  private static Remaining counted(
      Transaction reader,
      Budgets budgets,
      Mandate mandate,
      Budget budget,
      String name,
      @Nullable String counterparty)
      throws SQLException {
    return new Remaining(
        mandate.id(),
        name,
        Optional.ofNullable(counterparty),
        budget.unit(),
        budget.window(),
        budget.cap(),
        budget.remaining(),
        budgets.freesAt(reader, budget));
  }

  void addTo(ObjectNode json) {
    json.put("mandate_id", mandateId);
    json.put("name", name);
    counterparty.ifPresent(agent -> json.put("counterparty", agent));
    json.put("unit", unit);
    Asset.find(unit).ifPresent(asset -> json.put("decimals", asset.decimals()));
    if (window.kind() == Budget.Window.Kind.LIFETIME) {
      json.putNull("seconds");
    } else {
      json.put("seconds", window.ms() / 1_000);
    }
    SpendLimit.Window.word(window).ifPresent(word -> json.put("calendar", word));
    json.put("limit", limit);
    json.put("remaining", left);
    freesAtMs.ifPresent(at -> json.put("resets_at", Rfc3339.text(at)));
  }
}
