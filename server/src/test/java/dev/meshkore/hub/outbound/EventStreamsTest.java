package dev.meshkore.hub.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class EventStreamsTest {
  private static final String HEAD =
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n\r\n";

  private final List<String> events = new ArrayList<>();

  private Outcome stream(RawServer server, int most) {
    try (OutboundClient client =
        OutboundClientTest.client(true, _ -> List.of(InetAddress.getLoopbackAddress()))) {
      return client.stream(
          server.url("a.example"),
          Map.of(),
          new byte[0],
          event -> {
            events.add(new String(event, StandardCharsets.UTF_8));
            return events.size() < most;
          });
    }
  }

  @Test
  void theDataOfEachEventComesInOrder() throws Exception {
    String text =
        HEAD
            + "\u00ef\u00bb\u00bfdata: 1\n\n"
            + ": a comment\n\nid: 7\nevent: x\ndata:2\ndata: 3\r\n\r\n"
            + "data\rdata:  4\r\rdatabase: no\n\nretry: 5\n\ndata: cut off\n";
    try (RawServer server = RawServer.saying(text)) {
      Outcome outcome = stream(server, 100);
      assertThat(OutboundClientTest.reason(outcome)).isEqualTo("answered 200");
      assertThat(events).containsExactly("1", "2\n3", "\n 4");
    }
  }

  @Test
  void itEndsWhenNoMoreIsWanted() throws Exception {
    try (RawServer server = RawServer.repeating(HEAD, "data: x\n\n", 1)) {
      assertThat(OutboundClientTest.reason(stream(server, 3))).isEqualTo("answered 200");
      assertThat(events).hasSize(3);
    }
  }

  @Test
  void itEndsInTimeAndWithinBounds() throws Exception {
    try (RawServer slow = RawServer.repeating(HEAD, ": alive\n\n", 20);
        RawServer large = RawServer.repeating(HEAD, "data: " + "x".repeat(1_000) + "\n\n", 0);
        RawServer oneEvent = RawServer.repeating(HEAD, "data: " + "x".repeat(1_000) + "\n", 0);
        RawServer oneLine = RawServer.repeating(HEAD + "data: ", "x".repeat(1_000), 0)) {
      assertThat(OutboundClientTest.reason(stream(slow, 100))).contains("longer than");
      assertThat(OutboundClientTest.reason(stream(large, 100))).contains("larger than 50000");
      assertThat(events).hasSizeBetween(40, 50);
      assertThat(OutboundClientTest.reason(stream(oneEvent, 100))).contains("event is larger");
      assertThat(OutboundClientTest.reason(stream(oneLine, 100))).contains("event is larger");
    }
  }

  @Test
  void anAnswerThatIsNoStreamComesAsAWhole() throws Exception {
    String text = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"a\":1}";
    try (RawServer server = RawServer.saying(text)) {
      Outcome outcome = stream(server, 100);
      assertThat(((Outcome.Answered) outcome).body()).asString().isEqualTo("{\"a\":1}");
      assertThat(events).isEmpty();
    }
  }
}
