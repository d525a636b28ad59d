package dev.meshkore.sdk;

/// What a wallet has of an asset, in its atoms, of which the asset has ten to the power of
/// `decimals`.
///
/// @param available may be paid now
/// @param held is held to be paid to others
/// @param expected is what others hold for this agent; it may never come
public record Balance(String asset, int decimals, long available, long held, long expected) {}
