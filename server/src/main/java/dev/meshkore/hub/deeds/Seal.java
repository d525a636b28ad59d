package dev.meshkore.hub.deeds;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.identity.SigningKeys;
import dev.meshkore.hub.keys.Key;
import dev.meshkore.hub.keys.KeyType;
import dev.meshkore.hub.problem.Refused;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The hub's signature over a document that stands by itself: a detached JWS over its canonical
/// form. Thread-safe.
public final class Seal {
  private static final String MEMBER = "hub_signature";

  private final SigningKeys keys;
  private final Supplier<String> hubUrl;

  /// Signs by these keys, for a hub that is reached at this URL.
  public Seal(SigningKeys keys, Supplier<String> hubUrl) {
    this.keys = keys;
    this.hubUrl = hubUrl;
  }

  /// Adds `hub_signature`, which covers all that is in the document before.
  public void put(ObjectNode document) {
    SigningKeys.Jws jws =
        keys.sign(Canonical.bytes(document), hubUrl.get() + "/.well-known/jwks.json");
    document
        .putObject(MEMBER)
        .put("protected", jws.protectedHeader())
        .put("signature", jws.signature());
  }

  /// Whether one of a hub's keys has signed all of a document but the signature.
  ///
  /// @param hubKeys as the hub's `/.well-known/jwks.json` answers them
  public static boolean isBy(JsonNode hubKeys, ObjectNode document) {
    try {
      ObjectNode whole = document.deepCopy();
      whole.remove(MEMBER);
      JsonNode jws = document.path(MEMBER);
      String header = text(jws, "protected");
      JsonNode head = Json.own(Base64.getUrlDecoder().decode(header));
      byte[] signature = Base64.getUrlDecoder().decode(text(jws, "signature"));
      String payload =
          Base64.getUrlEncoder().withoutPadding().encodeToString(Canonical.bytes(whole));
      byte[] signed = (header + "." + payload).getBytes(StandardCharsets.US_ASCII);
      return text(head, "alg").equals("EdDSA")
          && !head.has("crit")
          && hubKeys
              .path("keys")
              .valueStream()
              .filter(key -> text(key, "kid").equals(text(head, "kid")))
              .map(key -> HexFormat.of().formatHex(Base64.getUrlDecoder().decode(text(key, "x"))))
              .anyMatch(hex -> Key.of(KeyType.ED25519, "x", hex).verifies(signed, signature));
    } catch (Refused | IllegalArgumentException _) {
      return false;
    }
  }

  private static String text(JsonNode json, String name) {
    return json.path(name).asString("");
  }
}
