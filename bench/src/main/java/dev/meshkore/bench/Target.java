package dev.meshkore.bench;

import java.util.List;

/// A server under load: the hub, or another broker doing the same work.
interface Target extends AutoCloseable {
  String name();

  /// What an acknowledgement of this server promises.
  String durability();

  /// What the server's processes used so far.
  Usage usage();

  /// Opens that many agents with an empty inbox each; they report to `traffic`.
  List<? extends Agent> open(int agentCount, Loop loop, Payload payload, Traffic traffic)
      throws InterruptedException;

  @Override
  void close();
}
