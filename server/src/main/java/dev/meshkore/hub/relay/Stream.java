package dev.meshkore.hub.relay;

/// Names the ordered lists that the journal is indexed by: an agent's inbox, the conversation of
/// two agents, and the conversation in a channel. One number each, so that an entry is one row.
final class Stream {
  private static final long CHANNEL = 1L << 62;

  private Stream() {}

  /// Everything that reached this agent.
  static long inbox(long agent) {
    return agent;
  }

  /// What two agents said to each other, in both directions.
  static long conversation(long one, long other) {
    return -((Math.min(one, other) << 31) | Math.max(one, other));
  }

  /// What was said in a channel.
  static long channel(long channel) {
    return CHANNEL | channel;
  }

  /// True for an inbox.
  static boolean isInbox(long stream) {
    return stream > 0 && (stream & CHANNEL) == 0;
  }
}
