package dev.meshkore.bench;

import java.util.List;
import java.util.SplittableRandom;

/// Who sends to whom.
@FunctionalInterface
interface Topology {
  /// Sender i to agent i + 1: every inbox fills evenly.
  Topology RING = (sender, agentCount, _) -> sender + 1 == agentCount ? 0 : sender + 1;

  /// To any agent, with equal chance.
  Topology RANDOM = (_, agentCount, random) -> random.nextInt(agentCount);

  List<String> NAMES = List.of("ring", "random");

  int recipient(int sender, int agentCount, SplittableRandom random);

  /// All to one agent.
  static Topology only(int recipient) {
    return (_, _, _) -> recipient;
  }

  /// `ring` or `random`.
  static Topology named(String name) {
    return name.equals("random") ? RANDOM : RING;
  }
}
