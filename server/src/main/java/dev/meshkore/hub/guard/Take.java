package dev.meshkore.hub.guard;

import java.util.Map;

/// What is wanted of the budgets of one scope.
///
/// @param scope whose budgets: `hub`, `agent:alice`, `pair:alice,bob`, `owner:…`, `mandate:…`
/// @param unit what is counted: `messages`, or an asset
/// @param amount how much, in whole units of it; more than nothing
/// @param caps of the budgets that are made first where there are none of their windows
public record Take(String scope, String unit, long amount, Map<Budget.Window, Long> caps) {
  /// Refuses what could add to a budget instead of taking from it.
  public Take {
    if (amount <= 0) {
      throw new IllegalArgumentException("A take is of more than nothing");
    }
  }

  /// The same of another amount.
  Take of(long other) {
    return new Take(scope, unit, other, caps);
  }

  /// One of the budgets that there are.
  public Take(String scope, String unit, long amount) {
    this(scope, unit, amount, Map.of());
  }
}
