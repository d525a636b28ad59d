package dev.meshkore.hub.discovery;

import java.util.List;

/// What an agent offers beside its profile, kept by others. When it changes, the same transaction
/// touches the agent ([dev.meshkore.hub.identity.Agents#touch]).
@FunctionalInterface
public interface Offered {
  /// Nobody offers anything.
  Offered NOTHING = _ -> Offer.NONE;

  /// A price.
  ///
  /// @param asset of what it is, as `EUR`
  /// @param decimals how many digits after the point an amount of it has
  /// @param atoms how much
  /// @param unit for one of what, as `page`; `job` for all of the work
  record Ask(String asset, int decimals, long atoms, String unit) {}

  /// What is offered.
  ///
  /// @param texts what is said of it, such as names and descriptions
  /// @param examples requests that it is for
  /// @param asks what it costs
  /// @param isWhole whether these are all prices; else there are more
  /// @param latencyMs how fast it was measured to be, in milliseconds; 0 where that is not known
  record Offer(
      List<String> texts, List<String> examples, List<Ask> asks, boolean isWhole, long latencyMs) {
    /// Nothing.
    public static final Offer NONE = new Offer(List.of(), List.of(), List.of(), true, 0);

    /// Copies.
    public Offer {
      texts = List.copyOf(texts);
      examples = List.copyOf(examples);
      asks = List.copyOf(asks);
    }
  }

  /// What the agent with this number offers.
  Offer of(long agent);
}
