package dev.meshkore.hub.payments;

import dev.meshkore.hub.guard.Approach;
import dev.meshkore.hub.guard.Budgets;
import dev.meshkore.hub.guard.Holding;
import dev.meshkore.hub.guard.Persons;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.identity.Callers;
import dev.meshkore.hub.ledger.Ledger;
import dev.meshkore.hub.outbox.Outbox;
import dev.meshkore.hub.store.Database;
import java.time.InstantSource;

/// What payments are built on.
///
/// @param database where all is kept
/// @param agents the agents of the hub
/// @param callers who calls
/// @param approach what must be kept by whoever turns to another agent
/// @param holding lets calls wait for a person
/// @param persons who decides for whom
/// @param budgets count what is spent
/// @param ledger moves the money
/// @param outbox what the hub tells agents
/// @param time the hub's clock
public record PaymentParts(
    Database database,
    Agents agents,
    Callers callers,
    Approach approach,
    Holding holding,
    Persons persons,
    Budgets budgets,
    Ledger ledger,
    Outbox outbox,
    InstantSource time) {}
