package dev.meshkore.hub.owner;

import dev.meshkore.hub.audit.Audit;
import dev.meshkore.hub.guard.Budgets;
import dev.meshkore.hub.guard.Notices;
import dev.meshkore.hub.guard.Stops;
import dev.meshkore.hub.identity.AgentKeys;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.identity.Callers;
import dev.meshkore.hub.identity.SigningKeys;
import dev.meshkore.hub.outbound.OutboundClient;
import dev.meshkore.hub.store.Database;
import java.time.InstantSource;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/// What owners and their mandates are built on.
///
/// @param database where all is kept
/// @param audit takes down what is done
/// @param agents the agents of the hub
/// @param agentKeys their keys
/// @param callers who calls
/// @param signingKeys sign for the hub
/// @param budgets count
/// @param stops what was stopped
/// @param notices tell agents what was done to them
/// @param earned who is trusted for what others say of it
/// @param outbound calls what strangers named
/// @param hubUrl the hub's URL
/// @param time the hub's clock
/// @param random makes what nobody can guess
public record OwnerParts(
    Database database,
    Audit audit,
    Agents agents,
    AgentKeys agentKeys,
    Callers callers,
    SigningKeys signingKeys,
    Budgets budgets,
    Stops stops,
    Notices notices,
    Earned earned,
    OutboundClient outbound,
    Supplier<String> hubUrl,
    InstantSource time,
    RandomGenerator random) {}
