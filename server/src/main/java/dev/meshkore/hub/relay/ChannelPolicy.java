package dev.meshkore.hub.relay;

/// Who may send to a channel, and how much.
///
/// @param post the least role that may send
/// @param memberRatePerMinute messages a minute of each member; 0 for no limit
record ChannelPolicy(Channel.Role post, int memberRatePerMinute) {}
