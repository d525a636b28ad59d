package dev.meshkore.hub.keys;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.jspecify.annotations.Nullable;

/// Signatures over Curve25519 (RFC 8032). What cannot be verified is not valid. Verified by AWS-LC
/// where its library runs, on Linux on x86-64, and elsewhere by Bouncy Castle, which takes twice as
/// long; the platform's own takes sixteen times. Thread-safe.
final class Ed25519 {
  private static final int SIGNATURE_BYTES = 64;
  private static final int PLAIN = org.bouncycastle.math.ec.rfc8032.Ed25519.Algorithm.Ed25519;

  /// What precedes the 32 bytes of a key in X.509 (RFC 8410 section 4).
  private static final byte[] X509_HEAD = HexFormat.of().parseHex("302a300506032b6570032100");

  private static final @Nullable Provider AWS_LC = awsLc();

  private Ed25519() {}

  static boolean verifies(byte[] key, byte[] message, byte[] signature) {
    if (signature.length != SIGNATURE_BYTES) {
      return false;
    }
    return AWS_LC == null
        ? verifiesInJava(key, message, signature)
        : verifies(AWS_LC, key, message, signature);
  }

  static boolean verifiesInJava(byte[] key, byte[] message, byte[] signature) {
    try {
      return new Ed25519PublicKeyParameters(key, 0)
          .verify(PLAIN, null, message, 0, message.length, signature, 0);
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  static boolean verifies(Provider provider, byte[] key, byte[] message, byte[] signature) {
    try {
      Signature verifier = Signature.getInstance("Ed25519", provider);
      verifier.initVerify(x509(key));
      verifier.update(message);
      return verifier.verify(signature);
    } catch (GeneralSecurityException _) {
      return false;
    }
  }

  private static PublicKey x509(byte[] key) throws GeneralSecurityException {
    byte[] encoded = Arrays.copyOf(X509_HEAD, X509_HEAD.length + key.length);
    System.arraycopy(key, 0, encoded, X509_HEAD.length, key.length);
    return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
  }

  /// Null where there is no library for this machine.
  static @Nullable Provider awsLc() {
    var provider = AmazonCorrettoCryptoProvider.INSTANCE;
    return provider.getLoadingError() == null ? provider : null;
  }

  /// Whether the bytes are a point in whose group signatures can be checked.
  static boolean isKey(byte[] key) {
    return org.bouncycastle.math.ec.rfc8032.Ed25519.validatePublicKeyFull(key, 0);
  }
}
