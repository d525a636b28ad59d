package dev.meshkore.hub.relay;

import org.jspecify.annotations.Nullable;

/// An accepted message, as its sender is told.
///
/// @param id the message id
/// @param to the recipient's id; null for a channel's message
/// @param channel the channel's id; null for a direct message
/// @param sequence the place in the recipient's inbox; 0 for a channel's message
/// @param recipients how many inboxes it reached
/// @param sentAtMs when it was accepted
/// @param state what became of it
/// @param isDuplicate whether it was accepted before
record Sent(
    String id,
    @Nullable String to,
    @Nullable String channel,
    long sequence,
    int recipients,
    long sentAtMs,
    String state,
    boolean isDuplicate) {}
