package dev.meshkore.hub.deeds;

import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.identity.AgentKeys;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.keys.Key;
import dev.meshkore.hub.keys.KeyType;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Proves who made a move. Who has an Ed25519 key signs by it what binds it; of everybody else the
/// hub says how it knew who called.
public final class Signatures {
  private static final Pattern SIGNATURE = Pattern.compile("[0-9a-fA-F]{128}");

  private final AgentKeys agentKeys;

  /// Knows agents by these keys.
  public Signatures(AgentKeys agentKeys) {
    this.agentKeys = agentKeys;
  }

  /// The signature that a body carries, if any.
  public static Optional<byte[]> read(Fields fields) {
    return fields
        .optionalText("signature")
        .map(text -> {
          if (!SIGNATURE.matcher(text).matches()) {
            throw Refused.field("signature", "signature must be 64 bytes in hexadecimal");
          }
          return HexFormat.of().parseHex(text);
        });
  }

  /// The proof of a move by its caller.
  ///
  /// @param isBinding whether it binds the caller, who then signs it if it can
  /// @throws Refused when it is signed by no key of the caller, or must be signed
  public JsonNode prove(
      Transaction transaction,
      Caller.OfAgent caller,
      JsonNode move,
      Optional<byte[]> signature,
      boolean isBinding)
      throws SQLException {
    List<Key> keys = agentKeys.ofAgent(transaction, caller.number(), KeyType.ED25519);
    if (signature.isEmpty()) {
      if (isBinding && !keys.isEmpty()) {
        throw new Refused(
            ProblemType.MOVE_UNSIGNED,
            "You have a key: sign the move; the same call with prepare true answers its bytes");
      }
      return byHub(caller.proof().way().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }
    byte[] bytes = Canonical.bytes(move);
    for (Key key : keys) {
      if (key.verifies(bytes, signature.get())) {
        ObjectNode proof = Json.object();
        proof.put("by", "key");
        proof.put("type", key.type().word());
        proof.put("public_key", key.hex());
        proof.put("signature", HexFormat.of().formatHex(signature.get()));
        return proof;
      }
    }
    throw Refused.field("signature", "signature is not by a key of yours over this move");
  }

  /// A proof that is the hub's word.
  public static JsonNode byHub(String way) {
    return Json.object().put("by", "hub").put("way", way);
  }

  /// What is wrong with the proof of a link as it is shown, if anything is. What only the hub says
  /// is as good as the hub's signature over the whole.
  public static Optional<String> fault(JsonNode link) {
    JsonNode proof = link.path("proof");
    return switch (proof.path("by").asString("")) {
      case "hub" -> Optional.empty();
      case "key" -> fault(link.path("move"), proof);
      default -> Optional.of("nothing proves it");
    };
  }

  private static Optional<String> fault(JsonNode move, JsonNode proof) {
    try {
      Key key = Key.of(KeyType.ED25519, "public_key", proof.path("public_key").asString(""));
      byte[] signature = HexFormat.of().parseHex(proof.path("signature").asString(""));
      return key.verifies(Canonical.bytes(move), signature)
          ? Optional.empty()
          : Optional.of("its signature is not by its key");
    } catch (Refused | IllegalArgumentException _) {
      return Optional.of("its key or signature cannot be read");
    }
  }

  /// What a caller that asked for it is given to sign. Nothing is stored.
  public static ObjectNode prepared(JsonNode move) {
    ObjectNode json = Json.object();
    json.set("move", move);
    json.put("canonical", Canonical.text(move));
    json.put("hash", Canonical.hash(move));
    return json;
  }
}
