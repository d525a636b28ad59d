package dev.meshkore.sdk;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import fr.acinq.secp256k1.Secp256k1;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

final class KeysTest {
  private static final HexFormat HEX = HexFormat.of();

  @TempDir Path folder;

  @Test
  void makesTheFileForItsOwnerOnlyAndReadsItAgain() throws Exception {
    Path file = folder.resolve("agent.seed");
    Keys made = Keys.open(file);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(Files.readString(file, US_ASCII)).matches("[0-9a-f]{64}\n");
    assertThat(Keys.open(file).didKey()).isEqualTo(made.didKey());
    assertThat(made.toString()).doesNotContain(Files.readString(file, US_ASCII).strip());
  }

  @Test
  void refusesAFileThatOthersCanReadOrThatIsNoSeed() throws Exception {
    Path file = folder.resolve("agent.seed");
    var _ = Keys.open(file);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    assertThatThrownBy(() -> Keys.open(file)).isInstanceOf(IllegalStateException.class);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    Files.writeString(file, "no seed\n");
    assertThatThrownBy(() -> Keys.open(file)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void signsWithBothKeys() {
    Keys keys = Keys.ofSeed(counted());
    byte[] message = "to be signed".getBytes(US_ASCII);
    var verifier = new Ed25519Signer();
    verifier.init(false, new Ed25519PublicKeyParameters(HEX.parseHex(keys.ed25519())));
    verifier.update(message, 0, message.length);
    assertThat(verifier.verifySignature(keys.sign(message))).isTrue();
    byte[] hash = Hashes.sha256(message);
    byte[] schnorr = keys.signSchnorr(hash, new SecureRandom());
    assertThat(Secp256k1.get().verifySchnorr(schnorr, hash, HEX.parseHex(keys.secp256k1())))
        .isTrue();
  }

  /// The same seed gives the same agent in every SDK and in the hub.
  @Test
  void agreesWithTheSharedVector() throws Exception {
    Path file = Path.of("../../protocol/vectors/keys.json");
    JsonNode vector = Json.of(Json.read(Files.readString(file)));
    Keys keys = Keys.ofSeed(HEX.parseHex(vector.path("seed").asString()));
    assertThat(keys.ed25519()).isEqualTo(vector.path("ed25519_public").asString());
    assertThat(keys.secp256k1()).isEqualTo(vector.path("secp256k1_public").asString());
    assertThat(HEX.formatHex(keys.secp256k1Private()))
        .isEqualTo(vector.path("secp256k1_private").asString());
    assertThat(keys.didKey()).isEqualTo(vector.path("did_key").asString());
    assertThat(keys.npub()).isEqualTo(vector.path("npub").asString());
    assertThat(keys.evmAddress()).isEqualTo(vector.path("evm_address").asString());
    assertThat(keys.solanaAddress()).isEqualTo(vector.path("solana_address").asString());
  }

  /// RFC 5869, test case 1, and NIP-19's own example.
  @Test
  void agreesWithThePublishedVectors() {
    byte[] material = HEX.parseHex("0b".repeat(22));
    byte[] root = Hashes.extract(HEX.parseHex("000102030405060708090a0b0c"), material);
    assertThat(HEX.formatHex(Hashes.expand(root, HEX.parseHex("f0f1f2f3f4f5f6f7f8f9"), 42)))
        .isEqualTo(
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
    byte[] key = HEX.parseHex("7e7e9c42a91bfef19fa929e5fda1b72e0ebc1a4c1141673e2794234d86addf4e");
    assertThat(Bech32.encode("npub", key))
        .isEqualTo("npub10elfcs4fr0l0r8af98jlmgdh9c8tcxjvz9qkw038js35mp4dma8qzvjptg");
    assertThat(Base58.encode(HEX.parseHex("00000a3b"))).isEqualTo("11nA");
  }

  private static byte[] counted() {
    byte[] seed = new byte[32];
    for (int i = 0; i < seed.length; i++) {
      seed[i] = (byte) i;
    }
    return seed;
  }
}
