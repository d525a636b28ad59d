package dev.meshkore.hub.keys;

import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.evm.EcdsaSignature;
import dev.meshkore.hub.problem.Refused;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A public key, and the names that other protocols give it.
///
/// @param type what kind of key
/// @param hex 32 bytes in lower-case hexadecimal; of secp256k1 the x coordinate (BIP-340)
/// @param isOdd of secp256k1, whether the y coordinate of the point is odd. Who can sign for the
///   one point can sign for the other, so nothing but the EVM address depends on it.
public record Key(KeyType type, String hex, boolean isOdd) {
  private static final Pattern PLAIN = Pattern.compile("[0-9a-fA-F]{64}");
  private static final Pattern COMPRESSED = Pattern.compile("0[23][0-9a-fA-F]{64}");
  private static final byte[] ED25519_CODE = {(byte) 0xed, 0x01};
  private static final byte[] SECP256K1_CODE = {(byte) 0xe7, 0x01};

  /// Reads a key as the contract writes it: 64 hexadecimal digits, or of secp256k1 also 66.
  ///
  /// @throws Refused when the text is no key of this type
  public static Key of(KeyType type, String field, String text) {
    if (PLAIN.matcher(text).matches()) {
      var key = new Key(type, text.toLowerCase(Locale.ROOT), false);
      if (key.isOnCurve()) {
        return key;
      }
    }
    if (type == KeyType.SECP256K1 && COMPRESSED.matcher(text).matches()) {
      String x = text.substring(2).toLowerCase(Locale.ROOT);
      var key = new Key(type, x, text.charAt(1) == '3');
      if (key.isOnCurve()) {
        return key;
      }
    }
    throw Refused.field(
        field, field + " must be the key in hexadecimal: 64 digits, of secp256k1 also 66");
  }

  /// The Ed25519 key of a `did:key`, or of 64 hexadecimal digits; empty when it is neither.
  public static Optional<Key> ofEd25519Name(String name) {
    if (PLAIN.matcher(name).matches()) {
      return Optional.of(new Key(KeyType.ED25519, name.toLowerCase(Locale.ROOT), false));
    }
    if (!name.startsWith("did:key:z")) {
      return Optional.empty();
    }
    String multibase = name.substring("did:key:z".length());
    int fragment = multibase.indexOf('#');
    String text = fragment < 0 ? multibase : multibase.substring(0, fragment);
    boolean isItsOwn = fragment < 0 || multibase.substring(fragment + 1).equals("z" + text);
    return Base58.decode(text)
        .filter(_ -> isItsOwn)
        .filter(bytes -> bytes.length == 34)
        .filter(bytes -> bytes[0] == ED25519_CODE[0] && bytes[1] == ED25519_CODE[1])
        .map(bytes -> HexFormat.of().formatHex(bytes, 2, 34))
        .map(hex -> new Key(KeyType.ED25519, hex, false));
  }

  /// The 32 bytes.
  public byte[] bytes() {
    return HexFormat.of().parseHex(hex);
  }

  /// `did:key` (did:key §3): the multicodec's number and the key in Base58.
  public String didKey() {
    return "did:key:" + multibase();
  }

  /// The key as a Multikey writes it.
  public String multibase() {
    return switch (type) {
      case ED25519 -> "z" + Base58.encode(joined(ED25519_CODE, bytes()));
      case SECP256K1 -> "z" + Base58.encode(joined(SECP256K1_CODE, compressed()));
    };
  }

  /// `npub` (NIP-19), of secp256k1 keys.
  public Optional<String> npub() {
    return type == KeyType.SECP256K1
        ? Optional.of(Bech32.encode("npub", bytes()))
        : Optional.empty();
  }

  /// The Solana address, of Ed25519 keys.
  public Optional<String> solanaAddress() {
    return type == KeyType.ED25519 ? Optional.of(Base58.encode(bytes())) : Optional.empty();
  }

  /// The EVM address with its checksum (EIP-55), of secp256k1 keys.
  public Optional<String> evmAddress() {
    return type == KeyType.SECP256K1
        ? Schnorr.uncompressed(compressed()).map(point -> Address.ofKey(point).text())
        : Optional.empty();
  }

  /// The addresses, forty digits in lower case each, that whoever has the secret of a secp256k1 key
  /// has: that of the point with this half, and that of its mirror image. Ed25519 keys have none.
  public List<String> evmAddresses() {
    return type == KeyType.SECP256K1
        ? Stream.of(false, true)
            .flatMap(odd -> Schnorr.uncompressed(new Key(type, hex, odd).compressed()).stream())
            .map(point -> Address.ofKey(point).hex())
            .toList()
        : List.of();
  }

  /// The thumbprint (RFC 7638) of an Ed25519 key, in base64url.
  public String thumbprint() {
    Base64.Encoder base64Url = Base64.getUrlEncoder().withoutPadding();
    String jwk =
        "{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"" + base64Url.encodeToString(bytes()) + "\"}";
    return base64Url.encodeToString(Digests.sha256(jwk.getBytes(StandardCharsets.US_ASCII)));
  }

  /// Whether a signature of 64 bytes over the message is this key's. secp256k1 signs the SHA-256 of
  /// the message, Ed25519 the message.
  public boolean verifies(byte[] message, byte[] signature) {
    return switch (type) {
      case ED25519 -> Ed25519.verifies(bytes(), message, signature);
      case SECP256K1 -> Schnorr.verifies(bytes(), Digests.sha256(message), signature);
    };
  }

  /// Whether a signature over a text is this key's: as [#verifies] says, or of 65 bytes as wallets
  /// sign texts (EIP-191).
  public boolean signed(byte[] text, byte[] signature) {
    if (type != KeyType.SECP256K1 || signature.length != EcdsaSignature.BYTES) {
      return verifies(text, signature);
    }
    return EcdsaSignature.signer(EcdsaSignature.textDigest(text), signature)
        .filter(point -> Arrays.equals(Arrays.copyOfRange(point, 1, 33), bytes()))
        .isPresent();
  }

  private boolean isOnCurve() {
    return switch (type) {
      case ED25519 -> Ed25519.isKey(bytes());
      case SECP256K1 -> Schnorr.uncompressed(compressed()).isPresent();
    };
  }

  private byte[] compressed() {
    return joined(new byte[] {(byte) (isOdd ? 3 : 2)}, bytes());
  }

  private static byte[] joined(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }
}
