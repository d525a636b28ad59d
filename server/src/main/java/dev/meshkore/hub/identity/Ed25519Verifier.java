package dev.meshkore.hub.identity;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.jca.JCAContext;
import com.nimbusds.jose.util.Base64URL;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Set;

/// Verifies by the platform's own Ed25519. What cannot be verified is not valid.
final class Ed25519Verifier implements JWSVerifier {
  private static final int SIGNATURE_BYTES = 64;

  private final PublicKey key;

  Ed25519Verifier(PublicKey key) {
    this.key = key;
  }

  @Override
  public boolean verify(JWSHeader header, byte[] input, Base64URL signature) {
    byte[] bytes = signature.decode();
    boolean canonical = Base64URL.encode(bytes).equals(signature);
    if (!canonical || bytes.length != SIGNATURE_BYTES) {
      return false;
    }
    try {
      Signature verifier = Signature.getInstance("Ed25519");
      verifier.initVerify(key);
      verifier.update(input);
      return verifier.verify(bytes);
    } catch (GeneralSecurityException _) {
      return false;
    }
  }

  @Override
  public Set<JWSAlgorithm> supportedJWSAlgorithms() {
    return Set.of(JWSAlgorithm.EdDSA);
  }

  @Override
  public JCAContext getJCAContext() {
    return new JCAContext();
  }
}
