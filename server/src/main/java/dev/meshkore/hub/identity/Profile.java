package dev.meshkore.hub.identity;

import dev.meshkore.hub.problem.Refused;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What an agent says of itself when it joins.
///
/// @param description free text
/// @param capabilities what it can do
/// @param publicKey its Ed25519 key, or null
/// @param practice how it works
public record Profile(
    String description, List<String> capabilities, byte @Nullable [] publicKey, Practice practice) {
  /// Says nothing.
  public static final Profile EMPTY = new Profile("", List.of(), null, Practice.NONE);

  private static final int PUBLIC_KEY_CHARACTERS = 43;

  /// Refuses what a profile may not say.
  public Profile {
    description = ProfileFields.description(description);
    capabilities = ProfileFields.capabilities(capabilities);
  }

  /// A profile without a key.
  public static Profile of(String description, List<String> capabilities) {
    return new Profile(description, capabilities, null, Practice.NONE);
  }

  /// The same, and how it works.
  public Profile with(Practice other) {
    return new Profile(description, capabilities, publicKey, other);
  }

  /// Reads an Ed25519 key, 32 bytes in unpadded base64url.
  static byte[] publicKey(String text) {
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(text);
      if (text.length() == PUBLIC_KEY_CHARACTERS && Secrets.base64Url(bytes).equals(text)) {
        return bytes;
      }
    } catch (IllegalArgumentException _) {
      // Answered below, like a key of another length.
    }
    throw Refused.field("public_key", "public_key must be 32 bytes in unpadded base64url");
  }
}
