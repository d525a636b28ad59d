package dev.meshkore.hub.outbound;

import java.time.Duration;

/// What bounds a call to an outside address.
///
/// @param connect the longest that finding the address or connecting to it may take
/// @param call the longest that a call may take as a whole
/// @param stream the longest that a stream of events may take as a whole
/// @param headBytes the largest status line with headers, and the largest trailer
/// @param bodyBytes the largest body, and the largest event
/// @param streamBytes the largest stream of events
/// @param callsAtOnce how many calls may be open at once
public record OutboundLimits(
    Duration connect,
    Duration call,
    Duration stream,
    int headBytes,
    int bodyBytes,
    int streamBytes,
    int callsAtOnce) {
  /// What holds in a running hub.
  public static final OutboundLimits NORMAL =
      new OutboundLimits(
          Duration.ofSeconds(3),
          Duration.ofSeconds(20),
          Duration.ofMinutes(10),
          32 << 10,
          1 << 20,
          16 << 20,
          1_000);
}
