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
            var inbox = new Inbox(READER, SqlInboxes.Row.EMPTY);
            append(database, journal, row(1, "k1", new JournalRow.Target(READER, 1)));
            inbox.grewTo(1);
            append(database, journal, row(1, "k2", new JournalRow.Target(READER, 2)));
            inbox.acknowledgeTo(1, journal.epoch());
            inbox.grewTo(2);

            var reopened = new Journal(database, SMALLEST);
            assertThat(reopened.after(READER, 1, 10, 1_000, inbox.acknowledgedEpoch()))
                .extracting(Stored::id)
                .containsExactly("k2");
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
            assertThat(reopened.after(READER, 0, 1_000, Long.MAX_VALUE, 0))
                .extracting(Stored::sequence)
                .containsExactlyElementsOf(
                    java.util.stream.LongStream.rangeClosed(1, 200).boxed().toList());
          }
        });
  }
}
