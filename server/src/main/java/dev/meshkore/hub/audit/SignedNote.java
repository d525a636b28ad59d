package dev.meshkore.hub.audit;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;

/// Notes with Ed25519 signatures (C2SP signed-note), and the keys that check them.
public final class SignedNote {
  static final byte ED25519 = 1;

  /// Of a witness (C2SP tlog-cosignature): the time is signed, too.
  static final byte COSIGNATURE = 4;

  static final int KEY_BYTES = 32;

  private static final String DASH = "\u2014 ";
  private static final byte[] DER_HEAD = HexFormat.of().parseHex("302a300506032b6570032100");
  private static final int ID_BYTES = 4;

  private SignedNote() {}

  /// A key that checks notes, as text: name, key id and key.
  ///
  /// @param name whose it is
  /// @param type how it signs
  /// @param publicKey 32 bytes
  public record Verifier(String name, byte type, byte[] publicKey) {
    /// Reads a log's `name+id+key`; empty where it is none, or its id is not the key's.
    public static Optional<Verifier> read(String vkey) {
      return read(vkey, ED25519);
    }

    /// The same of a witness.
    public static Optional<Verifier> readCosigner(String vkey) {
      return read(vkey, COSIGNATURE);
    }

    private static Optional<Verifier> read(String vkey, byte type) {
      String[] parts = vkey.strip().split("\\+", 3);
      if (parts.length != 3 || parts[0].isEmpty()) {
        return Optional.empty();
      }
      try {
        byte[] typed = Base64.getDecoder().decode(parts[2]);
        if (typed.length != KEY_BYTES + 1 || typed[0] != type) {
          return Optional.empty();
        }
        var verifier = new Verifier(parts[0], type, Arrays.copyOfRange(typed, 1, typed.length));
        boolean isItsId = HexFormat.of().formatHex(verifier.id()).equals(parts[1]);
        return isItsId ? Optional.of(verifier) : Optional.empty();
      } catch (IllegalArgumentException _) {
        return Optional.empty();
      }
    }

    /// The key as text.
    public String vkey() {
      byte[] typed = new byte[KEY_BYTES + 1];
      typed[0] = type;
      System.arraycopy(publicKey, 0, typed, 1, KEY_BYTES);
      return name
          + "+"
          + HexFormat.of().formatHex(id())
          + "+"
          + Base64.getEncoder().encodeToString(typed);
    }

    byte[] id() {
      try {
        MessageDigest sha = MessageDigest.getInstance("SHA-256");
        sha.update((name + "\n").getBytes(StandardCharsets.UTF_8));
        sha.update(type);
        sha.update(publicKey);
        return Arrays.copyOf(sha.digest(), ID_BYTES);
      } catch (GeneralSecurityException impossible) {
        throw new IllegalStateException(impossible);
      }
    }

    /// The text of a note that this key signed; empty where it did not.
    public Optional<String> open(String note) {
      int end = note.indexOf("\n\n");
      if (end < 0) {
        return Optional.empty();
      }
      String text = note.substring(0, end + 1);
      String head = DASH + name + " ";
      return note.substring(end + 2)
              .lines()
              .filter(line -> line.startsWith(head))
              .anyMatch(line -> isSignature(text, line.substring(head.length())))
          ? Optional.of(text)
          : Optional.empty();
    }

    private boolean isSignature(String text, String base64) {
      try {
        byte[] bytes = Base64.getDecoder().decode(base64);
        if (bytes.length < ID_BYTES || !Arrays.equals(bytes, 0, ID_BYTES, id(), 0, ID_BYTES)) {
          return false;
        }
        int start = ID_BYTES;
        String signed = text;
        if (type == COSIGNATURE) {
          if (bytes.length < ID_BYTES + Long.BYTES) {
            return false;
          }
          signed = witnessed(text, ByteBuffer.wrap(bytes, ID_BYTES, Long.BYTES).getLong());
          start += Long.BYTES;
        }
        var check = Signature.getInstance("Ed25519");
        check.initVerify(key());
        check.update(signed.getBytes(StandardCharsets.UTF_8));
        return check.verify(bytes, start, bytes.length - start);
      } catch (IllegalArgumentException | GeneralSecurityException _) {
        return false;
      }
    }

    private PublicKey key() throws GeneralSecurityException {
      byte[] der = Arrays.copyOf(DER_HEAD, DER_HEAD.length + KEY_BYTES);
      System.arraycopy(publicKey, 0, der, DER_HEAD.length, KEY_BYTES);
      return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(der));
    }
  }

  /// What a witness signs.
  static String witnessed(String text, long seconds) {
    return "cosignature/v1\ntime " + seconds + "\n" + text;
  }

  /// The line that a signature is in a note.
  static String line(Verifier verifier, byte[] signature) {
    byte[] bytes = Arrays.copyOf(verifier.id(), ID_BYTES + signature.length);
    System.arraycopy(signature, 0, bytes, ID_BYTES, signature.length);
    return DASH + verifier.name() + " " + Base64.getEncoder().encodeToString(bytes) + "\n";
  }
}
