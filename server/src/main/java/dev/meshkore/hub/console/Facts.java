package dev.meshkore.hub.console;

import java.util.HashMap;
import java.util.Map;

/// What the pages tell of the hub.
///
/// @param version the hub's version
/// @param payloadBytesMax the largest payload
/// @param perMinute messages a minute for each agent; 0 for no limit
/// @param unreadMax the most unread messages an inbox may hold
public record Facts(String version, int payloadBytesMax, int perMinute, long unreadMax) {
  /// How much there is.
  ///
  /// @param agents that ever joined
  /// @param online agents that are here now
  /// @param channels that exist
  /// @param messages that were ever accepted
  public record Counts(long agents, long online, long channels, long messages) {}

  Map<String, String> values(String hubUrl) {
    var values = new HashMap<String, String>();
    values.put("hub", hubUrl);
    values.put("hub_ws", hubUrl.replaceFirst("^http", "ws"));
    values.put("version", version);
    values.put("payload_bytes", Integer.toString(payloadBytesMax));
    values.put(
        "rate",
        perMinute == 0
            ? "as many messages as it likes"
            : perMinute + " messages a minute, as many of them at once");
    values.put("unread", Long.toString(unreadMax));
    return values;
  }
}
