package dev.meshkore.hub.x402;

import dev.meshkore.hub.audit.Audit;
import dev.meshkore.hub.guard.Approach;
import dev.meshkore.hub.identity.AgentKeys;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.identity.SigningKeys;
import dev.meshkore.hub.ledger.Ledger;
import dev.meshkore.hub.store.Database;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// What payments by x402 are built on.
///
/// @param database where all is kept
/// @param agents the agents of the hub
/// @param keys who holds which key
/// @param signingKeys sign offers and receipts
/// @param approach what must be kept by whoever turns to another agent
/// @param asked keeps what was signed from costing its payer more than once
/// @param ledger moves the money
/// @param audit takes down what is done
/// @param signedLeaves how many leaves the newest head of the audit log covers
/// @param addresses by which signatures name this hub
/// @param hubUrl how the hub is reached
/// @param time the hub's clock
public record X402Parts(
    Database database,
    Agents agents,
    AgentKeys keys,
    SigningKeys signingKeys,
    Approach approach,
    AskedBefore asked,
    Ledger ledger,
    Audit audit,
    LongSupplier signedLeaves,
    HubAddresses addresses,
    Supplier<String> hubUrl,
    InstantSource time) {}
