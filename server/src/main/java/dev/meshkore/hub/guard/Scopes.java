package dev.meshkore.hub.guard;

import java.util.List;

/// The names of what limits, breakers and stops are about.
final class Scopes {
  static final String HUB = "hub";

  private Scopes() {}

  static String agent(String id) {
    return "agent:" + id;
  }

  /// Two agents, in either direction.
  static String pair(String one, String other) {
    boolean isInOrder = one.compareTo(other) <= 0;
    return "pair:" + (isInOrder ? one + "," + other : other + "," + one);
  }

  static String channel(String id) {
    return "channel:" + id;
  }

  /// Where a message is said: between two agents, or in a channel.
  static String place(SendRule.Letter letter) {
    return letter.channelId() == null
        ? pair(letter.senderId(), String.valueOf(letter.to()))
        : channel(letter.channelId());
  }

  /// Everything that a message is about.
  static List<String> of(SendRule.Letter letter) {
    return List.of(HUB, agent(letter.senderId()), place(letter));
  }

  /// The agents that a scope names.
  static List<String> agentsIn(String scope) {
    if (scope.startsWith("agent:")) {
      return List.of(scope.substring("agent:".length()));
    }
    return scope.startsWith("pair:")
        ? List.of(scope.substring("pair:".length()).split(",", -1))
        : List.of();
  }
}
