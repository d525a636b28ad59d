package dev.meshkore.hub.market;

/// A call of a service that was made, of which the market sees how fast it is answered.
///
/// @param number of the call
/// @param serviceId what is called
/// @param buyer the agent that has called; 0 for who has none here
/// @param madeAtMs when
/// @param expiresAtMs until when it can be answered
public record CallSeen(
    long number, String serviceId, long seller, long buyer, long madeAtMs, long expiresAtMs) {}
