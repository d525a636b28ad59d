package dev.meshkore.hub.scan;

/// One thing that was found in a listing.
///
/// @param reason what it is
/// @param field where it is
/// @param detail more of it in the hub's own words: never a piece of the text
public record Finding(Reason reason, String field, String detail) {}
