package dev.meshkore.hub.audit;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/// SHA-256 with one `MessageDigest` that is used again and again. Not thread-safe.
final class Digests {
  static final int BYTES = 32;

  private static final byte[] OPEN = {'{'};

  private final MessageDigest sha;
  private final byte[] scratch = new byte[BYTES];

  Digests() {
    try {
      this.sha = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /// The hash of a leaf (RFC 6962 §2.1), put where it belongs.
  void leaf(byte[] record, int length, byte[] out, int offset) {
    sha.update((byte) 0);
    sha.update(record, 0, length);
    finish(out, offset);
  }

  byte[] leaf(byte[] record) {
    byte[] out = new byte[BYTES];
    leaf(record, record.length, out, 0);
    return out;
  }

  /// The hash of two neighbours in `from` (RFC 6962 §2.1).
  void node(byte[] from, int offset, byte[] out, int outOffset) {
    sha.update((byte) 1);
    sha.update(from, offset, 2 * BYTES);
    finish(out, outOffset);
  }

  byte[] node(byte[] left, byte[] right) {
    sha.update((byte) 1);
    sha.update(left);
    sha.update(right);
    return sha.digest();
  }

  /// The hash of a tree without leaves.
  byte[] empty() {
    return sha.digest();
  }

  /// The salt of the message with this number in its row.
  byte[] salt(byte[] seed, int number) {
    sha.update(seed);
    sha.update(ByteBuffer.allocate(Integer.BYTES).putInt(number).array());
    finish(scratch, 0);
    return java.util.Arrays.copyOf(scratch, Salts.SALT_BYTES);
  }

  /// The salted digest of bytes, as leaves say it.
  String text(byte[] salt, byte[] content, int offset, int length) {
    sha.update(salt);
    sha.update(content, offset, length);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(sha.digest());
  }

  /// The salted digest of a message, of which a journal leaves out the opening brace.
  byte[] message(byte[] salt, byte[] row, int offset, int length) {
    sha.update(salt);
    sha.update(OPEN);
    sha.update(row, offset, length);
    finish(scratch, 0);
    return Base64.getUrlEncoder().withoutPadding().encode(scratch);
  }

  private void finish(byte[] out, int offset) {
    try {
      sha.digest(out, offset, BYTES);
    } catch (DigestException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
