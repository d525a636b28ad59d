package dev.meshkore.sdk;

import dev.meshkore.sdk.HubCalls.Call;
import dev.meshkore.sdk.HubCalls.Twice;
import tools.jackson.databind.JsonNode;

/// Binds an agent's keys to its name at a hub, by signing what the hub asks.
final class KeyBinding {
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
      String mine = keys.publicKey(type);
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
    String text = calls.answer(ask, login).path("challenge").asString("");
    var challenge = KeyChallenge.of(calls.hub(), login.agentId(), text);
    JsonNode body = challenge.answer(keys, type, environment.random());
    var unused = calls.answer(Call.post("/keys", body, Twice.HARMFUL), login);
  }
}
