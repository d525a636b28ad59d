package dev.meshkore.hub.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.meshkore.hub.testing.AgentKeyPair;
import java.math.BigInteger;
import java.security.Provider;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A signature is valid or not, whichever library looks at it.
final class Ed25519Test {
  private static final HexFormat HEX = HexFormat.of();
  private static final BigInteger ORDER =
      BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));

  private static @Nullable Provider awsLc;

  @BeforeAll
  static void load() {
    awsLc = Ed25519.awsLc();
  }

  @Test
  void theQuickLibraryRunsWhereThereIsOne() {
    assumeThat(System.getProperty("os.name") + " " + System.getProperty("os.arch"))
        .isEqualTo("Linux amd64");
    assertThat(awsLc).isNotNull();
  }

  /// RFC 8032 section 7.1, tests 1 and 2.
  @ParameterizedTest
  @CsvSource({
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a,'',"
        + "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        + "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c,72,"
        + "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
  })
  void theVectorsOfTheSpecificationAreValid(String key, String message, String signature) {
    byte[] signed = HEX.parseHex(message);
    assertThat(both(HEX.parseHex(key), signed, HEX.parseHex(signature))).isTrue();
    assertThat(both(HEX.parseHex(key), new byte[] {1, 2}, HEX.parseHex(signature))).isFalse();
  }

  static Stream<Long> seeds() {
    return Stream.of(1L, 2L, 3L, Long.getLong("seed", 4L));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void bothLibrariesAgreeOnWhatWasChanged(long seed) {
    var random = new Random(seed);
    for (int i = 0; i < 200; i++) {
      AgentKeyPair pair = AgentKeyPair.of(random.nextInt(1 << 20));
      byte[] key = HEX.parseHex(pair.ed25519Hex());
      byte[] message = new byte[random.nextInt(300)];
      random.nextBytes(message);
      byte[] signature = pair.signed(message);
      assertThat(both(key, message, signature)).as("seed " + seed + " round " + i).isTrue();
      byte[] other = message.length > 0 && random.nextBoolean() ? message : signature;
      flip(other, random);
      assertThat(both(key, message, signature)).as("seed " + seed + " round " + i).isFalse();
      flip(key, random);
      boolean _ = both(key, message, signature);
    }
  }

  /// The same point with the order of the group added to the scalar (RFC 8032 section 8.4).
  @Test
  void aSignatureHasOneForm() {
    AgentKeyPair pair = AgentKeyPair.of(7);
    byte[] message = {1, 2, 3};
    byte[] signature = pair.signed(message);
    var scalar = new byte[32];
    for (int i = 0; i < 32; i++) {
      scalar[i] = signature[63 - i];
    }
    byte[] added = new BigInteger(1, scalar).add(ORDER).toByteArray();
    for (int i = 0; i < 32; i++) {
      signature[63 - i] = i < 32 - added.length ? 0 : added[i - 32 + added.length];
    }
    assertThat(both(HEX.parseHex(pair.ed25519Hex()), message, signature)).isFalse();
  }

  /// With such a key, one signature is valid of many messages.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
      })
  void aPointOfASmallGroupIsNoKey(String point) {
    assertThat(Ed25519.isKey(HEX.parseHex(point))).isFalse();
  }

  private static boolean both(byte[] key, byte[] message, byte[] signature) {
    boolean isValid = Ed25519.verifiesInJava(key, message, signature);
    if (awsLc != null && (isValid || Ed25519.isKey(key))) {
      assertThat(Ed25519.verifies(awsLc, key, message, signature)).isEqualTo(isValid);
    }
    return isValid;
  }

  private static void flip(byte[] bytes, Random random) {
    bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
  }
}
