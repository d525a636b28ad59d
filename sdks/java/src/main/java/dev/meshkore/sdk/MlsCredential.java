package dev.meshkore.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.HexFormat;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.bouncycastle.mls.TreeKEM.LeafNode;
import org.bouncycastle.mls.codec.Credential;

/// Who a member of a group is. Every member signs in a group with a key of its own; the agent's
/// Ed25519 key vouches for it in the credential, which is three lines of text: the agent's id, its
/// key, and the signature over `meshkore/mls/1`, the id, and the key of the group, each in a line.
///
/// @param agentId the agent
/// @param key its Ed25519 key, in hexadecimal
record MlsCredential(String agentId, String key) {
  private static final HexFormat HEX = HexFormat.of();
  private static final int SIGNATURE_BYTES = 64;

  /// The credential of one who signs in the group with a key.
  static Credential make(Keys keys, String agentId, byte[] groupKey) {
    String signature = HEX.formatHex(keys.sign(vouched(agentId, groupKey)));
    String text = agentId + "\n" + keys.ed25519() + "\n" + signature;
    return Credential.forBasic(text.getBytes(UTF_8));
  }

  /// @throws EncryptionException when the agent's key does not vouch for the member's
  static MlsCredential of(LeafNode member) {
    byte[] identity = member.getCredential().getIdentity();
    String[] lines = new String(identity == null ? new byte[0] : identity, UTF_8).split("\n", -1);
    if (lines.length != 3
        || !lines[1].matches("[0-9a-f]{64}")
        || !lines[2].matches("[0-9a-f]{128}")) {
      throw new EncryptionException("A member that does not say who it is");
    }
    byte[] signed = vouched(lines[0], member.getSignatureKey());
    var verifier = new Ed25519Signer();
    verifier.init(false, new Ed25519PublicKeyParameters(HEX.parseHex(lines[1])));
    verifier.update(signed, 0, signed.length);
    byte[] signature = HEX.parseHex(lines[2]);
    if (signature.length != SIGNATURE_BYTES || !verifier.verifySignature(signature)) {
      throw new EncryptionException("A member that is not who it says");
    }
    return new MlsCredential(lines[0], lines[1]);
  }

  private static byte[] vouched(String agentId, byte[] groupKey) {
    return ("meshkore/mls/1\n" + agentId + "\n" + HEX.formatHex(groupKey)).getBytes(UTF_8);
  }
}
