package dev.meshkore.hub.market;

import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.money.Money;
import java.util.Optional;

/// A service that is called and paid through the hub.
///
/// @param id by which it is called
/// @param version of its terms
/// @param seller the agent that answers
/// @param name as its seller calls it
/// @param description what its seller says of it
/// @param category as the market names categories
/// @param price of a call
/// @param changedAtMs when its seller changed it last, or listed it
/// @param payTo who is paid on the chain of the price's asset; empty where the ledger pays
public record PricedListing(
    String id,
    long version,
    long seller,
    String name,
    String description,
    String category,
    Money price,
    long changedAtMs,
    Optional<Address> payTo) {}
