package dev.meshkore.hub.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meshkore.hub.evm.Address;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Transactions are what viem 2.57.1 makes of the same fields, and the key that signs them is kept
/// from others.
final class RawTransactionTest {
  private static final HexFormat HEX = HexFormat.of();
  private static final GasKey KEY =
      GasKey.of(HEX.parseHex("5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a"));

  @TempDir private Path folder;

  @Test
  void isWhatViemSigns() {
    byte[] call = new byte[292];
    Arrays.fill(call, (byte) 0xab);
    Address dollar = Address.read("0x036CbD53842c5426634e7929541eC2318f3dCF7e").orElseThrow();
    var one = new RawTransaction(84_532, 0, 1, 1_000_000_007, 120_000, dollar, call);
    assertThat(one.signed(KEY).hash())
        .isEqualTo("0x8654366b6f12c3f3d83221675e87214b2a771bff2a2e1940e8b74892a0e5201a");
    var empty =
        new RawTransaction(8_453, 70_000, 128, 5_000_000_127L, 21_000, KEY.address(), new byte[0]);
    assertThat(empty.signed(KEY).hash())
        .isEqualTo("0x0ba92383f774d9dac297ddc9a8d8205e0b9bb8b2a6dc0581d0e75f52f5e96b30");
    assertThat("0x" + HEX.formatHex(empty.signed(KEY).bytes()))
        .startsWith("0x02f86d82210583011170818085012a05f27f825208943c44cdddb6a900fa2b585dd299e0");
  }

  /// The examples of Ethereum's own description.
  @Test
  void lengthsAreWrittenAsDescribed() {
    assertThat(HEX.formatHex(Rlp.of("dog".getBytes(StandardCharsets.US_ASCII))))
        .isEqualTo("83646f67");
    assertThat(HEX.formatHex(Rlp.of(new byte[0]))).isEqualTo("80");
    assertThat(HEX.formatHex(Rlp.of(0))).isEqualTo("80");
    assertThat(HEX.formatHex(Rlp.of(15))).isEqualTo("0f");
    assertThat(HEX.formatHex(Rlp.of(1024))).isEqualTo("820400");
    assertThat(HEX.formatHex(Rlp.of(new byte[] {0}))).isEqualTo("00");
    assertThat(HEX.formatHex(Rlp.of(new byte[] {(byte) 0x80}))).isEqualTo("8180");
    assertThat(HEX.formatHex(Rlp.list())).isEqualTo("c0");
    byte[] none = Rlp.list();
    byte[] nested = Rlp.list(none, Rlp.list(none), Rlp.list(none, Rlp.list(none)));
    assertThat(HEX.formatHex(nested)).isEqualTo("c7c0c1c0c3c0c1c0");
    assertThat(HEX.formatHex(Rlp.of(new byte[55]))).startsWith("b7");
    assertThat(HEX.formatHex(Rlp.of(new byte[56]))).startsWith("b838");
    assertThat(HEX.formatHex(Rlp.list(Rlp.of(new byte[1024])))).startsWith("f90403b90400");
    assertThatThrownBy(() -> Rlp.of(BigInteger.ONE.negate()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theKeyIsMadeOnceAndForItsOwnerAlone() throws Exception {
    Path file = folder.resolve("evm.key");
    GasKey made = GasKey.openOrMake(file, new SplittableRandom(1));
    assertThat(GasKey.openOrMake(file, new SplittableRandom(2)).address())
        .isEqualTo(made.address());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertThatThrownBy(() -> GasKey.openOrMake(file, new SplittableRandom(2)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("open to other users");
  }

  @Test
  void whatIsNoKeyIsRefusedWithoutBeingShown() throws Exception {
    Path file = folder.resolve("evm.key");
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    for (String text : new String[] {"", "0".repeat(64), "f".repeat(64), "5de4111afa1a4b94"}) {
      Files.writeString(file, text);
      assertThatThrownBy(() -> GasKey.openOrMake(file, new SplittableRandom(2)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageEndingWith("does not hold a key of 64 hexadecimal digits");
    }
  }
}
