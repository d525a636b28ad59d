package dev.meshkore.hub.discovery;

import java.util.List;
import java.util.Map;

/// What an agent offers beside its profile, kept by others. When it changes, the same transaction
/// touches the agent ([dev.meshkore.hub.identity.Agents#touch]).
@FunctionalInterface
public interface Offered {
  /// Nobody offers anything.
  Offered NOTHING = _ -> Offer.NONE;

  /// What is offered.
  ///
  /// @param texts what is said of it, such as names and descriptions
  /// @param examples requests that it is for
  /// @param prices the lowest price in atoms, by asset
  /// @param latencyMs how fast it was measured to be, in milliseconds; 0 where that is not known
  record Offer(
      List<String> texts, List<String> examples, Map<String, Long> prices, long latencyMs) {
    /// Nothing.
    public static final Offer NONE = new Offer(List.of(), List.of(), Map.of(), 0);

    /// Copies.
    public Offer {
      texts = List.copyOf(texts);
      examples = List.copyOf(examples);
      prices = Map.copyOf(prices);
    }
  }

  /// What the agent with this number offers.
  Offer of(long agent);
}
