package dev.meshkore.hub.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SlicesTest {
  private static final byte[] CONTENT = {1, 2, 3};

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void areReadAsTheyWereWrittenButForTheContent(boolean isInbox) {
    Seeds.forAll(
        50,
        random -> {
          List<Stored> messages = messages(random);
          List<Stored> read = new ArrayList<>();
          for (Slices.Entry entry : Slices.entries(messages, isInbox)) {
            read.addAll(Slices.read(entry.slices()));
            assertThat(read)
                .last()
                .extracting(Stored::sequence)
                .isEqualTo(entry.newest().sequence());
          }
          assertThat(read)
              .usingRecursiveFieldByFieldElementComparatorIgnoringFields("bytes", "start")
              .isEqualTo(messages);
          assertThat(read).allMatch(message -> message.bytes().length == 0);
        });
  }

  /// A row of SQLite's is on its page with up to 1,001 bytes.
  @Test
  void anEntryOfAnInboxFitsOnItsPage() {
    Seeds.forAll(
        50,
        random ->
            assertThat(Slices.entries(messages(random), true))
                .allMatch(entry -> entry.slices().length < 960));
  }

  /// Entries of a conversation are told apart by rows.
  @Test
  void whatOneRowHoldsOfAConversationIsInOneEntry() {
    Seeds.forAll(
        50,
        random -> {
          List<Slices.Entry> entries = Slices.entries(messages(random), false);
          assertThat(entries)
              .extracting(entry -> entry.newest().position())
              .doesNotHaveDuplicates();
          for (Slices.Entry entry : entries.subList(0, Math.max(0, entries.size() - 1))) {
            assertThat(entry.slices().length).isGreaterThan(850);
          }
        });
  }

  /// Some in the rows of a journal, in order.
  private static List<Stored> messages(SplittableRandom random) {
    var messages = new ArrayList<Stored>();
    int count = random.nextInt(300);
    long position = random.nextLong(1L << 40);
    for (int i = 0; i < count; i++) {
      position += random.nextInt(40) == 0 ? 1 : 0;
      messages.add(
          new Stored(
              random.nextLong(),
              position,
              random.nextInt(),
              random.nextInt(),
              random.nextLong(),
              random.nextLong(),
              random.nextLong(),
              CONTENT,
              1));
    }
    return messages;
  }
}
