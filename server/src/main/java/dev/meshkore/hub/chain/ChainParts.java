package dev.meshkore.hub.chain;

import dev.meshkore.hub.audit.Audit;
import dev.meshkore.hub.store.Database;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/// What settling on a chain is built on.
///
/// @param database where settlements are kept
/// @param audit where they are taken down
/// @param time the hub's clock
/// @param nanoTime for how long somebody waited
/// @param random of which a new key is made
public record ChainParts(
    Database database,
    Audit audit,
    InstantSource time,
    LongSupplier nanoTime,
    RandomGenerator random) {}
