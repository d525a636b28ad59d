package dev.meshkore.hub.audit;

import dev.meshkore.hub.store.Database;
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

/// The key that signs the log's heads, and nothing else. It is made once and stays: who kept a head
/// can check all later ones with it.
final class LogKey {
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
  static LogKey openOrMake(Database database, SecureRandom random, String name) {
    SqlAudit.Key stored =
        database
            .read(SqlAudit::key)
            .orElseGet(() -> {
              SqlAudit.Key made = make(random, name);
              return database.write(transaction -> {
                SqlAudit.insertKey(transaction, made);
                return SqlAudit.key(transaction).orElseThrow();
              });
            });
    try {
      PrivateKey privateKey =
          KeyFactory.getInstance("Ed25519")
              .generatePrivate(new PKCS8EncodedKeySpec(stored.privateKey()));
      return new LogKey(new SignedNote.Verifier(stored.origin(), stored.publicKey()), privateKey);
    } catch (GeneralSecurityException cause) {
      throw new IllegalStateException("The key of the audit log is damaged", cause);
    }
  }

  private static SqlAudit.Key make(SecureRandom random, String name) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
      generator.initialize(NamedParameterSpec.ED25519, random);
      KeyPair pair = generator.generateKeyPair();
      byte[] encoded = pair.getPublic().getEncoded();
      byte[] raw =
          Arrays.copyOfRange(encoded, encoded.length - SignedNote.KEY_BYTES, encoded.length);
      String own = "meshkore-" + HexFormat.of().formatHex(raw, 0, NAME_BYTES);
      String origin = (name.isEmpty() ? own : name.replaceAll("[\\s+]", "_")) + "/audit";
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
    try {
      var signing = Signature.getInstance("Ed25519");
      signing.initSign(privateKey);
      signing.update(text.getBytes(StandardCharsets.UTF_8));
      return text + "\n" + SignedNote.line(verifier, signing.sign());
    } catch (GeneralSecurityException cause) {
      throw new IllegalStateException("The audit log's key cannot sign", cause);
    }
  }
}
