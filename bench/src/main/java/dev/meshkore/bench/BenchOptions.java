package dev.meshkore.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What was asked for on the command line.
///
/// @param scenarios which to run, in that order
/// @param peers which other brokers do the work of `ws` too
/// @param hub whether the hub itself is measured by `ws`
/// @param url a running hub, or null to start one
/// @param adminKeyFile holds the admin key of that hub
/// @param pid the process of that hub, to measure what it uses; 0 when unknown
/// @param json where the result goes
/// @param markdown where the page goes
/// @param from results to make the page of, besides those of this run
/// @param folder where data and probes go
/// @param javaOptions options of the hub's Java
/// @param aot an AOT cache for `start`
/// @param labelled a folder of agents and requests of which each is meant for one, for `discover`
record BenchOptions(
    List<String> scenarios,
    List<String> peers,
    boolean hub,
    @Nullable String url,
    @Nullable Path adminKeyFile,
    long pid,
    @Nullable Path json,
    @Nullable Path markdown,
    List<Path> from,
    Path folder,
    List<String> javaOptions,
    @Nullable Path aot,
    int runs,
    Duration runTime,
    Duration warmUp,
    int payloadBytes,
    String topologyName,
    List<Shape> shapes,
    int connections,
    int members,
    int idle,
    int catchup,
    int stored,
    int agents,
    @Nullable Path labelled) {
  BenchOptions {
    scenarios = List.copyOf(scenarios);
    peers = List.copyOf(peers);
    from = List.copyOf(from);
    javaOptions = List.copyOf(javaOptions);
    shapes = List.copyOf(shapes);
  }

  Topology topology() {
    return Topology.named(topologyName);
  }
}
