package dev.meshkore.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.meshkore.sdk.HubCalls.Call;
import dev.meshkore.sdk.HubCalls.Twice;
import java.util.HexFormat;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Binds an agent's keys to its name at a hub, by signing what the hub asks.
final class KeyBinding {
  private static final HexFormat HEX = HexFormat.of();

  private final HubCalls calls;
  private final Login login;
  private final Keys keys;
  private final Environment environment;

  KeyBinding(HubCalls calls, Login login, Keys keys, Environment environment) {
    this.calls = calls;
    this.login = login;
    this.keys = keys;
    this.environment = environment;
  }

  /// Binds both keys. One that is bound already stays, and one of another seed is replaced.
  void bind() {
    JsonNode bound = calls.answer(Call.get("/keys"), login).path("keys");
    for (KeyType type : KeyType.values()) {
      String mine = type == KeyType.ED25519 ? keys.ed25519() : keys.secp256k1();
      boolean isBound = false;
      for (JsonNode one : bound) {
        isBound |= one.path("public_key").asString("").equals(mine);
      }
      if (!isBound) {
        bind(type);
      }
    }
  }

  private void bind(KeyType type) {
    Call ask = Call.post("/keys/challenge", null, Twice.HARMLESS);
    String challenge = calls.answer(ask, login).path("challenge").asString("");
    // What another hub asks is not signed: it could bind the key there to a name of its choice.
    String expected = "meshkore-key/1\n" + calls.hub() + "\n" + login.agentId() + "\n";
    if (!challenge.startsWith(expected) || challenge.indexOf('\n', expected.length()) >= 0) {
      throw new EncryptionException(
          "The hub asks for another signature than that of "
              + login.agentId()
              + " at "
              + calls.hub()
              + "; use the URL by which the hub names itself");
    }
    byte[] text = challenge.getBytes(UTF_8);
    ObjectNode body = Json.object();
    body.put("type", type.word());
    body.put("challenge", challenge);
    switch (type) {
      case ED25519 -> {
        body.put("public_key", keys.ed25519());
        body.put("signature", HEX.formatHex(keys.sign(text)));
      }
      case SECP256K1 -> {
        // The whole point, so that the hub knows which of two EVM addresses is meant.
        body.put("public_key", HEX.formatHex(keys.compressed()));
        byte[] signature = keys.signSchnorr(Hashes.sha256(text), environment.random());
        body.put("signature", HEX.formatHex(signature));
      }
    }
    var unused = calls.answer(Call.post("/keys", body, Twice.HARMFUL), login);
  }
}
