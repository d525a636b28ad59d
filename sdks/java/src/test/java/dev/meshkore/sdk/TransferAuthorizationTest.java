package dev.meshkore.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

final class TransferAuthorizationTest {
  private static final Path FILE = Path.of("../../protocol/vectors/eip3009.json");
  private static final HexFormat HEX = HexFormat.of();

  /// What `interop/viem/vectors.mjs` wrote: plain tokens and Circle's gateway, numbers of 256 bits,
  /// names outside ASCII.
  @Test
  void hashesAndSignsAsViemDoes() throws Exception {
    JsonNode vectors = Json.of(Json.read(Files.readString(FILE))).path("vectors");
    assertThat(vectors.size()).isEqualTo(16);
    for (JsonNode vector : vectors) {
      EvmWallet wallet = EvmWallet.ofSecret(bytes(vector, "secret"));
      JsonNode said = vector.path("authorization");
      TransferAuthorization words = words(said);
      byte[] digest = words.digest(domain(vector.path("domain")));
      assertThat(wallet.address()).isEqualTo(said.path("from").asString());
      assertThat(HEX.formatHex(digest)).isEqualTo(HEX.formatHex(bytes(vector, "digest")));
      assertThat(HEX.formatHex(wallet.sign(digest)))
          .isEqualTo(HEX.formatHex(bytes(vector, "signature")));
      assertThat(words.json()).isEqualTo(said);
    }
  }

  @Test
  void everyPartIsSigned() throws Exception {
    JsonNode vector = Json.of(Json.read(Files.readString(FILE))).path("vectors").path(0);
    JsonNode said = vector.path("authorization");
    SignDomain domain = domain(vector.path("domain"));
    TransferAuthorization words = words(said);
    String digest = HEX.formatHex(words.digest(domain));
    for (String member : said.propertyNames()) {
      var changed = Json.object();
      changed.setAll((ObjectNode) said);
      String text = said.path(member).asString();
      // Another last digit, with addresses in one case, for which no checksum counts.
      String lower = text.toLowerCase(Locale.ROOT);
      changed.put(
          member, lower.substring(0, lower.length() - 1) + (lower.endsWith("2") ? "3" : "2"));
      assertThat(HEX.formatHex(words(changed).digest(domain))).as(member).isNotEqualTo(digest);
    }
    EvmAddress other = words.to();
    for (SignDomain changed :
        new SignDomain[] {
          new SignDomain("USDc", domain.version(), domain.chain(), domain.contract()),
          new SignDomain(domain.name(), "1", domain.chain(), domain.contract()),
          new SignDomain(domain.name(), domain.version(), 1, domain.contract()),
          new SignDomain(domain.name(), domain.version(), domain.chain(), other)
        }) {
      assertThat(HEX.formatHex(words.digest(changed))).isNotEqualTo(digest);
    }
  }

  @Test
  void takesAddressesInOneCaseOrWithTheirChecksum() {
    String address = "0x036CbD53842c5426634e7929541eC2318f3dCF7e";
    assertThat(EvmAddress.read(address).orElseThrow()).hasToString(address);
    assertThat(EvmAddress.read(address.toLowerCase(Locale.ROOT)).orElseThrow())
        .hasToString(address);
    assertThat(EvmAddress.read(address.replace("CF7e", "Cf7e"))).isEmpty();
    assertThat(EvmAddress.read(address.substring(2))).isEmpty();
    assertThat(EvmAddress.read(address + "0")).isEmpty();
  }

  @Test
  void takesNoKeyThatIsNone() {
    for (byte[] none : new byte[][] {new byte[32], new byte[31], HEX.parseHex("ff".repeat(32))}) {
      assertThatThrownBy(() -> EvmWallet.ofSecret(none))
          .isInstanceOf(IllegalArgumentException.class);
    }
    byte[] secret = HEX.parseHex("01".repeat(32));
    assertThat(EvmWallet.ofSecret(secret)).hasToString(EvmWallet.ofSecret(secret).address());
    Keys keys = TestHub.strangersKeys();
    assertThat(EvmWallet.of(keys).address()).isEqualTo(keys.evmAddress());
  }

  static TransferAuthorization words(JsonNode said) {
    return new TransferAuthorization(
        EvmAddress.read(said.path("from").asString()).orElseThrow(),
        EvmAddress.read(said.path("to").asString()).orElseThrow(),
        number(said, "value"),
        number(said, "validAfter"),
        number(said, "validBefore"),
        said.path("nonce").asString().substring(2));
  }

  private static SignDomain domain(JsonNode said) {
    return new SignDomain(
        said.path("name").asString(),
        said.path("version").asString(),
        said.path("chainId").asLong(),
        EvmAddress.read(said.path("verifyingContract").asString()).orElseThrow());
  }

  private static BigInteger number(JsonNode said, String member) {
    return new BigInteger(said.path(member).asString());
  }

  private static byte[] bytes(JsonNode said, String member) {
    return HEX.parseHex(said.path(member).asString().substring(2));
  }
}
