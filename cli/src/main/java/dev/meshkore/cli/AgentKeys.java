package dev.meshkore.cli;

import dev.meshkore.sdk.EncryptionException;
import dev.meshkore.sdk.KeyChallenge;
import dev.meshkore.sdk.KeyType;
import dev.meshkore.sdk.Keys;
import java.security.SecureRandom;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The keys of an agent: the seed of a profile, and what the hub knows as the agent's.
final class AgentKeys implements AutoCloseable {
  private final Profile profile;
  private final KeyFile file;
  private final HubClient hub;

  AgentKeys(Profile profile, KeyFile file) {
    this.profile = profile;
    this.file = file;
    this.hub = new HubClient(profile.hub(), profile.apiKey());
  }

  /// The names that the keys have, and whether they are bound; nothing of the seed.
  ObjectNode show() {
    return shown(file.exists() ? file.open() : null);
  }

  /// Makes a seed where there is none, and binds its keys; those that are bound already stay.
  ///
  /// @param mayReplace whether keys of another seed may be made void
  ObjectNode bind(boolean mayReplace) {
    var bound = bound();
    if (!mayReplace) {
      requireNoOther(bound, file.exists() ? List.of(file.open()) : List.of());
    }
    var keys = file.open();
    bind(keys, bound);
    return shown(keys);
  }

  /// Binds keys of a new seed in the place of those that there are. What was interrupted goes on
  /// where it was.
  ObjectNode rotate() {
    if (!file.exists()) {
      throw new CommandFailed(
          Exit.USER,
          "There are no keys to replace",
          file.path() + " does not exist",
          file.command("keys new") + " makes the first.");
    }
    var former = file.open();
    var next = file.next();
    var bound = bound();
    requireNoOther(bound, next.exists() ? List.of(former, next.open()) : List.of(former));
    var keys = next.open();
    bind(keys, bound);
    var kept = file.follow();
    return shown(keys).put("former_seed", kept.toString());
  }

  @Override
  public void close() {
    hub.close();
  }

  private JsonNode bound() {
    return hub.get("/keys").path("keys");
  }

  /// What is replaced is void for good, so nobody's keys are replaced by mistake.
  private void requireNoOther(JsonNode bound, List<Keys> known) {
    var others = others(bound, known);
    if (others.isEmpty()) {
      return;
    }
    var names = new StringBuilder();
    others.forEach(one ->
        names.append(Json.text(one, "type") + " " + Json.text(one, "public_key")).append('\n'));
    throw new CommandFailed(
        Exit.USER,
        "The agent has keys at the hub that are not of this profile",
        names.toString().strip(),
        file.next().exists()
            ? file.command("keys rotate") + " ends what was begun."
            : "Copy their seed to "
                + file.path()
                + " (chmod 600). If it is lost, "
                + file.command("keys new --replace")
                + " makes them void for good, and binds others.");
  }

  private static ArrayNode others(JsonNode bound, List<Keys> known) {
    var others = Json.array();
    for (var one : bound) {
      var isKnown = false;
      for (var keys : known) {
        for (var type : KeyType.values()) {
          isKnown |= keys.publicKey(type).equals(Json.text(one, "public_key"));
        }
      }
      if (!isKnown) {
        others.add(one);
      }
    }
    return others;
  }

  private void bind(Keys keys, JsonNode bound) {
    for (var type : KeyType.values()) {
      if (bindingOf(keys.publicKey(type), bound) == null) {
        var text = Json.text(hub.post("/keys/challenge", Json.object()), "challenge");
        bind(keys, type, text);
      }
    }
  }

  private void bind(Keys keys, KeyType type, String text) {
    try {
      var challenge = KeyChallenge.of(profile.hub(), profile.agentId(), text);
      var _ = hub.post("/keys", challenge.answer(keys, type, new SecureRandom()));
    } catch (EncryptionException e) {
      throw new CommandFailed(
          Exit.OTHER,
          "The hub asks to sign something else",
          Causes.of(e),
          "Nothing was signed. If the hub has another URL now, correct `url` in the profile.");
    } catch (CommandFailed refused) {
      throw refused.is("key-taken")
          ? refused.explained(
              "It is another agent's, or it was made void before",
              file.command("keys rotate") + " makes others.")
          : refused;
    }
  }

  private static @Nullable JsonNode bindingOf(String publicKey, JsonNode bound) {
    for (var one : bound) {
      if (Json.text(one, "public_key").equals(publicKey)) {
        return one;
      }
    }
    return null;
  }

  private ObjectNode shown(@Nullable Keys keys) {
    var bound = bound();
    var shown = Json.object().put("agent_id", profile.agentId());
    shown.put("url", profile.hub().toString());
    shown.put("seed", keys == null ? null : file.path().toString());
    var list = Json.array();
    if (keys != null) {
      shown.put("did_key", keys.didKey()).put("npub", keys.npub());
      shown.put("evm_address", keys.evmAddress()).put("solana_address", keys.solanaAddress());
      for (var type : KeyType.values()) {
        var binding = bindingOf(keys.publicKey(type), bound);
        var one = list.addObject().put("type", type.word());
        one.put("public_key", keys.publicKey(type)).put("bound", binding != null);
        if (binding != null) {
          one.put("bound_at", Json.text(binding, "bound_at"));
        }
      }
    }
    shown.set("keys", list);
    shown.set("others", others(bound, keys == null ? List.of() : List.of(keys)));
    return shown;
  }
}
