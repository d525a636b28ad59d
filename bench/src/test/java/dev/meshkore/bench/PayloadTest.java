package dev.meshkore.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

final class PayloadTest {
  @Test
  void isJsonOfExactlyTheWantedLength() {
    for (int bytes : new int[] {Payload.BYTES_MIN, 400, 4_096}) {
      byte[] template = new Payload(bytes).template();
      assertThat(template).hasSize(bytes);
      assertThat(new JsonMapper().readTree(template).path("n").isNumber()).isTrue();
    }
  }

  @Test
  void refusesAPayloadWithoutRoomForItsNumbers() {
    assertThatThrownBy(() -> new Payload(10)).isInstanceOf(BenchFailure.class);
  }

  @Test
  void findsItselfWhereverItStands() {
    Payload payload = new Payload(200);
    byte[] own = payload.template();
    payload.put(own, 0, 77, 5);
    String content = new String(own, US_ASCII);
    byte[] last = ("{\"id\":\"a\",\"payload\":" + content + "}").getBytes(US_ASCII);
    byte[] first = ("{\"payload\":" + content + ",\"id\":\"a\"}").getBytes(US_ASCII);
    byte[] other = "{\"payload\":{\"text\":\"hi\"}}".getBytes(US_ASCII);
    int lastAt = payload.find(last, 0, last.length, 1);
    int firstAt = payload.find(first, 0, first.length, 1);
    assertThat(Payload.stamp(last, lastAt)).isEqualTo(77);
    assertThat(Payload.sender(first, firstAt)).isEqualTo(5);
    assertThat(payload.find(other, 0, other.length, 1)).isEqualTo(-1);
  }

  @Test
  void readsDigitsUntilTheyEnd() {
    byte[] text = "\"sequence\":1729,\"x\"".getBytes(US_ASCII);
    assertThat(Digits.readAll(text, 11, text.length)).isEqualTo(1729);
    assertThat(Digits.readAll(text, 0, text.length)).isZero();
  }

  @Test
  void findsBytesOnlyWhenAllOfThemAreThere() {
    byte[] data = "aaab".getBytes(US_ASCII);
    assertThat(Scan.find(data, 0, 4, "aab".getBytes(US_ASCII))).isEqualTo(1);
    assertThat(Scan.find(data, 0, 3, "aab".getBytes(US_ASCII))).isEqualTo(-1);
    assertThat(Scan.lineEnd("+OK\r\n".getBytes(US_ASCII), 0, 5)).isEqualTo(3);
    assertThat(Scan.lineEnd("+OK\r".getBytes(US_ASCII), 0, 4)).isEqualTo(-1);
  }
}
