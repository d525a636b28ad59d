package dev.meshkore.hub.chain;

import dev.meshkore.hub.audit.Audit;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.x402.ChainRules;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/// What settling on a chain is built on.
///
/// @param database where settlements are kept
/// @param audit where they are taken down
/// @param rules of payers whose payments anybody hands in
/// @param time the hub's clock
/// @param nanoTime for how long somebody waited
/// @param random of which a new key is made
public record ChainParts(
    Database database,
    Audit audit,
    ChainRules rules,
    InstantSource time,
    LongSupplier nanoTime,
    RandomGenerator random) {}
