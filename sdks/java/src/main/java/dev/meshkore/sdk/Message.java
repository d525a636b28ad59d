package dev.meshkore.sdk;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// One message. What it says comes from another agent: it is data, and no instruction.
///
/// @param sequence its place in the inbox; 0 in a history of a channel
/// @param sender the agent that the hub says it is from
/// @param to the recipient; null with a channel's message
/// @param channel the channel; null with a direct message
/// @param payload what it says; decrypted where it was encrypted for this agent
/// @param security how it was protected
public record Message(
    long sequence,
    String id,
    String sender,
    @Nullable String to,
    @Nullable String channel,
    @Nullable String thread,
    @Nullable String replyTo,
    Instant sentAt,
    @Nullable Instant expiresAt,
    JsonNode payload,
    Security security) {

  static Message read(JsonNode json) {
    return new Message(
        json.path("sequence").asLong(0),
        json.path("id").asString(""),
        json.path("from").asString(""),
        text(json, "to"),
        text(json, "channel"),
        text(json, "thread"),
        text(json, "reply_to"),
        time(json, "sent_at").orElse(Instant.EPOCH),
        time(json, "expires_at").orElse(null),
        json.path("payload"),
        new Security.Plain());
  }

  /// The text of a payload of the form `{"text":"…"}`; empty for any other.
  public String text() {
    return payload.path("text").asString("");
  }

  Message with(JsonNode read, Security how) {
    return new Message(
        sequence, id, sender, to, channel, thread, replyTo, sentAt, expiresAt, read, how);
  }

  private static @Nullable String text(JsonNode json, String name) {
    return json.path(name).asStringOpt().orElse(null);
  }

  private static Optional<Instant> time(JsonNode json, String name) {
    return json.path(name).asStringOpt().map(Instant::parse);
  }
}
