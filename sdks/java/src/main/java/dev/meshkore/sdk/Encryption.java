package dev.meshkore.sdk;

import java.time.Instant;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Encryption from one agent to another. The hub gets a payload of the form
/// `{"type":"encrypted","form":"nip59","event":{…}}`. Thread-safe.
final class Encryption implements Mailbox.Reader {
  private static final HexFormat HEX = HexFormat.of();

  private final @Nullable Keys keys;
  private final Peers peers;
  private final Environment environment;

  Encryption(@Nullable Keys keys, Peers peers, Environment environment) {
    this.keys = keys;
    this.peers = peers;
    this.environment = environment;
  }

  /// The same message, such that only its recipient can read the payload.
  Draft hide(String to, Draft draft) {
    if (keys == null) {
      throw new EncryptionException("An agent without keys cannot encrypt");
    }
    byte[] recipient = HEX.parseHex(peers.keyOf(to, KeyType.SECP256K1));
    Instant now = environment.clock().instant();
    String content = Json.text(draft.payload());
    NostrEvent wrap = GiftWrap.wrap(keys, recipient, content, now, environment.random());
    ObjectNode payload = Json.object();
    payload.put("type", "encrypted");
    payload.put("form", "nip59");
    payload.set("event", wrap.json());
    return draft.with(payload);
  }

  /// A message as it can be shown: what cannot be read, or is not of its sender, says why.
  @Override
  public Message read(Message received) {
    JsonNode payload = received.payload();
    if (!payload.path("type").asString("").equals("encrypted")) {
      return received;
    }
    return switch (payload.path("form").asString("")) {
      case "mls" -> received.with(payload, new Security.OfGroup());
      case "nip59" -> opened(received);
      default -> unreadable(received, "An unknown form of encryption");
    };
  }

  private Message opened(Message received) {
    if (keys == null) {
      return unreadable(received, "An agent without keys cannot decrypt");
    }
    try {
      GiftWrap.Opened letter =
          NostrEvent.read(received.payload().path("event"))
              .map(wrap -> GiftWrap.open(keys, wrap))
              .orElseThrow(() -> new EncryptionException("No event, or one with a wrong id"));
      peers.meet(received.sender(), KeyType.SECP256K1, letter.sender());
      JsonNode content = Json.read(letter.content());
      if (content == null) {
        return unreadable(received, "What was encrypted is not JSON");
      }
      return received.with(
          content, new Security.Encrypted(letter.sender(), letter.id(), letter.writtenAt()));
    } catch (EncryptionException | KeyChangedException e) {
      return unreadable(received, String.valueOf(e.getMessage()));
    }
  }

  private static Message unreadable(Message received, String reason) {
    return received.with(received.payload(), new Security.Unreadable(reason));
  }
}
