package dev.meshkore.hub.guard;

import java.util.List;
import java.util.regex.Pattern;

/// The names of what limits, breakers and stops are about.
final class Scopes {
  static final String HUB = "hub";
  static final String AGENT = "agent:";
  static final String OWNER = "owner:";
  private static final String SPENDING = "spending:";
  private static final String THREAD = "thread:";
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9._~-]{1,100}");

  private Scopes() {}

  static String agent(String id) {
    return AGENT + id;
  }

  /// What an agent spends, and nothing else that it does.
  static String spending(String id) {
    return SPENDING + id;
  }

  static boolean isSpending(String scope) {
    return scope.startsWith(SPENDING);
  }

  /// Two agents, in either direction.
  static String pair(String one, String other) {
    boolean isInOrder = one.compareTo(other) <= 0;
    return "pair:" + (isInOrder ? one + "," + other : other + "," + one);
  }

  static String channel(String id) {
    return "channel:" + id;
  }

  /// What belongs together. A name that might say more than an id is not repeated.
  static String thread(String name) {
    return THREAD
        + (PLAIN.matcher(name).matches() ? name : Integer.toHexString(name.hashCode()) + "~");
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

  /// Whether it is about many agents who need not know of each other.
  static boolean isCrowd(String scope) {
    return scope.equals(HUB) || scope.startsWith(OWNER);
  }

  /// The agents that a scope names.
  static List<String> agentsIn(String scope) {
    if (scope.startsWith(AGENT) || isSpending(scope)) {
      return List.of(scope.substring(scope.indexOf(':') + 1));
    }
    return scope.startsWith("pair:")
        ? List.of(scope.substring("pair:".length()).split(",", -1))
        : List.of();
  }
}
