package dev.meshkore.hub;

import dev.meshkore.hub.audit.Audit;
import dev.meshkore.hub.http.LocalCalls;
import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.store.Database;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// What every part of a hub stands on.
///
/// @param config the settings
/// @param url how agents reach the hub, as soon as it listens
/// @param clock the hub's clock
/// @param nanoTime measures how long something takes
/// @param random makes what nobody can guess
/// @param database where all is kept
/// @param audit takes down what is done
/// @param router every route
/// @param calls reach a route from inside
record Ground(
    HubConfig config,
    Supplier<String> url,
    InstantSource clock,
    LongSupplier nanoTime,
    SecureRandom random,
    Database database,
    Audit audit,
    Router router,
    LocalCalls calls) {}
