package dev.meshkore.hub.discovery;

import dev.meshkore.hub.identity.Agent;
import dev.meshkore.hub.problem.Refused;
import java.util.Set;

/// Which agents a search is for, by whether they are here and what they say of it.
enum Standing {
  ONLINE,
  OFFLINE,
  ALL,
  AVAILABLE,
  BUSY,
  AWAY;

  static Standing of(String text) {
    return switch (text) {
      case "online" -> ONLINE;
      case "offline" -> OFFLINE;
      case "all" -> ALL;
      case "available" -> AVAILABLE;
      case "busy" -> BUSY;
      case "away" -> AWAY;
      default ->
          throw Refused.field(
              "status", "status must be online, offline, all, available, busy or away");
    };
  }

  /// True where only agents that are online can be meant.
  boolean needsOnline() {
    return switch (this) {
      case ONLINE, AVAILABLE, BUSY, AWAY -> true;
      case OFFLINE, ALL -> false;
    };
  }

  /// What the agents must say of themselves; empty where it does not matter.
  String said() {
    return switch (this) {
      case AVAILABLE -> "available";
      case BUSY -> "busy";
      case AWAY -> "away";
      case ONLINE, OFFLINE, ALL -> "";
    };
  }

  boolean includes(Agent agent, Set<Long> online) {
    boolean isOnline = online.contains(agent.number());
    return switch (this) {
      case ALL -> true;
      case OFFLINE -> !isOnline;
      case ONLINE -> isOnline;
      case AVAILABLE, BUSY, AWAY -> isOnline && agent.status().equals(said());
    };
  }
}
