package dev.meshkore.hub.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AuditLogTest {
  private static final Instant NOW = Instant.parse("2026-11-21T20:00:00Z");

  @TempDir private Path folder;

  /// Rows whose bytes are their messages' texts.
  private static final class Lines implements LeafSource {
    @Override
    public List<Entry> entries(byte[] row) {
      return List.of(new Line(row.length));
    }

    private record Line(int length) implements Entry {
      @Override
      public int offset() {
        return 0;
      }

      @Override
      public boolean concerns(long agent) {
        return agent == 7;
      }

      @Override
      public byte[] record(byte[] row, byte[] digest) {
        return digest;
      }
    }
  }

  private static final class Parts implements AutoCloseable {
    final AtomicReference<Instant> now = new AtomicReference<>(NOW);
    final InstantSource time = now::get;
    final SecureRandom random = new SecureRandom();
    final Database database;
    final Audit audit = new Audit(time, random);
    final AuditLog log;

    Parts(DatabaseUrl url) {
      database = Database.open(url, () -> 0, () -> {});
      log = new AuditLog(database, new Lines(), "", time, random);
    }

    void message(String text) {
      database.write(transaction ->
          transaction.update(
              "INSERT INTO journal (body) VALUES (?)",
              (Object) text.getBytes(StandardCharsets.US_ASCII)));
    }

    void act(Leaf leaf) {
      database.write(transaction -> {
        audit.record(transaction, leaf);
        return true;
      });
    }

    List<Records.Entry> all() {
      long size = log.head().checkpoint().size();
      return log.leaves(0, size, Optional.empty(), 1_000, 1 << 20).entries();
    }

    @Override
    public void close() {
      database.close();
    }
  }

  @Test
  void putsMessagesAndActsInOneTree() {
    TestDatabase.each(folder)
        .forEach(url -> {
          try (var parts = new Parts(url)) {
            assertThat(parts.log.head().checkpoint().size()).isZero();
            parts.message("hello");
            parts.act(Leaf.of("channel.created", "alice", "room").with("visibility", "open"));
            parts.log.tick();

            Checkpoint head = parts.log.head().checkpoint();
            List<Records.Entry> all = parts.all();
            assertThat(head.size()).isEqualTo(2);
            assertThat(new String(record(all.get(1)), StandardCharsets.UTF_8))
                .isEqualTo(
                    "{\"actor\":\"alice\",\"at\":\"2026-11-21T20:00:00.000Z\",\"detail\":"
                        + "{\"visibility\":\"open\"},\"kind\":\"channel.created\",\"object\":"
                        + "\"room\",\"v\":1}");
            var hashes = all.stream().map(entry -> Proofs.leaf(record(entry))).toList();
            assertThat(Proofs.root(hashes)).isEqualTo(head.root());
            for (int i = 0; i < 2; i++) {
              List<byte[]> path = parts.log.inclusions(List.of((long) i), 2).getFirst();
              assertThat(Proofs.includes(hashes.get(i), i, path, 2, head.root())).isTrue();
            }
          }
        });
  }

  @Test
  void signsWhatItsKeyOpens() {
    try (var parts = new Parts(TestDatabase.each(folder).findFirst().orElseThrow())) {
      parts.message("hello");
      parts.log.tick();
      var verifier = SignedNote.Verifier.read(parts.log.vkey()).orElseThrow();
      String note = parts.log.head().note();
      assertThat(verifier.open(note).flatMap(Checkpoint::read))
          .contains(parts.log.head().checkpoint());
      assertThat(verifier.open(note.replace("\n1\n", "\n2\n"))).isEmpty();
      assertThat(SignedNote.Verifier.read(parts.log.vkey().replace("+", "0+"))).isEmpty();
    }
  }

  @Test
  void whatIsUndoneLeavesNoLeaf() {
    try (var parts = new Parts(TestDatabase.each(folder).findFirst().orElseThrow())) {
      try {
        parts.database.write(transaction -> {
          parts.audit.record(transaction, Leaf.of("channel.created", "alice", "room"));
          throw new IllegalStateException("undone");
        });
      } catch (IllegalStateException undone) {
        assertThat(undone).hasMessage("undone");
      }
      parts.log.tick();
      assertThat(parts.log.head().checkpoint().size()).isZero();
    }
  }

  @Test
  void goesOnAfterEveryPlaceWhereItMayBeKilled() {
    TestDatabase.each(folder)
        .forEach(url -> {
          Checkpoint signed;
          try (var parts = new Parts(url)) {
            parts.message("signed");
            parts.log.tick();
            signed = parts.log.head().checkpoint();
            parts.message("in the tree, not signed");
            var sequencer = new Sequencer(parts.database, new Lines(), parts.random);
            assertThat(sequencer.step()).isFalse();
            assertThat(sequencer.size()).isEqualTo(2);
            parts.message("committed, not in the tree");
          }
          try (var parts = new Parts(url)) {
            assertThat(parts.log.head().checkpoint()).isEqualTo(signed);
            parts.log.tick();
            Checkpoint head = parts.log.head().checkpoint();
            assertThat(head.size()).isEqualTo(3);
            List<byte[]> proof = parts.log.consistency(signed.size(), head.size());
            assertThat(
                    Proofs.extendsTree(
                        signed.size(), signed.root(), head.size(), head.root(), proof))
                .isTrue();
          }
        });
  }

  @Test
  void neverSignsWhatDoesNotBeginWithWhatItSigned() {
    TestDatabase.each(folder)
        .forEach(url -> {
          try (var parts = new Parts(url)) {
            parts.message("one");
            parts.message("two");
            parts.log.tick();
            parts.database.write(transaction ->
                transaction.update(
                    "UPDATE audit_tile SET hashes = ?", (Object) new byte[2 * Digests.BYTES]));
          }
          try (var parts = new Parts(url)) {
            Checkpoint before = parts.log.head().checkpoint();
            parts.message("three");
            parts.log.tick();
            assertThat(parts.log.head().checkpoint()).isEqualTo(before);
          }
        });
  }

  @Test
  void twoHubsOnOneDatabaseKeepOneLog() {
    TestDatabase.each(folder)
        .filter(url -> url.dialect().isShared())
        .forEach(url -> {
          try (var one = new Parts(url);
              var other = new Parts(url)) {
            assertThat(one.log.vkey()).isEqualTo(other.log.vkey());
            for (int i = 0; i < 20; i++) {
              one.message("of one " + i);
              other.message("of the other " + i);
              (i % 2 == 0 ? one : other).log.tick();
            }
            one.log.tick();
            other.log.tick();
            assertThat(one.log.head().checkpoint()).isEqualTo(other.log.head().checkpoint());
            assertThat(one.log.head().checkpoint().size()).isEqualTo(40);
          }
        });
  }

  @Test
  void aTransactionThatCommitsLateIsNotPassedOver() throws InterruptedException {
    DatabaseUrl url = TestDatabase.each(folder).reduce((_, last) -> last).orElseThrow();
    try (var parts = new Parts(url);
        var slow = Database.open(url, () -> 0, () -> {})) {
      var isWritten = new CountDownLatch(1);
      var mayCommit = new CompletableFuture<Boolean>();
      boolean isShared = url.dialect().isShared();
      Thread late =
          Thread.ofVirtual()
              .start(() ->
                  slow.write(transaction -> {
                    transaction.update("INSERT INTO journal (body) VALUES (?)", (Object) bytes());
                    isWritten.countDown();
                    return !isShared || mayCommit.join();
                  }));
      isWritten.await();
      if (isShared) {
        parts.message("committed first, numbered second");
        parts.log.tick();
        assertThat(parts.log.head().checkpoint().size()).isZero();
      }
      mayCommit.complete(true);
      late.join();
      parts.log.tick();
      assertThat(parts.log.head().checkpoint().size()).isEqualTo(isShared ? 2 : 1);
    }
  }

  @Test
  void showsAnAgentWhatConcernsIt() {
    try (var parts = new Parts(TestDatabase.each(folder).findFirst().orElseThrow())) {
      parts.message("\"id\":1}");
      parts.act(Leaf.of("channel.created", "bob", "room"));
      parts.act(Leaf.of("profile.changed", "alice", "alice").about(bytes()));
      parts.log.tick();
      var alice = Optional.of(new Records.Reader(7, "alice"));
      var bob = Optional.of(new Records.Reader(8, "bob"));
      List<Records.Entry> ofAlice = parts.log.leaves(0, 3, alice, 100, 1 << 20).entries();
      assertThat(ofAlice).extracting(Records.Entry::index).containsExactly(0L, 2L);
      assertThat(ofAlice.getFirst().content())
          .isEqualTo("\"id\":1}".getBytes(StandardCharsets.UTF_8));
      assertThat(parts.log.leaves(0, 3, bob, 100, 1 << 20).entries())
          .extracting(Records.Entry::index)
          .containsExactly(1L);
      assertThat(parts.all()).allMatch(entry -> entry.content() == null && entry.salt() == null);
    }
  }

  @Test
  void headsOfThePastAreForgotten() {
    try (var parts = new Parts(TestDatabase.each(folder).findFirst().orElseThrow())) {
      parts.message("one");
      parts.log.tick();
      parts.message("two");
      parts.log.tick();
      assertThat(parts.log.headAt(1)).isPresent();
      parts.now.set(NOW.plus(Duration.ofHours(2)));
      parts.message("three");
      parts.log.tick();
      assertThat(parts.log.headAt(1)).isEmpty();
      assertThat(parts.log.headAt(2)).as("replaced just now").isPresent();
      assertThat(parts.log.headAt(3)).isPresent();
      parts.now.set(NOW.plus(Duration.ofHours(4)));
      parts.message("four");
      parts.log.tick();
      assertThat(parts.log.headAt(2)).isEmpty();
      assertThat(parts.log.headAt(3)).isPresent();
    }
  }

  private static byte[] bytes() {
    return "text".getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] record(Records.Entry entry) {
    byte[] record = entry.record();
    assertThat(record).isNotNull();
    return record == null ? new byte[0] : record;
  }
}
