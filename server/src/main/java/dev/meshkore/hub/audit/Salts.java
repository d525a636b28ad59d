package dev.meshkore.hub.audit;

import java.util.Arrays;

/// The salts of one journal row's messages. At first they come out of one seed. Once a message is
/// erased, the seed is gone: the salts of the others are kept one by one, and of the erased message
/// only the digest that its leaf has.
final class Salts {
  static final int SALT_BYTES = 16;
  static final int SEED_BYTES = 32;

  private static final int ONE_BYTES = 1 + Digests.BYTES;
  private static final byte KEPT = 1;
  private static final byte ERASED = 2;

  private final byte[] stored;

  /// The salts as they are stored: a seed, or for each message a mark and a salt or digest.
  Salts(byte[] stored) {
    this.stored = stored;
  }

  byte[] stored() {
    return stored;
  }

  boolean isErased(int number) {
    return !isSeed() && stored[number * ONE_BYTES] == ERASED;
  }

  /// The salt of a message that is not erased.
  byte[] salt(int number, Digests digests) {
    if (isSeed()) {
      return digests.salt(stored, number);
    }
    int at = number * ONE_BYTES + 1;
    return Arrays.copyOfRange(stored, at, at + SALT_BYTES);
  }

  /// The digest of a message, in base64url, from its bytes or from what an erased one left.
  byte[] digest(int number, Digests digests, byte[] row, int offset, int length) {
    if (isErased(number)) {
      int at = number * ONE_BYTES + 1;
      return java.util.Base64.getUrlEncoder()
          .withoutPadding()
          .encode(Arrays.copyOfRange(stored, at, at + Digests.BYTES));
    }
    return digests.message(salt(number, digests), row, offset, length);
  }

  /// The salts after one message is erased.
  Salts without(int number, int count, byte[] digest, Digests digests) {
    byte[] next = new byte[count * ONE_BYTES];
    for (int i = 0; i < count; i++) {
      int at = i * ONE_BYTES;
      if (i == number) {
        next[at] = ERASED;
        System.arraycopy(digest, 0, next, at + 1, Digests.BYTES);
      } else if (isErased(i)) {
        System.arraycopy(stored, at, next, at, ONE_BYTES);
      } else {
        next[at] = KEPT;
        System.arraycopy(salt(i, digests), 0, next, at + 1, SALT_BYTES);
      }
    }
    return new Salts(next);
  }

  private boolean isSeed() {
    return stored.length == SEED_BYTES;
  }
}
