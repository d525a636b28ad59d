package dev.meshkore.hub.guard;

/// What is wanted of the budgets of one scope.
///
/// @param scope whose budgets: `hub`, `agent:alice`, `pair:alice,bob`, `owner:…`, `mandate:…`
/// @param unit what is counted: `messages`, or an asset
/// @param amount how much, in whole units of it; more than nothing
public record Take(String scope, String unit, long amount) {
  /// Refuses what could add to a budget instead of taking from it.
  public Take {
    if (amount <= 0) {
      throw new IllegalArgumentException("A take is of more than nothing");
    }
  }
}
