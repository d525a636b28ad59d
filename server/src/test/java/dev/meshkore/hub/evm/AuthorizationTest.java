package dev.meshkore.hub.evm;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The vectors are what viem 2.57.1 signs with a key that every local chain knows.
final class AuthorizationTest {
  private static final String OWNER = "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC";
  private static final String SECRET =
      "5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a";
  private static final String SIGNED =
      "0xe2f3b977edd825208fddb5237239302ffe0226e76e66f5b5e28721d22905f926"
          + "26defd76d59cbece29cb303be20bd0a2b5c6be688011b1b9b91526f5463638d41c";
  private static final SignDomain DOMAIN =
      new SignDomain(
          "GatewayWalletBatched",
          "1",
          84_532,
          Address.read("0x036CbD53842c5426634e7929541eC2318f3dCF7e").orElseThrow());
  private static final Authorization AUTHORIZATION =
      new Authorization(
          Address.read(OWNER).orElseThrow(),
          Address.read("0x209693Bc6afc0C5328bA36FaF03C514EF312287C").orElseThrow(),
          BigInteger.valueOf(1_234_567),
          BigInteger.valueOf(1_763_830_000),
          BigInteger.valueOf(1_763_839_999),
          "0x" + "ab".repeat(32));

  @Test
  void whatIsSignedIsWhatViemSigns() {
    assertThat(HexFormat.of().formatHex(AUTHORIZATION.transferDigest(DOMAIN)))
        .isEqualTo("6cf1c59cc6fa143d2a0466f6101df334c395178214fa0bd22770f94599cb6f80");
    assertThat(HexFormat.of().formatHex(AUTHORIZATION.receiveDigest(DOMAIN)))
        .isEqualTo("9058920bcc9f3b092d8e5f74151416baf6c0d5d22fa3741566fe56f3f1793e2a");
    byte[] own =
        EcdsaSignature.sign(AUTHORIZATION.transferDigest(DOMAIN), HexFormat.of().parseHex(SECRET));
    assertThat("0x" + HexFormat.of().formatHex(own)).isEqualTo(SIGNED);
  }

  @Test
  void aSignatureTellsItsSigner() {
    byte[] signature = EcdsaSignature.read(SIGNED).orElseThrow();
    assertThat(
            EcdsaSignature.signer(AUTHORIZATION.transferDigest(DOMAIN), signature)
                .map(Address::ofKey)
                .map(Address::text))
        .contains(OWNER);
  }

  @Test
  void aTextIsSignedAsWalletsSignIt() {
    byte[] digest = EcdsaSignature.textDigest("hello\nhub".getBytes(StandardCharsets.UTF_8));
    assertThat(HexFormat.of().formatHex(digest))
        .isEqualTo("237c169c5924e81db731302433f74206e676bb16ea33f42c42829c3f0f4947c4");
  }

  /// From one signature anybody makes a second for the same words, with the other `s`; a `v` of
  /// another form says the same once more. A nonce alone must not be what stops them.
  @Test
  void noOtherFormOfASignatureCounts() {
    byte[] digest = AUTHORIZATION.transferDigest(DOMAIN);
    byte[] signature = EcdsaSignature.read(SIGNED).orElseThrow();
    BigInteger order =
        new BigInteger("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", 16);
    byte[] high = signature.clone();
    byte[] other = Word.of(order.subtract(new BigInteger(1, Arrays.copyOfRange(high, 32, 64))));
    System.arraycopy(other, 0, high, 32, 32);
    high[64] = (byte) (27 + 28 - high[64]);
    assertThat(EcdsaSignature.signer(digest, high)).isEmpty();
    for (int v : new int[] {0, 1, 26, 29, 37, 255}) {
      byte[] odd = signature.clone();
      odd[64] = (byte) v;
      assertThat(EcdsaSignature.signer(digest, odd)).as("v %s", v).isEmpty();
    }
    assertThat(EcdsaSignature.signer(digest, Arrays.copyOf(signature, 64))).isEmpty();
    assertThat(EcdsaSignature.signer(digest, new byte[65])).isEmpty();
  }

  @Test
  void anotherDomainIsAnotherSigner() {
    byte[] signature = EcdsaSignature.read(SIGNED).orElseThrow();
    for (SignDomain other :
        new SignDomain[] {
          new SignDomain(DOMAIN.name(), DOMAIN.version(), 8_453, DOMAIN.contract()),
          new SignDomain(DOMAIN.name(), "2", DOMAIN.chain(), DOMAIN.contract()),
          new SignDomain("USDC", DOMAIN.version(), DOMAIN.chain(), DOMAIN.contract()),
          new SignDomain(DOMAIN.name(), DOMAIN.version(), DOMAIN.chain(), AUTHORIZATION.to())
        }) {
      assertThat(
              EcdsaSignature.signer(AUTHORIZATION.transferDigest(other), signature)
                  .map(Address::ofKey))
          .isNotEqualTo(java.util.Optional.of(AUTHORIZATION.from()));
    }
  }

  @Test
  void itCountsStrictlyBetweenItsTwoSeconds() {
    assertThat(AUTHORIZATION.isOpenAt(1_763_830_000)).isFalse();
    assertThat(AUTHORIZATION.isOpenAt(1_763_830_001)).isTrue();
    assertThat(AUTHORIZATION.isOpenAt(1_763_839_998)).isTrue();
    assertThat(AUTHORIZATION.isOpenAt(1_763_839_999)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "+1", "01", "1e3", "1.0", " 1", "0x1", "1_000", "٣", "00"})
  void noOtherFormOfAnAmountCounts(String text) {
    assertThat(Word.read(text)).isEmpty();
  }

  @Test
  void anAmountHasAtMost256Bits() {
    BigInteger most = BigInteger.TWO.pow(256).subtract(BigInteger.ONE);
    assertThat(Word.read(most.toString())).contains(most);
    assertThat(Word.read(most.add(BigInteger.ONE).toString())).isEmpty();
  }

  @Test
  void aWrongChecksumIsNoAddress() {
    assertThat(Address.read(OWNER)).isPresent();
    assertThat(Address.read(OWNER.toLowerCase(java.util.Locale.ROOT))).isPresent();
    assertThat(Address.read(OWNER.replace("3C44C", "3c44C"))).isEmpty();
    assertThat(Address.read(OWNER.substring(0, 41))).isEmpty();
    assertThat(Address.read("3C44CdDdB6a900fa2b585dd299e03d12FA4293BC")).isEmpty();
  }
}
