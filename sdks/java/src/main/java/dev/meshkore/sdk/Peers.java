package dev.meshkore.sdk;

import dev.meshkore.sdk.HubCalls.Call;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// The keys of other agents: as they are pinned, and as the hub shows them. Thread-safe.
final class Peers {
  private final HubCalls calls;
  private final Login login;
  private final Pins pins;
  private final @Nullable Keys own;

  Peers(HubCalls calls, Login login, Pins pins, @Nullable Keys own) {
    this.own = own;
    this.calls = calls;
    this.login = login;
    this.pins = pins;
  }

  /// The key to encrypt to. It is compared with what the hub shows each time, so that nothing is
  /// sent to a key that was revoked or replaced.
  ///
  /// @throws KeyChangedException when the hub does not show the one that is pinned
  String keyOf(String peer, KeyType type) {
    List<String> shown = shown(peer, type);
    Optional<String> pinned = pins.key(peer, type);
    if (pinned.isPresent()) {
      if (!shown.contains(pinned.get())) {
        throw new KeyChangedException(peer, pinned.get(), shown.isEmpty() ? "" : shown.getFirst());
      }
      return pinned.get();
    }
    if (shown.isEmpty()) {
      throw new EncryptionException(
          "No key of " + peer + " is known; it has to bind its keys to its name");
    }
    pins.meet(peer, type, shown.getFirst());
    return shown.getFirst();
  }

  /// Checks a key that a peer used. The first is pinned, if the peer has bound it at the hub.
  ///
  /// @throws KeyChangedException when it is not the one that is pinned
  /// @throws EncryptionException when none is pinned, and the peer has not bound it
  void meet(String peer, KeyType type, String key) {
    if (peer.equals(login.agentId()) && own != null) {
      String mine = type == KeyType.ED25519 ? own.ed25519() : own.secp256k1();
      if (!mine.equals(key)) {
        throw new KeyChangedException(peer, mine, key);
      }
      return;
    }
    if (pins.key(peer, type).isEmpty() && !shown(peer, type).contains(key)) {
      throw new EncryptionException("unproven-key");
    }
    pins.meet(peer, type, key);
  }

  /// The keys that a peer has bound to its name at the hub; none where it is not known there.
  private List<String> shown(String peer, KeyType type) {
    try {
      var shown = new ArrayList<String>();
      JsonNode agent = calls.answer(Call.get("/agents/" + HubCalls.part(peer)), login);
      for (JsonNode key : agent.path("keys")) {
        String text = key.path("public_key").asString("");
        if (key.path("type").asString("").equals(type.word()) && text.matches("[0-9a-f]{64}")) {
          shown.add(text);
        }
      }
      return shown;
    } catch (ProblemException refused) {
      if (refused.status() == 404) {
        return List.of();
      }
      throw refused;
    }
  }
}
