package dev.meshkore.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;

import fr.acinq.secp256k1.Secp256k1;
import fr.acinq.secp256k1.Secp256k1Exception;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.spec.ChaCha20ParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// Encryption between two secp256k1 keys: version 2 of Nostr's NIP-44.
final class Nip44 {
  /// The longest text, in bytes of UTF-8.
  static final int TEXT_BYTES_MAX = 65_535;

  private static final byte VERSION = 2;
  private static final byte[] SALT = "nip44-v2".getBytes(UTF_8);
  private static final int NONCE = 32;
  private static final int MAC = 32;
  private static final int SMALLEST_PADDED = 32;
  private static final int DATA_MIN = 1 + NONCE + 2 + SMALLEST_PADDED + MAC;
  private static final int DATA_MAX = 1 << 20;

  private Nip44() {}

  /// The key that two parties share: of one's secret and the other's public key.
  static byte[] conversationKey(byte[] secret, byte[] peer) {
    byte[] compressed = new byte[33];
    compressed[0] = 2;
    System.arraycopy(peer, 0, compressed, 1, 32);
    try {
      Secp256k1 curve = Secp256k1.get();
      if (!curve.secKeyVerify(secret)) {
        throw new EncryptionException("The secret key is none of secp256k1");
      }
      // Not ecdh(), which hashes the point: NIP-44 takes its x as it is.
      byte[] point = curve.pubKeyTweakMul(compressed, secret);
      return Hashes.extract(SALT, Arrays.copyOfRange(point, 1, 33));
    } catch (Secp256k1Exception e) {
      throw new EncryptionException("The public key is none of secp256k1", e);
    }
  }

  static String encrypt(String text, byte[] conversationKey, byte[] nonce) {
    byte[] plain = text.getBytes(UTF_8);
    if (plain.length < 1 || plain.length > TEXT_BYTES_MAX) {
      throw new EncryptionException(
          "A text of "
              + plain.length
              + " bytes; from 1 to "
              + TEXT_BYTES_MAX
              + " can be encrypted");
    }
    ByteBuffer padded = ByteBuffer.allocate(2 + paddedLength(plain.length));
    padded.putShort((short) plain.length).put(plain);
    MessageKeys keys = MessageKeys.of(conversationKey, nonce);
    byte[] hidden = chaCha20(keys, padded.array());
    ByteBuffer data = ByteBuffer.allocate(1 + NONCE + hidden.length + MAC);
    data.put(VERSION).put(nonce).put(hidden).put(Hashes.hmac(keys.hmac, nonce, hidden));
    return Base64.getEncoder().encodeToString(data.array());
  }

  static String decrypt(String payload, byte[] conversationKey) {
    if (payload.isEmpty() || payload.charAt(0) == '#') {
      throw new EncryptionException("A version of encryption that is not known");
    }
    byte[] data = decoded(payload);
    if (data[0] != VERSION) {
      throw new EncryptionException("A version of encryption that is not known");
    }
    byte[] nonce = Arrays.copyOfRange(data, 1, 1 + NONCE);
    byte[] hidden = Arrays.copyOfRange(data, 1 + NONCE, data.length - MAC);
    byte[] mac = Arrays.copyOfRange(data, data.length - MAC, data.length);
    MessageKeys keys = MessageKeys.of(conversationKey, nonce);
    if (!MessageDigest.isEqual(Hashes.hmac(keys.hmac, nonce, hidden), mac)) {
      throw new EncryptionException("Not for this key, or changed on the way");
    }
    ByteBuffer padded = ByteBuffer.wrap(chaCha20(keys, hidden));
    int length = padded.getShort() & 0xffff;
    if (length == 0) {
      // Longer texts have a longer prefix. They are read and never written: not all can read them.
      length = padded.getInt();
      if (length <= TEXT_BYTES_MAX) {
        throw new EncryptionException("The padding is wrong");
      }
    }
    int start = padded.position();
    if (length > padded.remaining() || padded.capacity() != start + paddedLength(length)) {
      throw new EncryptionException("The padding is wrong");
    }
    try {
      return UTF_8.newDecoder().decode(padded.slice(start, length)).toString();
    } catch (CharacterCodingException e) {
      throw new EncryptionException("The text is not UTF-8", e);
    }
  }

  /// Lengths are rounded up, so that they tell less.
  static int paddedLength(int length) {
    if (length <= SMALLEST_PADDED) {
      return SMALLEST_PADDED;
    }
    int power = Integer.highestOneBit(length - 1) << 1;
    int chunk = power <= 256 ? 32 : power / 8;
    return chunk * ((length - 1) / chunk + 1);
  }

  private static byte[] decoded(String payload) {
    try {
      byte[] data = Base64.getDecoder().decode(payload);
      if (data.length < DATA_MIN || data.length > DATA_MAX) {
        throw new EncryptionException("A length that no encrypted text has");
      }
      return data;
    } catch (IllegalArgumentException e) {
      throw new EncryptionException("The encrypted text is not Base64", e);
    }
  }

  private static byte[] chaCha20(MessageKeys keys, byte[] data) {
    try {
      Cipher cipher = Cipher.getInstance("ChaCha20");
      cipher.init(
          Cipher.ENCRYPT_MODE,
          new SecretKeySpec(keys.cipher, "ChaCha20"),
          new ChaCha20ParameterSpec(keys.nonce, 0));
      return cipher.doFinal(data);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has ChaCha20", e);
    }
  }

  /// The keys of one message.
  record MessageKeys(byte[] cipher, byte[] nonce, byte[] hmac) {
    static MessageKeys of(byte[] conversationKey, byte[] nonce) {
      byte[] all = Hashes.expand(conversationKey, nonce, 76);
      return new MessageKeys(
          Arrays.copyOfRange(all, 0, 32),
          Arrays.copyOfRange(all, 32, 44),
          Arrays.copyOfRange(all, 44, 76));
    }
  }
}
