package dev.meshkore.bench;

/// Where an agent stands in a run.
///
/// @param index its number among the agents
/// @param host the server's `host:port`, for HTTP
record Place(int index, Loop loop, Payload payload, Traffic traffic, String host) {}
