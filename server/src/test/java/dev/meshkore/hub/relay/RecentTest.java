package dev.meshkore.hub.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class RecentTest {
  private static final long INBOX = 7;

  private static Recent.Group group(long sequence) {
    var message = new Stored(sequence, sequence, 0, 100, 1, 0, 0, new byte[0], 0);
    return new Recent.Group(List.of(new Recent.InStream(INBOX, message)), 100);
  }

  private static List<Long> sequences(List<Stored> messages) {
    return messages.stream().map(Stored::sequence).toList();
  }

  private static Recent holding(long bytesMax, long first, long last) {
    var recent = new Recent(bytesMax);
    LongStream.rangeClosed(first, last).forEach(sequence -> recent.add(group(sequence)));
    return recent;
  }

  @Test
  void handsOverWhatFollowsUpToTheLimit() {
    Recent recent = holding(1 << 20, 11, 30);
    assertThat(sequences(recent.after(INBOX, 10, 3))).containsExactly(11L, 12L, 13L);
    assertThat(sequences(recent.after(INBOX, 28, 100))).containsExactly(29L, 30L);
    assertThat(recent.after(INBOX, 30, 100)).isEmpty();
  }

  @Test
  void hasNothingWhereItHasAGapOrNeverWas() {
    Recent recent = holding(1 << 20, 11, 13);
    recent.add(group(15));
    assertThat(recent.after(INBOX, 9, 100)).isEmpty();
    assertThat(sequences(recent.after(INBOX, 10, 100))).containsExactly(11L, 12L, 13L);
    assertThat(recent.after(INBOX, 13, 100)).isEmpty();
    for (long far : new long[] {31, 1L << 31, (1L << 31) + 10, 1L << 32, Long.MAX_VALUE, -1}) {
      assertThat(recent.after(INBOX, far, 100)).as("after %s", far).isEmpty();
    }
    assertThat(recent.after(8, 0, 100)).isEmpty();
  }

  @Test
  void forgetsTheOldestThatIsIndexedAndNothingElse() {
    Recent recent = holding(3 * 196, 1, 5);
    assertThat(sequences(recent.all(INBOX))).containsExactly(1L, 2L, 3L, 4L, 5L);
    recent.indexed(1);
    assertThat(sequences(recent.all(INBOX))).containsExactly(2L, 3L, 4L, 5L);
    recent.indexed(4);
    assertThat(sequences(recent.all(INBOX))).containsExactly(3L, 4L, 5L);
    recent.add(group(6));
    assertThat(sequences(recent.all(INBOX))).containsExactly(4L, 5L, 6L);
    assertThat(sequences(recent.after(INBOX, 3, 9))).containsExactly(4L, 5L, 6L);
  }
}
