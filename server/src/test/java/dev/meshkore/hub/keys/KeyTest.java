package dev.meshkore.hub.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.testing.AgentKeyPair;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class KeyTest {
  private static final Path VECTORS = Path.of("..", "protocol", "vectors", "keys.json");

  @Test
  void theFacesOfASeedAreThoseOfTheVectors() throws IOException {
    JsonNode vectors = new JsonMapper().readTree(Files.readString(VECTORS));
    var pair = new AgentKeyPair(HexFormat.of().parseHex(vectors.get("seed").stringValue()));
    assertThat(pair.ed25519Hex()).isEqualTo(vectors.get("ed25519_public").stringValue());
    assertThat(pair.secp256k1X()).isEqualTo(vectors.get("secp256k1_public").stringValue());
    Key ed25519 = Key.of(KeyType.ED25519, "key", pair.ed25519Hex());
    Key secp256k1 = Key.of(KeyType.SECP256K1, "key", pair.secp256k1Hex());
    assertThat(ed25519.didKey()).isEqualTo(vectors.get("did_key").stringValue());
    assertThat(ed25519.solanaAddress()).contains(vectors.get("solana_address").stringValue());
    assertThat(secp256k1.npub()).contains(vectors.get("npub").stringValue());
    assertThat(secp256k1.evmAddress()).contains(vectors.get("evm_address").stringValue());
    assertThat(ed25519.npub()).isEmpty();
    assertThat(secp256k1.solanaAddress()).isEmpty();
  }

  /// The private key 1, whose address is widely known, and the example of NIP-19.
  @Test
  void knownKeysHaveTheirKnownNames() {
    String one = "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
    assertThat(Key.of(KeyType.SECP256K1, "key", one).evmAddress())
        .contains("0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf");
    String nip19 = "7e7e9c42a91bfef19fa929e5fda1b72e0ebc1a4c1141673e2794234d86addf4e";
    assertThat(Key.of(KeyType.SECP256K1, "key", nip19).npub())
        .contains("npub10elfcs4fr0l0r8af98jlmgdh9c8tcxjvz9qkw038js35mp4dma8qzvjptg");
  }

  @Test
  void aDidKeyIsReadBack() {
    Key key = Key.of(KeyType.ED25519, "key", AgentKeyPair.of(1).ed25519Hex());
    String did = key.didKey();
    assertThat(Key.ofEd25519Name(did)).contains(key);
    assertThat(Key.ofEd25519Name(did + "#" + did.substring("did:key:".length()))).contains(key);
    assertThat(Key.ofEd25519Name(did + "#key-1")).isEmpty();
    assertThat(Key.ofEd25519Name(key.hex())).contains(key);
    assertThat(Key.ofEd25519Name(did + "z")).isEmpty();
    assertThat(Key.ofEd25519Name("did:key:z" + "1".repeat(10_000))).isEmpty();
    assertThat(Key.ofEd25519Name("did:key:z0OIl")).isEmpty();
    assertThat(Key.ofEd25519Name("")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    // Of small order: such a key would verify a signature that nobody made.
    "ed25519, 0100000000000000000000000000000000000000000000000000000000000000",
    "ed25519, 0000000000000000000000000000000000000000000000000000000000000000",
    "ed25519, ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "ed25519, 02",
    "ed25519, zz",
    // No x coordinate of a point, and larger than the field.
    "secp256k1, 0000000000000000000000000000000000000000000000000000000000000005",
    "secp256k1, ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "secp256k1, 0479be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798",
  })
  void whatIsNoKeyIsRefused(String type, String hex) {
    assertThatThrownBy(() -> Key.of(KeyType.of("type", type), "key", hex))
        .isInstanceOf(Refused.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void aSignatureIsOfOneMessageAndOneKey(int number) {
    AgentKeyPair pair = AgentKeyPair.of(number);
    Key ed25519 = Key.of(KeyType.ED25519, "key", pair.ed25519Hex());
    Key secp256k1 = Key.of(KeyType.SECP256K1, "key", pair.secp256k1X());
    byte[] message = "a message".getBytes(StandardCharsets.UTF_8);
    byte[] other = "another".getBytes(StandardCharsets.UTF_8);
    byte[] signed = HexFormat.of().parseHex(pair.sign("a message"));
    byte[] schnorr = HexFormat.of().parseHex(pair.signSchnorr("a message"));
    assertThat(ed25519.verifies(message, signed)).isTrue();
    assertThat(secp256k1.verifies(message, schnorr)).isTrue();
    assertThat(ed25519.verifies(other, signed)).isFalse();
    assertThat(secp256k1.verifies(other, schnorr)).isFalse();
    assertThat(ed25519.verifies(message, schnorr)).isFalse();
    assertThat(secp256k1.verifies(message, signed)).isFalse();
    assertThat(ed25519.verifies(message, new byte[64])).isFalse();
    assertThat(secp256k1.verifies(message, new byte[64])).isFalse();
    assertThat(ed25519.verifies(message, new byte[63])).isFalse();
  }
}
