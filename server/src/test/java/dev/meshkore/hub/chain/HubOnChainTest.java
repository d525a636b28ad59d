package dev.meshkore.hub.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.meshkore.hub.HubConfig;
import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.testing.Anvil;
import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.TestHub;
import dev.meshkore.hub.testing.Wallet;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A whole hub that settles on a chain: what sellers ask of it by x402, and what its settings say.
final class HubOnChainTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Wallet BUYER = Wallet.of(1);
  private static final Address SELLER = Wallet.of(2).address();

  private static Map<String, String> settings(Anvil anvil) {
    return Map.of(
        "evm-rpc", anvil.url().toString(),
        "x402-chain", "1",
        "evm-confirmations", "2",
        "evm-fee-max-gwei", "100");
  }

  @Test
  void settlesWhatSellersHandIn() {
    Optional<Anvil> started = Anvil.ticking();
    assumeTrue(started.isPresent(), "anvil is not installed");
    try (Anvil anvil = started.get();
        TestHub hub = TestHub.start(settings(anvil))) {
      Path file = hub.data().resolve("evm.key");
      Address gas = GasKey.openOrMake(file, new SplittableRandom(1)).address();
      anvil.mint(BUYER.address(), 5_000);
      Caller seller = Caller.withoutKey(hub);

      assertThat(seller.get(200, "/x402/supported").get("kinds").toString())
          .contains("{\"x402Version\":2,\"scheme\":\"exact\",\"network\":\"eip155:84532\"");
      String body = body(2_000);
      assertThat(seller.post(200, "/x402/verify", body).get("isValid").asBoolean()).isTrue();
      assertThat(seller.post(200, "/x402/settle", body(999)).get("errorReason").asString())
          .isEqualTo("invalid_exact_evm_payload_authorization_value");
      // Nobody has given the hub any ether.
      assertThat(seller.post(200, "/x402/settle", body).get("errorReason").asString())
          .isEqualTo("unexpected_settle_error");
      anvil.giveEther(gas, BigInteger.TEN.pow(18));
      JsonNode settled = seller.post(200, "/x402/settle", body);
      assertThat(settled.get("success").asBoolean()).as(settled.toString()).isTrue();
      assertThat(settled.get("payer").asString()).isEqualTo(BUYER.address().text());
      assertThat(settled.get("network").asString()).isEqualTo("eip155:84532");
      JsonNode receipt =
          anvil.call("eth_getTransactionReceipt", settled.get("transaction").asString());
      assertThat(receipt.get("status").asString()).isEqualTo("0x1");
      assertThat(anvil.balance(SELLER)).isEqualTo(2_000);
      assertThat(anvil.balance(BUYER.address())).isEqualTo(3_000);
      assertThat(seller.post(200, "/x402/settle", body).get("errorReason").asString())
          .isEqualTo("nonce_already_used");
      assertThat(seller.post(200, "/x402/verify", body).get("invalidReason").asString())
          .isEqualTo("nonce_already_used");
      assertThat(anvil.balance(SELLER)).isEqualTo(2_000);
    }
  }

  private static String body(long atoms) {
    Instant now = InstantSource.system().instant();
    ObjectNode required = Anvil.required(atoms, SELLER);
    ObjectNode body = JSON.createObjectNode();
    body.put("x402Version", 2);
    body.set("paymentPayload", BUYER.pays(required, now.getEpochSecond()));
    body.set("paymentRequirements", required);
    return body.toString();
  }

  @Test
  void knownChainsNeedNoMoreThanANode() {
    String rpc = "http://127.0.0.1:1/v2/secret-of-the-provider";
    ChainSettings base = read(Map.of("evm-rpc", rpc, "evm-chain", "base")).chain();
    assertThat(base.network()).isEqualTo("eip155:8453");
    assertThat(base.domain().name()).isEqualTo("USD Coin");
    assertThat(base.domain().contract().text())
        .isEqualTo("0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913");
    assertThat(base.isNetwork("base") && base.isNetwork("eip155:8453")).isTrue();
    assertThat(base.isNetwork("base-sepolia")).isFalse();
    assertThat(base.toString()).doesNotContain("secret");
    assertThat(read(Map.of()).chain().isOnChain(84_532)).isFalse();
  }

  private static HubConfig read(Map<String, String> settings) {
    return HubConfig.read(settings, Map.of());
  }

  @ParameterizedTest
  @CsvSource({
    "evm-rpc, ftp://127.0.0.1/secret, evm-rpc: must be an http or https address",
    "evm-chain, sepolia, 'evm-chain=sepolia: must be base, base-sepolia or a chain''s number'",
    "evm-chain, 31337, evm-token=: must be the address of the token's contract",
    "evm-token, 0x12, evm-token=0x12: must be the address of the token's contract",
    "evm-confirmations, 0, evm-confirmations=0: must be a whole number from 1 to 64",
    "evm-least-atoms, 0, evm-least-atoms=0: must be a whole number from 1 to 1000000000",
    "evm-fee-max-gwei, 1.5, evm-fee-max-gwei=1.5: must be a whole number from 1 to 1000000",
    "x402-chain, 84532, 'x402-chain=84532: must be another number than that of evm-chain, or payers"
        + " take one for the other'",
  })
  void whatIsWrongIsSaid(String name, String value, String mistake) {
    var settings = new HashMap<String, String>();
    settings.put("evm-rpc", "http://127.0.0.1:1");
    settings.put("x402-chain", "1");
    settings.put(name, value);
    List<String> mistakes = List.of();
    try {
      read(settings);
    } catch (HubConfig.Mistakes wrong) {
      mistakes = wrong.mistakes();
    }
    assertThat(mistakes).containsExactly(mistake);
    assertThat(mistakes.toString()).doesNotContain("secret");
  }
}
