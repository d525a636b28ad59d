package dev.meshkore.hub.owner;

import dev.meshkore.hub.keys.Key;
import dev.meshkore.hub.keys.KeyType;
import dev.meshkore.hub.problem.Refused;
import java.util.Base64;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// What an owner may say of itself.
///
/// @param name what it calls itself
/// @param publicKey its Ed25519 key, or null
/// @param nostrKey its secp256k1 key, x only, or null
/// @param p256Key its key of P-256, a point without compression, or null
/// @param requiresMandates whether its agents may do only what a mandate allows
record OwnerFields(
    String name,
    byte @Nullable [] publicKey,
    byte @Nullable [] nostrKey,
    byte @Nullable [] p256Key,
    boolean requiresMandates) {
  private static final int NAME_CHARACTERS_MAX = 100;
  private static final int KEY_BYTES = 32;

  static String name(String text) {
    String name = text.strip();
    boolean isPlain =
        name.codePoints()
            .noneMatch(point ->
                Character.isISOControl(point) || Character.getType(point) == Character.FORMAT);
    if (name.isEmpty() || name.length() > NAME_CHARACTERS_MAX || !isPlain) {
      throw Refused.field(
          "name",
          "name must be 1 to " + NAME_CHARACTERS_MAX + " characters without control characters");
    }
    return name;
  }

  /// Reads an Ed25519 key, 32 bytes in unpadded base64url.
  static byte[] publicKey(String text) {
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(text);
      String again = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
      if (bytes.length == KEY_BYTES && again.equals(text)) {
        String hex = HexFormat.of().formatHex(bytes);
        return Key.of(KeyType.ED25519, "public_key", hex).bytes();
      }
    } catch (IllegalArgumentException _) {
      // Answered below, like a key of another length.
    }
    throw Refused.field(
        "public_key", "public_key must be an Ed25519 key, 32 bytes in unpadded base64url");
  }

  /// Reads a secp256k1 key, 32 bytes in hexadecimal digits.
  static byte[] nostrKey(String text) {
    return Key.of(KeyType.SECP256K1, "nostr_key", text).bytes();
  }

  /// Reads a key of P-256, 65 bytes in unpadded base64url.
  static byte[] p256Key(String text) {
    return PublicJwk.P256.of("p256_key", Secrets.bytes(text).orElse(new byte[0])).bytes();
  }

  static boolean requiresMandates(String text) {
    return switch (text) {
      case "required" -> true;
      case "optional" -> false;
      default -> throw Refused.field("mandates", "mandates must be required or optional");
    };
  }
}
