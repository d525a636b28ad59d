package dev.meshkore.hub.catalog;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.util.Base64URL;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.keys.Key;
import dev.meshkore.hub.keys.KeyType;
import dev.meshkore.hub.problem.Refused;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.HexFormat;
import java.util.Locale;
import org.erdtman.jcs.JsonCanonicalizer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What the signature of an A2A card is worth (specification §8.4: JWS over JCS). Only a key that
/// the card's own host serves tells anything: whoever writes a card may name keys of others.
final class CardSignature {
  /// What it is worth.
  enum Worth {
    /// There is none.
    UNSIGNED,
    /// There is one, but no key of the card's host to verify it by.
    UNVERIFIED,
    /// A key of the card's host made it.
    VERIFIED;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Documents documents;

  CardSignature(Documents documents) {
    this.documents = documents;
  }

  /// What the signatures of a card at an address are worth.
  ///
  /// @throws Refused when one that can be verified is wrong
  Worth of(URI url, ObjectNode card) {
    JsonNode signatures = card.path("signatures");
    if (!signatures.isArray() || signatures.isEmpty()) {
      return Worth.UNSIGNED;
    }
    ObjectNode bare = card.deepCopy();
    bare.remove("signatures");
    Worth worth = Worth.UNVERIFIED;
    int looked = 0;
    for (JsonNode one : signatures) {
      if (looked++ < 3 && isBy(url, bare, one)) {
        worth = Worth.VERIFIED;
      }
    }
    return worth;
  }

  /// False where there is nothing to verify it by.
  private boolean isBy(URI url, ObjectNode bare, JsonNode signature) {
    try {
      var head = Base64URL.from(signature.path("protected").asString(""));
      JWSHeader header = JWSHeader.parse(head);
      URI keySet = header.getJWKURL();
      if (keySet == null || !isSameHost(url, keySet)) {
        return false;
      }
      JsonNode key = key(documents.get(keySet), String.valueOf(header.getKeyID()));
      if (key == null) {
        return false;
      }
      var canonical = new JsonCanonicalizer(new String(Json.bytes(bare), StandardCharsets.UTF_8));
      String input = head + "." + Base64URL.encode(canonical.getEncodedUTF8());
      var bytes = Base64URL.from(signature.path("signature").asString(""));
      if (!verifies(header, key, input.getBytes(StandardCharsets.US_ASCII), bytes)) {
        throw Refused.field("signatures", "The card's signature is not by the key that it names");
      }
      return true;
    } catch (ParseException | JOSEException | IOException _) {
      return false;
    }
  }

  private static boolean verifies(JWSHeader header, JsonNode key, byte[] input, Base64URL signature)
      throws ParseException, JOSEException {
    if (key.path("kty").asString("").equals("OKP")) {
      byte[] x = Base64URL.from(key.path("x").asString("")).decode();
      boolean isEdDsa =
          header.getAlgorithm().getName().equals("EdDSA")
              && key.path("crv").asString("").equals("Ed25519");
      return isEdDsa
          && x.length == 32
          && Key.of(KeyType.ED25519, "x", HexFormat.of().formatHex(x))
              .verifies(input, signature.decode());
    }
    JWK jwk = JWK.parse(key.toString());
    JWSVerifier verifier =
        switch (key.path("kty").asString("")) {
          case "EC" -> new ECDSAVerifier(jwk.toECKey());
          case "RSA" -> new RSASSAVerifier(jwk.toRSAKey());
          default -> throw new JOSEException("Not a key for signatures");
        };
    return verifier.supportedJWSAlgorithms().contains(header.getAlgorithm())
        && verifier.verify(header, input, signature);
  }

  private static @Nullable JsonNode key(ObjectNode set, String id) {
    for (JsonNode key : set.path("keys")) {
      if (key.path("kid").asString("").equals(id)) {
        return key;
      }
    }
    return null;
  }

  private static boolean isSameHost(URI card, URI keySet) {
    return String.valueOf(card.getScheme()).equalsIgnoreCase(keySet.getScheme())
        && String.valueOf(card.getHost()).equalsIgnoreCase(keySet.getHost())
        && card.getPort() == keySet.getPort();
  }
}
