package dev.meshkore.hub.intent;

import java.time.Instant;
import java.time.ZoneId;

/// When the work must be there.
///
/// @param at the moment, to the second
/// @param zone the time zone in which it was understood
/// @param said the words of the request that say so
public record Deadline(Instant at, ZoneId zone, String said) {}
