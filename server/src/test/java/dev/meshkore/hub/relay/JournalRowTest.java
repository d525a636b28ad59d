package dev.meshkore.hub.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Seeds;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class JournalRowTest {
  private record Seen(long stream, long sequence, String id, long sender, long channel) {}

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static List<JournalRow.Target> targets(SplittableRandom random, int count) {
    var targets = new ArrayList<JournalRow.Target>();
    for (int i = 0; i < count; i++) {
      targets.add(new JournalRow.Target(random.nextLong(1, 1L << 31), random.nextLong()));
    }
    return targets;
  }

  @Test
  void isReadAsItWasWritten() {
    Seeds.forAll(
        50,
        random -> {
          var row = new JournalRow();
          var contents = new ArrayList<String>();
          int count = random.nextInt(1, 20);
          for (int i = 0; i < count; i++) {
            String id = "\"id\":\"k" + i + "\",";
            String rest = "\"payload\":\"" + "ü".repeat(random.nextInt(3_000)) + "\"}";
            contents.add(id + rest);
            row.add(
                random.nextLong(),
                random.nextLong(),
                random.nextLong(),
                random.nextLong(),
                targets(random, random.nextInt(6)),
                bytes(id),
                bytes(rest));
          }
          byte[] body = row.toBytes();
          List<JournalRow.Item> read = JournalRow.read(body);
          assertThat(read).isEqualTo(row.records());
          assertThat(
                  read.stream()
                      .map(item ->
                          new String(
                              Arrays.copyOfRange(
                                  body, item.offset(), item.offset() + item.length()),
                              StandardCharsets.UTF_8)))
              .isEqualTo(contents);
        });
  }

  @Test
  void nothingIsAnEmptyRow() {
    assertThat(new JournalRow().toBytes()).isEmpty();
    assertThat(JournalRow.read(new byte[0])).isEmpty();
  }

  @Test
  void isFullFromItsLimitOn() {
    byte[] id = Frames.idMember("k1");
    var almost = new JournalRow();
    byte[] large = new byte[JournalRow.BYTES_FULL / 2];
    almost.add(1, 0, Stream.conversation(1, 2), 0, List.of(), id, large);
    int head = almost.toBytes().length - id.length - large.length;
    for (int missing = 0; missing < 2; missing++) {
      var row = new JournalRow();
      byte[] rest = new byte[JournalRow.BYTES_FULL - head - id.length - missing];
      row.add(1, 0, Stream.conversation(1, 2), 0, List.of(), id, rest);
      assertThat(row.toBytes()).hasSize(JournalRow.BYTES_FULL - missing);
      assertThat(row.isFull()).isEqualTo(missing == 0);
    }
  }

  @Test
  void everyInboxAndTheConversationSeeAMessage() {
    var row = new JournalRow();
    byte[] rest = bytes("\"payload\":1}");
    long talk = Stream.conversation(3, 7);
    long channel = Stream.channel(9);
    row.add(3, 0, talk, 77, List.of(new JournalRow.Target(7, 11)), Frames.idMember("direct"), rest);
    row.add(
        3,
        9,
        channel,
        0,
        List.of(new JournalRow.Target(7, 12), new JournalRow.Target(8, 1)),
        Frames.idMember("team::1"),
        rest);
    byte[] body = row.toBytes();
    var seen = new ArrayList<Seen>();
    JournalRow.intoStreams(
        JournalRow.read(body),
        42,
        body,
        (stream, message) -> {
          assertThat(message.position()).isEqualTo(42);
          seen.add(
              new Seen(
                  stream, message.sequence(), message.id(), message.sender(), message.channel()));
        });
    assertThat(seen)
        .containsExactly(
            new Seen(Stream.inbox(7), 11, "direct", 3, 0),
            new Seen(talk, 11, "direct", 3, 0),
            new Seen(Stream.inbox(7), 12, "team::1", 3, 9),
            new Seen(Stream.inbox(8), 1, "team::1", 3, 9),
            new Seen(channel, 0, "team::1", 3, 9));
  }
}
