package dev.meshkore.hub.evm;

import fr.acinq.secp256k1.Secp256k1;
import fr.acinq.secp256k1.Secp256k1Exception;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/// Signatures as contracts take them: 65 bytes, which tell the key that made them. Of the two that
/// a key can make out of one, only the one with the low `s` counts (EIP-2), and `v` is 27 or 28.
public final class EcdsaSignature {
  /// How long each is.
  public static final int BYTES = 65;

  private static final Pattern FORM = Pattern.compile("0x[0-9a-fA-F]{130}");
  private static final int POINT_BYTES = 32;
  private static final int RECOVERY_BASE = 27;

  /// Half the order of the curve.
  private static final BigInteger LOW_MAX =
      new BigInteger("7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0", 16);

  private EcdsaSignature() {}

  /// The bytes of a signature in hexadecimal, if it is of this form.
  public static Optional<byte[]> read(String text) {
    return FORM.matcher(text).matches()
        ? Optional.of(HexFormat.of().parseHex(text, 2, text.length()))
        : Optional.empty();
  }

  /// The key that signed 32 bytes, as a point of 65 bytes; empty where none can have.
  public static Optional<byte[]> signer(byte[] digest, byte[] signature) {
    if (signature.length != BYTES) {
      return Optional.empty();
    }
    int recovery = (signature[2 * POINT_BYTES] & 0xff) - RECOVERY_BASE;
    var low = new BigInteger(1, Arrays.copyOfRange(signature, POINT_BYTES, 2 * POINT_BYTES));
    if (recovery < 0 || recovery > 1 || low.signum() == 0 || low.compareTo(LOW_MAX) > 0) {
      return Optional.empty();
    }
    try {
      byte[] compact = Arrays.copyOf(signature, 2 * POINT_BYTES);
      return Optional.of(Secp256k1.get().ecdsaRecover(compact, digest, recovery));
    } catch (Secp256k1Exception | IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /// Signs 32 bytes; the secret is one of the curve's.
  public static byte[] sign(byte[] digest, byte[] secret) {
    byte[] compact = Secp256k1.get().sign(digest, secret, null);
    byte[] own = Secp256k1.get().pubkeyCreate(secret);
    byte[] signature = Arrays.copyOf(compact, compact.length + 1);
    for (int recovery = 0; recovery < 2; recovery++) {
      if (Arrays.equals(Secp256k1.get().ecdsaRecover(compact, digest, recovery), own)) {
        signature[compact.length] = (byte) (RECOVERY_BASE + recovery);
        return signature;
      }
    }
    throw new IllegalStateException("A key signed what is not its own");
  }

  /// What a wallet signs for a text that a person reads (EIP-191, version 0x45).
  public static byte[] textDigest(byte[] text) {
    String head = "\u0019Ethereum Signed Message:\n" + text.length;
    return Keccak.hash(head.getBytes(StandardCharsets.UTF_8), text);
  }
}
