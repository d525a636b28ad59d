package dev.meshkore.hub.calls;

import dev.meshkore.hub.audit.Audit;
import dev.meshkore.hub.guard.Approach;
import dev.meshkore.hub.guard.Budgets;
import dev.meshkore.hub.guard.Holding;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.identity.Callers;
import dev.meshkore.hub.identity.HeldOpen;
import dev.meshkore.hub.ledger.Ledger;
import dev.meshkore.hub.market.Market;
import dev.meshkore.hub.outbox.Outbox;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.x402.AskedBefore;
import dev.meshkore.hub.x402.Batches;
import dev.meshkore.hub.x402.ChainRail;
import dev.meshkore.hub.x402.LedgerRail;
import dev.meshkore.hub.x402.Payers;
import dev.meshkore.hub.x402.Paywall;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/// What calls of services are built on.
///
/// @param database where all is kept
/// @param agents the agents of the hub
/// @param callers who calls
/// @param approach what must be kept by whoever turns to another agent
/// @param asked keeps what was signed from costing its payer more than once
/// @param holding lets calls wait for a person
/// @param heldOpen bounds what waits
/// @param budgets count what is spent
/// @param ledger moves the money
/// @param audit takes down what is done
/// @param rail reads what buyers have signed
/// @param chain pays calls, too, where there is one
/// @param payers who has signed
/// @param strangers lets in those who are no agents
/// @param batches tell in which batch a signed payment is
/// @param paywall talks to those who sign
/// @param market what is sold
/// @param outbox what the hub tells agents
/// @param feeBps what is taken of what sellers are paid, in hundredths of a percent
/// @param hubUrl how the hub is reached
/// @param time the hub's clock
/// @param random makes ids
public record CallParts(
    Database database,
    Agents agents,
    Callers callers,
    Approach approach,
    AskedBefore asked,
    Holding holding,
    HeldOpen heldOpen,
    Budgets budgets,
    Ledger ledger,
    Audit audit,
    LedgerRail rail,
    Optional<ChainRail> chain,
    Payers payers,
    Strangers strangers,
    Batches batches,
    Paywall paywall,
    Market market,
    Outbox outbox,
    long feeBps,
    Supplier<String> hubUrl,
    InstantSource time,
    RandomGenerator random) {}
