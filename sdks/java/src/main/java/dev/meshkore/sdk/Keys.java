package dev.meshkore.sdk;

import static java.nio.charset.StandardCharsets.US_ASCII;

import fr.acinq.secp256k1.Secp256k1;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;

/// The keys of one agent. All are made from one seed of 32 bytes, which never leaves the machine:
/// an Ed25519 key, that signs requests and is a member of groups, and a secp256k1 key, that
/// encrypts and is known to Nostr and Ethereum. Immutable.
public final class Keys {
  private static final int SEED_BYTES = 32;
  private static final HexFormat HEX = HexFormat.of();

  private final Ed25519PrivateKeyParameters ed25519;
  private final byte[] ed25519Public;
  private final byte[] secp256k1;
  private final byte[] secp256k1Point;

  private Keys(byte[] seed) {
    byte[] root = Hashes.extract(new byte[0], seed);
    ed25519 = new Ed25519PrivateKeyParameters(expand(root, "meshkore/ed25519/1"), 0);
    ed25519Public = ed25519.generatePublicKey().getEncoded();
    secp256k1 = secp256k1Of(root);
    secp256k1Point = Secp256k1.get().pubkeyCreate(secp256k1);
  }

  /// Reads the seed in a file; makes the file, for its owner's eyes only, where there is none.
  ///
  /// @throws IllegalStateException when others can read the file, or it holds no seed
  public static Keys open(Path file) {
    try {
      create(file);
      return new Keys(read(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The keys of a seed that is kept elsewhere.
  public static Keys ofSeed(byte[] seed) {
    if (seed.length != SEED_BYTES) {
      throw new IllegalArgumentException("A seed has 32 bytes, not " + seed.length);
    }
    return new Keys(seed);
  }

  /// The public half of the Ed25519 key, in hexadecimal.
  public String ed25519() {
    return HEX.formatHex(ed25519Public);
  }

  /// The public half of the secp256k1 key, its x coordinate only, in hexadecimal.
  public String secp256k1() {
    return HEX.formatHex(xOnly());
  }

  /// The public half of one of the keys, as the hub shows it.
  public String publicKey(KeyType type) {
    return switch (type) {
      case ED25519 -> ed25519();
      case SECP256K1 -> secp256k1();
    };
  }

  /// The agent as a `did:key`.
  public String didKey() {
    byte[] coded = new byte[2 + ed25519Public.length];
    coded[0] = (byte) 0xed;
    coded[1] = 1;
    System.arraycopy(ed25519Public, 0, coded, 2, ed25519Public.length);
    return "did:key:z" + Base58.encode(coded);
  }

  /// The agent on Nostr.
  public String npub() {
    return Bech32.encode("npub", xOnly());
  }

  /// The agent on Ethereum, with the checksum of EIP-55.
  public String evmAddress() {
    return EvmAddress.ofKey(secp256k1Point).text();
  }

  /// The agent on Solana.
  public String solanaAddress() {
    return Base58.encode(ed25519Public);
  }

  /// Signs with the Ed25519 key.
  public byte[] sign(byte[] message) {
    var signer = new Ed25519Signer();
    signer.init(true, ed25519);
    signer.update(message, 0, message.length);
    return signer.generateSignature();
  }

  /// Signs 32 bytes with the secp256k1 key, as BIP-340 says.
  public byte[] signSchnorr(byte[] hash, SecureRandom random) {
    byte[] aside = new byte[32];
    random.nextBytes(aside);
    return Secp256k1.get().signSchnorr(hash, secp256k1, aside);
  }

  /// Names the agent, and shows nothing secret.
  @Override
  public String toString() {
    return didKey();
  }

  byte[] secp256k1Private() {
    return secp256k1.clone();
  }

  /// The whole point, with the sign of y before x.
  byte[] compressed() {
    return Secp256k1.get().pubKeyCompress(secp256k1Point);
  }

  byte[] xOnly() {
    return Arrays.copyOfRange(secp256k1Point, 1, 33);
  }

  private static byte[] secp256k1Of(byte[] root) {
    for (int attempt = 1; ; attempt++) {
      byte[] secret = expand(root, "meshkore/secp256k1/" + attempt);
      // One in 2^128 is 0 or beyond the order of the curve.
      if (Secp256k1.get().secKeyVerify(secret)) {
        return secret;
      }
    }
  }

  private static byte[] expand(byte[] root, String info) {
    return Hashes.expand(root, info.getBytes(US_ASCII), SEED_BYTES);
  }

  private static void create(Path file) throws IOException {
    if (Files.exists(file)) {
      return;
    }
    try {
      byte[] seed = new byte[SEED_BYTES];
      new SecureRandom().nextBytes(seed);
      OwnedFile.create(file, HEX.formatHex(seed) + "\n");
    } catch (FileAlreadyExistsException e) {
      // Another process made it in this moment.
    }
  }

  private static byte[] read(Path file) throws IOException {
    if (OwnedFile.isOpenToOthers(file)) {
      throw new IllegalStateException(
          "Others than its owner can reach " + file + ": chmod 600 it, or make new keys");
    }
    String text = Files.readString(file, US_ASCII).strip();
    if (!text.matches("[0-9a-f]{64}")) {
      throw new IllegalStateException(file + " holds no seed: 64 hexadecimal digits and a newline");
    }
    return HEX.parseHex(text);
  }
}
