package dev.meshkore.hub.market;

import java.util.Base64;
import java.util.random.RandomGenerator;

/// Names of things of the market that nobody can guess.
public final class Ids {
  private Ids() {}

  /// A name that begins so.
  public static String make(String head, RandomGenerator random) {
    byte[] bytes = new byte[16];
    random.nextBytes(bytes);
    return head + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
