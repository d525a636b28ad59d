package dev.meshkore.hub.identity;

import java.security.MessageDigest;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What the hub keeps of an agent's API key: SHA-256 of a key that the hub made, which nobody can
/// guess; or PBKDF2 with a salt of a key that somebody chose.
///
/// @param hash the hash
/// @param salt the salt of a chosen key, or null
public record ApiKeyHash(byte[] hash, byte @Nullable [] salt) {
  /// Of no key: nothing has such a hash.
  static final ApiKeyHash NONE = new ApiKeyHash(new byte[0], null);

  private static final Pattern MADE = Pattern.compile("mk_[A-Za-z0-9_-]{43}");
  private static final int SALT_BYTES = 16;
  private static final byte[] DUMMY_SALT = new byte[SALT_BYTES];

  /// Makes a key of 256 random bits.
  public static String makeKey(RandomGenerator random) {
    return "mk_" + Secrets.text(random, 32);
  }

  /// True where text has the form of a key that the hub makes.
  static boolean isMadeForm(String key) {
    return MADE.matcher(key).matches();
  }

  /// The hash of a key that the hub made.
  public static ApiKeyHash ofMade(String key) {
    return new ApiKeyHash(Sha256.of(key), null);
  }

  /// The hash of a key that a client chose. Takes a fifth of a second.
  static ApiKeyHash ofChosen(String key, RandomGenerator random, Pbkdf2 pbkdf2) {
    byte[] salt = Secrets.bytes(random, SALT_BYTES);
    return new ApiKeyHash(pbkdf2.hash(key, salt), salt);
  }

  /// True where this is the hash of a key that a client chose. As slow as [#ofChosen], and as slow
  /// where there is nothing to compare with.
  static boolean isOfChosen(@Nullable ApiKeyHash known, String key, Pbkdf2 pbkdf2) {
    byte[] salt = known == null ? null : known.salt;
    byte[] hash = pbkdf2.hash(key, salt == null ? DUMMY_SALT : salt);
    return known != null && salt != null && MessageDigest.isEqual(hash, known.hash);
  }

  /// True where this is the hash of a key that the hub made.
  boolean isOfMade(String key) {
    return salt == null && MessageDigest.isEqual(hash, Sha256.of(key));
  }
}
