package dev.meshkore.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class FramesTest {
  @Test
  void bringsEveryLengthBack() {
    SplittableRandom random = new SplittableRandom(11);
    for (int bytes : new int[] {0, 1, 125, 126, 127, 65_535, 65_536, 200_000}) {
      byte[] body = new byte[bytes];
      random.nextBytes(body);
      int mask = random.nextInt();
      byte[] frame = Frames.encode(Frames.TEXT, body, mask);
      int header = Frames.headerBytes(frame, 0, frame.length);
      assertThat(header).isEqualTo(Frames.clientHeaderBytes(bytes));
      assertThat(Frames.bodyBytes(frame, 0)).isEqualTo(bytes);
      assertThat(Frames.opcode(frame, 0)).isEqualTo(Frames.TEXT);
      assertThat(unmasked(frame, header, mask)).isEqualTo(body);
    }
  }

  @Test
  void masksAsTheExampleOfTheRfc() {
    byte[] frame = Frames.text("Hello", 0x37fa213d);
    assertThat(frame)
        .containsExactly(0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58);
  }

  @Test
  void waitsForTheWholeHeader() {
    byte[] frame = {(byte) 0x81, 126, 1, 0};
    assertThat(Frames.headerBytes(frame, 0, 1)).isEqualTo(-1);
    assertThat(Frames.headerBytes(frame, 0, 3)).isEqualTo(-1);
    assertThat(Frames.headerBytes(frame, 0, 4)).isEqualTo(4);
    assertThat(Frames.bodyBytes(frame, 0)).isEqualTo(256);
  }

  @Test
  void refusesALengthThatCannotBe() {
    byte[] frame = {(byte) 0x81, 127, -1, -1, -1, -1, -1, -1, -1, -1};
    assertThatThrownBy(() -> Frames.bodyBytes(frame, 0)).isInstanceOf(BenchFailure.class);
  }

  @Test
  void changesNumbersInsideAMaskedFrame() {
    Payload payload = new Payload(100);
    int mask = 0x5ac396e1;
    byte[] frame = Frames.encode(Frames.TEXT, payload.template(), mask);
    int header = Frames.clientHeaderBytes(100);
    payload.putMasked(frame, header, 123_456_789L, 42, mask, header);
    byte[] body = unmasked(frame, header, mask);
    assertThat(Payload.stamp(body, 0)).isEqualTo(123_456_789L);
    assertThat(Payload.sender(body, 0)).isEqualTo(42);
    assertThat(new String(body, UTF_8)).startsWith("{\"n\":1000000123456789,\"s\":1000042,");
  }

  private static byte[] unmasked(byte[] frame, int header, int mask) {
    byte[] body = new byte[frame.length - header];
    for (int i = 0; i < body.length; i++) {
      body[i] = (byte) (frame[header + i] ^ (mask >>> (24 - 8 * (i & 3))));
    }
    return body;
  }
}
