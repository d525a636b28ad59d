package dev.meshkore.sdk;

import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Encryption from one agent to another. The hub gets a payload of the form
/// `{"type":"encrypted","form":"nip59","event":{…}}`. Thread-safe.
final class Encryption implements Mailbox.Reader {
  private static final HexFormat HEX = HexFormat.of();
  private static final String PLACE = "meshkore";

  private final String agentId;
  private final @Nullable Keys keys;
  private final Peers peers;
  private final Environment environment;

  Encryption(String agentId, @Nullable Keys keys, Peers peers, Environment environment) {
    this.agentId = agentId;
    this.keys = keys;
    this.peers = peers;
    this.environment = environment;
  }

  /// The same message, such that only its recipient can read the payload.
  ///
  /// @param id the message's: it cannot be shown under another
  Draft hide(String to, Draft draft, String id) {
    if (keys == null) {
      throw new EncryptionException("An agent without keys cannot encrypt");
    }
    byte[] recipient = HEX.parseHex(peers.keyOf(to, KeyType.SECP256K1));
    Instant now = environment.clock().instant();
    String content = Json.text(draft.payload());
    List<String> place = place(id, agentId, to, draft.thread(), draft.replyTo());
    NostrEvent wrap = GiftWrap.wrap(keys, recipient, content, place, now, environment.random());
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
      default -> unreadable(received, "malformed");
    };
  }

  private Message opened(Message received) {
    if (keys == null) {
      return unreadable(received, "no-keys");
    }
    if (received.sender().equals(agentId) && !agentId.equals(received.to())) {
      return unreadable(received, "sent-by-this-agent");
    }
    try {
      GiftWrap.Opened letter = GiftWrap.open(keys, received.payload().path("event"));
      requirePlace(letter, received);
      peers.meet(received.sender(), KeyType.SECP256K1, letter.sender());
      JsonNode content = Json.read(letter.content());
      return received.with(
          // Clients of Nostr write what is no JSON.
          content == null ? Json.of(letter.content()) : content,
          new Security.Encrypted(letter.sender(), letter.writtenAt()));
    } catch (KeyChangedException e) {
      return unreadable(received, "key-changed");
    } catch (EncryptionException e) {
      return unreadable(received, String.valueOf(e.getMessage()));
    }
  }

  /// A letter repeats what the hub says around it, so that the hub can neither show it twice under
  /// two ids nor move it to another conversation. Letters of other clients do not have that.
  private static void requirePlace(GiftWrap.Opened letter, Message received) {
    String to = received.to() == null ? "" : received.to();
    List<String> place =
        place(received.id(), received.sender(), to, received.thread(), received.replyTo());
    for (List<String> tag : letter.tags()) {
      if (!tag.isEmpty() && tag.getFirst().equals(PLACE) && !tag.equals(place)) {
        throw new EncryptionException("transplanted");
      }
    }
  }

  private static List<String> place(
      String id, String from, String to, @Nullable String thread, @Nullable String replyTo) {
    return List.of(
        PLACE, id, from, to, thread == null ? "" : thread, replyTo == null ? "" : replyTo);
  }

  private static Message unreadable(Message received, String reason) {
    return received.with(received.payload(), new Security.Unreadable(reason));
  }
}
