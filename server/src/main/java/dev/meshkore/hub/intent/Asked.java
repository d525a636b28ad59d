package dev.meshkore.hub.intent;

import java.time.Instant;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/// A request in plain words, as it came in.
///
/// @param text what was said, by a stranger
/// @param zone the caller's time zone, if it is known
/// @param at when it was said
public record Asked(String text, @Nullable ZoneId zone, Instant at) {}
