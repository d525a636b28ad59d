package dev.meshkore.hub.market;

import org.jspecify.annotations.Nullable;

/// Where a wish points among the meanings by one model. It is read as a request where services are
/// held against it, and as what somebody says of itself where requests are: a buyer's wish is for
/// what sellers describe, a seller's for what buyers ask.
///
/// @param services where services must point; null where the wish is not of them
/// @param requests the same of requests
record FeedMeaning(float @Nullable [] services, float @Nullable [] requests) {
  float @Nullable [] of(FeedWish.What what) {
    return switch (what) {
      case SERVICES -> services;
      case REQUESTS -> requests;
    };
  }

  /// How many numbers each side has.
  int numbers() {
    return Math.max(length(services), length(requests));
  }

  /// How much memory it takes.
  long bytes() {
    return (long) Float.BYTES * (length(services) + length(requests));
  }

  private static int length(float @Nullable [] side) {
    return side == null ? 0 : side.length;
  }
}
