package dev.meshkore.hub.audit;

import dev.meshkore.hub.store.Database;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;

/// The key that signs the log's heads, and nothing else; or that of a witness. It is made once and
/// stays: who kept a head can check all later ones with it.
final class LogKey {
  /// What a key is for.
  enum Use {
    /// The heads of this log.
    LOG(1, SignedNote.ED25519, "/audit"),
    /// The heads of others.
    WITNESS(2, SignedNote.COSIGNATURE, "/witness");

    private final int row;
    private final byte type;
    private final String suffix;

    Use(int row, byte type, String suffix) {
      this.row = row;
      this.type = type;
      this.suffix = suffix;
    }
  }

  private static final int NAME_BYTES = 6;

  private final SignedNote.Verifier verifier;
  private final PrivateKey privateKey;

  private LogKey(SignedNote.Verifier verifier, PrivateKey privateKey) {
    this.verifier = verifier;
    this.privateKey = privateKey;
  }

  /// The key of this database, made here where there is none.
  ///
  /// @param name the hub's address without scheme, or "" where it has none of its own
  static LogKey openOrMake(Database database, SecureRandom random, String name, Use use) {
    SqlAudit.Key stored =
        database
            .read(reader -> SqlAudit.key(reader, use.row))
            .orElseGet(() -> {
              SqlAudit.Key made = make(random, name, use);
              return database.write(transaction -> {
                SqlAudit.insertKey(transaction, use.row, made);
                return SqlAudit.key(transaction, use.row).orElseThrow();
              });
            });
    try {
      PrivateKey privateKey =
          KeyFactory.getInstance("Ed25519")
              .generatePrivate(new PKCS8EncodedKeySpec(stored.privateKey()));
      return new LogKey(
          new SignedNote.Verifier(stored.origin(), use.type, stored.publicKey()), privateKey);
    } catch (GeneralSecurityException cause) {
      throw new IllegalStateException("The key of the audit log is damaged", cause);
    }
  }

  private static SqlAudit.Key make(SecureRandom random, String name, Use use) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
      generator.initialize(NamedParameterSpec.ED25519, random);
      KeyPair pair = generator.generateKeyPair();
      byte[] encoded = pair.getPublic().getEncoded();
      byte[] raw =
          Arrays.copyOfRange(encoded, encoded.length - SignedNote.KEY_BYTES, encoded.length);
      String own = "meshkore-" + HexFormat.of().formatHex(raw, 0, NAME_BYTES);
      String origin = (name.isEmpty() ? own : name.replaceAll("[\\s+]", "_")) + use.suffix;
      return new SqlAudit.Key(origin, pair.getPrivate().getEncoded(), raw);
    } catch (GeneralSecurityException cause) {
      throw new IllegalStateException("Every Java 25 has Ed25519", cause);
    }
  }

  SignedNote.Verifier verifier() {
    return verifier;
  }

  /// A signed note of the checkpoint.
  String sign(Checkpoint checkpoint) {
    String text = checkpoint.text();
    return text + "\n" + SignedNote.line(verifier, signature(text));
  }

  /// A witness's line for a checkpoint's text, seen at a time.
  String cosign(String text, long seconds) {
    byte[] signature = signature(SignedNote.witnessed(text, seconds));
    byte[] timed =
        ByteBuffer.allocate(Long.BYTES + signature.length).putLong(seconds).put(signature).array();
    return SignedNote.line(verifier, timed);
  }

  private byte[] signature(String text) {
    try {
      var signing = Signature.getInstance("Ed25519");
      signing.initSign(privateKey);
      signing.update(text.getBytes(StandardCharsets.UTF_8));
      return signing.sign();
    } catch (GeneralSecurityException cause) {
      throw new IllegalStateException("The audit log's key cannot sign", cause);
    }
  }
}
