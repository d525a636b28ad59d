package dev.meshkore.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.security.SecureRandom;
import java.util.HexFormat;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a hub gives an agent to sign, so that a key becomes the agent's there. [MeshKoreAgent]
/// answers it by itself; this is for whoever calls `POST /keys/challenge` and `POST /keys` by other
/// means. Immutable.
public final class KeyChallenge {
  private static final HexFormat HEX = HexFormat.of();

  private final String text;

  private KeyChallenge(String text) {
    this.text = text;
  }

  /// Reads the `challenge` that a hub has answered. What another hub asks is not signed: it could
  /// bind the key there to a name of its choice.
  ///
  /// @param hub its URL, as it names itself
  /// @throws EncryptionException when it is not for this agent at this hub
  public static KeyChallenge of(URI hub, String agentId, String text) {
    String name = hub.toString().replaceFirst("/+$", "");
    String expected = "meshkore-key/1\n" + name + "\n" + agentId + "\n";
    if (!text.startsWith(expected) || text.indexOf('\n', expected.length()) >= 0) {
      throw new EncryptionException(
          "The hub asks for another signature than that of "
              + agentId
              + " at "
              + name
              + "; use the URL by which the hub names itself");
    }
    return new KeyChallenge(text);
  }

  /// The body of the `POST /keys` that binds one of the agent's keys.
  public JsonNode answer(Keys keys, KeyType type, SecureRandom random) {
    byte[] signed = text.getBytes(UTF_8);
    ObjectNode body = Json.object();
    body.put("type", type.word());
    body.put("challenge", text);
    switch (type) {
      case ED25519 -> {
        body.put("public_key", keys.ed25519());
        body.put("signature", HEX.formatHex(keys.sign(signed)));
      }
      case SECP256K1 -> {
        // The whole point, so that the hub knows which of two EVM addresses is meant.
        body.put("public_key", HEX.formatHex(keys.compressed()));
        byte[] signature = keys.signSchnorr(Hashes.sha256(signed), random);
        body.put("signature", HEX.formatHex(signature));
      }
    }
    return body;
  }

  @Override
  public String toString() {
    return text;
  }
}
