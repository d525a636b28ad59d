package dev.meshkore.bench;

import java.util.concurrent.CompletableFuture;

/// One agent under load: it sends, receives and acknowledges. All calls are made on the loop.
interface Agent {
  /// An acknowledgement is due after this many messages, or when the loop's timer comes round.
  int ACKNOWLEDGE_EVERY = 64;

  /// Completes when the agent may send and will receive.
  CompletableFuture<Void> ready();

  /// Sends one message to the agent of that index.
  void send(int recipient, long stamp);

  /// Acknowledges, cumulatively, what arrived since the last time.
  void acknowledge();

  void close();
}
