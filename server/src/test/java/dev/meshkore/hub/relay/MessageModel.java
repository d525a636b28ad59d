package dev.meshkore.hub.relay;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A message as the model keeps it.
///
/// @param sender the number of the sender in the model
/// @param recipient the number of the recipient, or -1 for a channel's message
/// @param channel the channel, or empty for a direct message
/// @param id its id
/// @param expiresAtMs when it expires, or 0
/// @param sentAtMs when it was accepted
/// @param content its JSON after the sequence
/// @param sequences its sequence in each inbox
record MessageModel(
    int sender,
    int recipient,
    Optional<String> channel,
    String id,
    long expiresAtMs,
    long sentAtMs,
    String content,
    Map<Integer, Long> sequences) {
  MessageModel {
    sequences = new TreeMap<>(sequences);
  }

  boolean isExpired(long nowMs) {
    return expiresAtMs != 0 && expiresAtMs <= nowMs;
  }

  String json(long sequence) {
    return "{\"type\":\"message\",\"sequence\":" + sequence + "," + content;
  }
}
