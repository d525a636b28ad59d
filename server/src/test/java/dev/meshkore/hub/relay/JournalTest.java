package dev.meshkore.hub.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.testing.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JournalTest {
  private static final Journal.Sizes SMALLEST = new Journal.Sizes(0, 0, 1_000, 0);
  private static final long READER = 7;

  @TempDir private Path folder;

  private static JournalRow row(long sender, String id, JournalRow.Target... targets) {
    var row = new JournalRow();
    add(row, sender, id, targets);
    return row;
  }

  private static void add(JournalRow row, long sender, String id, JournalRow.Target... targets) {
    byte[] envelope = "\"payload\":1}".getBytes(StandardCharsets.US_ASCII);
    row.add(sender, 1, Stream.channel(1), 0, List.of(targets), Frames.idMember(id), envelope);
  }

  private static void append(Database database, Journal journal, JournalRow row) {
    journal.committed(database.write(transaction -> journal.append(transaction, List.of(row))));
  }

  @Test
  void aMessageCommittedWhileItsReaderAcknowledgesIsFoundAfterwards() {
    TestDatabase.each(folder)
        .forEach(url -> {
          try (var database = Database.open(url, () -> 0, () -> {})) {
            var journal = new Journal(database, SMALLEST);
            var inbox = new Inbox(READER, SqlInboxes.Row.empty(journal.epoch()));
            append(database, journal, row(1, "k1", new JournalRow.Target(READER, 1)));
            inbox.grewTo(1);
            append(database, journal, row(1, "k2", new JournalRow.Target(READER, 2)));
            inbox.acknowledgeTo(1, journal.epoch());
            inbox.grewTo(2);

            var reopened = new Journal(database, SMALLEST);
            assertThat(reopened.after(READER, 1, 10, 1_000, inbox.acknowledgedEpoch()).messages())
                .extracting(Stored::id)
                .containsExactly("k2");
          }
        });
  }

  @Test
  void whoeverReadsOnIsLookedUpFromWhereTheyWereAndMissesNothing() {
    TestDatabase.each(folder)
        .forEach(url -> {
          try (var database = Database.open(url, () -> 0, () -> {})) {
            var journal = new Journal(database, SMALLEST);
            for (int i = 1; i <= 20; i++) {
              append(database, journal, row(1, "other" + i, new JournalRow.Target(8, i)));
            }
            Inbox inbox = new Inboxes(database, journal::epoch).of(READER);
            assertThat(inbox.epochAfter(0)).isEqualTo(journal.epoch());
            for (int i = 1; i <= 20; i++) {
              append(database, journal, row(1, "k" + i, new JournalRow.Target(READER, i)));
              inbox.grewTo(i);
            }
            var reopened = new Journal(database, SMALLEST);
            long before = inbox.epochAfter(0);
            for (int i = 0; i < 20; i += 2) {
              Journal.Part part = reopened.after(READER, i, 2, Long.MAX_VALUE, inbox.epochAfter(i));
              assertThat(part.messages())
                  .extracting(Stored::id)
                  .containsExactly("k" + (i + 1), "k" + (i + 2));
              inbox.readTo(i + 2L, part.epoch());
              inbox.acknowledgeTo(i + 2L, reopened.epoch());
              assertThat(inbox.acknowledgedEpoch()).isGreaterThanOrEqualTo(before);
              before = inbox.acknowledgedEpoch();
            }
            assertThat(inbox.epochAfter(4)).isZero();
            assertThat(inbox.epochAfter(20)).isEqualTo(reopened.epoch());
          }
        });
  }

  @Test
  void twoSendersWithTheSameIdInOneCommitAreToldApart() {
    TestDatabase.each(folder)
        .forEach(url -> {
          try (var database = Database.open(url, () -> 0, () -> {})) {
            var journal = new Journal(database, SMALLEST);
            var row = row(1, "k1", new JournalRow.Target(READER, 1));
            add(row, 2, "k1", new JournalRow.Target(READER, 2), new JournalRow.Target(8, 1));
            append(database, journal, row);
            assertThat(
                    database.<List<JournalRow.Target>>read(
                        transaction -> Journal.targets(transaction, 1, 2, "k1")))
                .containsExactly(new JournalRow.Target(READER, 2), new JournalRow.Target(8, 1));
          }
        });
  }

  @Test
  void whatWasNotIndexedIsIndexedAtStart() {
    TestDatabase.each(folder)
        .forEach(url -> {
          try (var database = Database.open(url, () -> 0, () -> {})) {
            var journal = new Journal(database, Journal.Sizes.NORMAL);
            for (long sequence = 1; sequence <= 200; sequence++) {
              JournalRow.Target target = new JournalRow.Target(READER, sequence);
              append(database, journal, row(1, "k" + sequence, target));
            }
            var reopened = new Journal(database, SMALLEST);
            assertThat(reopened.after(READER, 0, 1_000, Long.MAX_VALUE, 0).messages())
                .extracting(Stored::sequence)
                .containsExactlyElementsOf(
                    java.util.stream.LongStream.rangeClosed(1, 200).boxed().toList());
          }
        });
  }
}
