package dev.meshkore.sdk;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.digests.KeccakDigest;

/// SHA-256 and what is made of it, and Keccak-256.
final class Hashes {
  private static final int HASH_BYTES = 32;

  private Hashes() {}

  static byte[] sha256(byte[] data) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(data);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /// Keccak-256 over parts one after another, as Ethereum hashes.
  static byte[] keccak(byte[]... parts) {
    var digest = new KeccakDigest(8 * HASH_BYTES);
    for (byte[] part : parts) {
      digest.update(part, 0, part.length);
    }
    byte[] out = new byte[HASH_BYTES];
    digest.doFinal(out, 0);
    return out;
  }

  static byte[] hmac(byte[] key, byte[]... parts) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      for (byte[] part : parts) {
        mac.update(part);
      }
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }

  /// HKDF's first half (RFC 5869). An empty salt stands for 32 zeros.
  static byte[] extract(byte[] salt, byte[] material) {
    return hmac(salt.length == 0 ? new byte[HASH_BYTES] : salt, material);
  }

  /// HKDF's second half.
  static byte[] expand(byte[] key, byte[] info, int length) {
    byte[] out = new byte[length];
    byte[] block = new byte[0];
    for (int done = 0, counter = 1; done < length; done += HASH_BYTES, counter++) {
      block = hmac(key, block, info, new byte[] {(byte) counter});
      System.arraycopy(block, 0, out, done, Math.min(HASH_BYTES, length - done));
    }
    Arrays.fill(block, (byte) 0);
    return out;
  }
}
