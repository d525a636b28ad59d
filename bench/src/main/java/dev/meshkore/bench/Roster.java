package dev.meshkore.bench;

import java.util.List;

/// Agents of one scenario, whose ids differ in a number of fixed width at the end.
///
/// @param prefix what the ids begin with
/// @param members the agents, in the order of their numbers
record Roster(String prefix, List<Credentials> members) {
  /// Added to the number of an agent, so that its width stays the same.
  static final int BASE = 1_000_000;

  static final int DIGITS = 7;

  Roster {
    members = List.copyOf(members);
  }

  static String agentId(String prefix, int index) {
    return prefix + (BASE + index);
  }

  /// The JSON of a recipient whose digits are changed for each message.
  String recipient() {
    return "to\":\"" + agentId(prefix, 0);
  }
}
