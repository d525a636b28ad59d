package dev.meshkore.hub.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class FramesTest {
  private static final long AT = Instant.parse("2026-11-21T14:30:00Z").toEpochMilli();
  private static final String REQUEST =
      """
      {"to":"bob","id":"k1","thread":"t1","reply_to":"k0","expires_in":3600,\
      "payload":{"text": "grüße"}}\
      """;

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static String message(byte[] envelope, Optional<String> state) {
    byte[] before = "what comes before it".getBytes(StandardCharsets.UTF_8);
    byte[] id = Frames.idMember("k1");
    var bytes = new ByteArrayOutputStream();
    bytes.writeBytes(before);
    bytes.writeBytes(id);
    bytes.writeBytes(envelope);
    bytes.writeBytes(before);
    var stored =
        new Stored(
            17, 1, 0, id.length + envelope.length, 1, 0, 0, bytes.toByteArray(), before.length);
    var out = new ByteArrayOutputStream();
    Frames.message(out, stored, state.orElse(null));
    return text(out.toByteArray());
  }

  @Test
  void aMessageHasEverythingThatWasGiven() {
    Draft draft = new DraftReader().readSend(REQUEST.getBytes(StandardCharsets.UTF_8));
    byte[] envelope = Frames.envelope(draft, "alice", AT, AT + 3_600_000);
    String rest =
        """
        "id":"k1","from":"alice","to":"bob","sent_at":"2026-11-21T14:30:00.000Z",\
        "thread":"t1","reply_to":"k0","expires_at":"2026-11-21T15:30:00.000Z",\
        "payload":{"text": "grüße"}}\
        """;
    assertThat(message(envelope, Optional.empty()))
        .isEqualTo("{\"type\":\"message\",\"sequence\":17," + rest);
    assertThat(message(envelope, Optional.of("read")))
        .isEqualTo("{\"type\":\"message\",\"sequence\":17,\"state\":\"read\"," + rest);
  }

  @Test
  void aMessageHasNothingThatWasNotGiven() {
    byte[] body = "{\"payload\":null}".getBytes(StandardCharsets.UTF_8);
    Draft draft = new DraftReader().readChannelSend(body, "team");
    assertThat(message(Frames.envelope(draft, "alice", AT, 0), Optional.empty()))
        .isEqualTo(
            """
            {"type":"message","sequence":17,"id":"k1","from":"alice","channel":"team",\
            "sent_at":"2026-11-21T14:30:00.000Z","payload":null}\
            """);
  }

  @Test
  void theAnswerToASendNamesThePlaceOrHowManyGotIt() {
    var direct = new Sent("bob:17", "bob", null, 17, 1, AT, "queued", false);
    String members =
        """
        "state":"queued","id":"bob:17","to":"bob","sequence":17,\
        "sent_at":"2026-11-21T14:30:00.000Z"}\
        """;
    assertThat(text(Frames.sent(direct, false, null))).isEqualTo("{" + members);
    assertThat(text(Frames.sent(direct, true, null))).isEqualTo("{\"type\":\"receipt\"," + members);
    assertThat(text(Frames.sent(direct, true, "r1")))
        .isEqualTo("{\"type\":\"receipt\",\"ref\":\"r1\"," + members);
    var inChannel = new Sent("team::9", null, "team", 0, 3, AT, "queued", false);
    assertThat(text(Frames.sent(inChannel, false, null)))
        .isEqualTo(
            """
            {"state":"queued","id":"team::9","channel":"team","recipients":3,\
            "sent_at":"2026-11-21T14:30:00.000Z"}\
            """);
  }

  @Test
  void aReceiptIsAWatermarkOrNamesWhoIsThere() {
    assertThat(text(Frames.receipt("bob", State.READ, 17, "k1", AT)))
        .isEqualTo(
            """
            {"type":"receipt","to":"bob","state":"read","sequence":17,"id":"k1",\
            "at":"2026-11-21T14:30:00.000Z"}\
            """);
    List<String> agents = List.of("bob", "carol");
    assertThat(text(Frames.channelReceipt("team", State.DELIVERED, "team::9", agents, AT)))
        .isEqualTo(
            """
            {"type":"receipt","channel":"team","id":"team::9","state":"delivered",\
            "agents":["bob","carol"],"at":"2026-11-21T14:30:00.000Z"}\
            """);
  }
}
