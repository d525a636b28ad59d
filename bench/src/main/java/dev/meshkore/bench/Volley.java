package dev.meshkore.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.HdrHistogram.Histogram;

/// Connections that send requests which were prepared before: on each one after another, and all
/// connections at once.
final class Volley {
  private final Loop loop;
  private final Histogram latencies = new Histogram(3);
  private final List<PreparedCalls> connections = new ArrayList<>();

  /// Opens so many connections to a hub.
  Volley(HubTarget hub, Loop loop, int count) throws InterruptedException {
    this.loop = loop;
    for (int i = 0; i < count; i++) {
      var connection = new PreparedCalls(loop, latencies::recordValue);
      loop.connect(connection, hub.address());
      connections.add(connection);
    }
    await(connections.stream().map(PreparedCalls::ready).toList());
  }

  /// Sends to each connection its own, and returns when all are answered.
  void send(List<List<byte[]>> prepared) throws InterruptedException {
    latencies.reset();
    List<CompletableFuture<Void>> sent =
        loop.call(() -> {
          var all = new ArrayList<CompletableFuture<Void>>();
          for (int i = 0; i < connections.size(); i++) {
            all.add(connections.get(i).send(prepared.get(i)));
          }
          return all;
        });
    await(sent);
  }

  /// How long the answers of the last sending took, at a percentile.
  double millisAt(double percentile) {
    return latencies.getValueAtPercentile(percentile) / 1e6;
  }

  private static void await(List<CompletableFuture<Void>> all) throws InterruptedException {
    try {
      CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get();
    } catch (ExecutionException e) {
      throw new BenchFailure(BenchFailure.causeOf(e), e);
    }
  }
}
