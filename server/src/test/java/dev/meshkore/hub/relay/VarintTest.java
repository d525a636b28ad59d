package dev.meshkore.hub.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Seeds;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

final class VarintTest {
  @Test
  void readsWhatItWrote() {
    assertRoundTrip(0, 1);
    assertRoundTrip(63, 1);
    assertRoundTrip(-64, 1);
    assertRoundTrip(64, 2);
    assertRoundTrip(Long.MAX_VALUE, Varint.BYTES_MAX);
    assertRoundTrip(Long.MIN_VALUE, Varint.BYTES_MAX);
    Seeds.forAll(
        1_000,
        random -> {
          var out = ByteBuffer.allocate(Varint.BYTES_MAX);
          long number = random.nextLong() >> random.nextInt(64);
          Varint.put(out, number);
          assertThat(Varint.get(out.flip())).isEqualTo(number);
          assertThat(out.hasRemaining()).isFalse();
        });
  }

  private static void assertRoundTrip(long number, int bytes) {
    var out = ByteBuffer.allocate(Varint.BYTES_MAX);
    Varint.put(out, number);
    assertThat(out.position()).isEqualTo(bytes);
    assertThat(Varint.get(out.flip())).isEqualTo(number);
  }
}
