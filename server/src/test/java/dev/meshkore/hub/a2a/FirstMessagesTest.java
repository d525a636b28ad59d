package dev.meshkore.hub.a2a;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.TestDatabase;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A first message begins one task, on both databases, and on SQLite as long as its task is one of
/// the newest.
final class FirstMessagesTest {
  @TempDir private static Path folder;

  static Stream<DatabaseUrl> databases() {
    return TestDatabase.each(folder);
  }

  @ParameterizedTest
  @MethodSource("databases")
  void aFirstMessageBeginsOneTask(DatabaseUrl url) {
    try (Database database = open(url)) {
      var messages = new FirstMessages(database, FirstMessages.KEPT);
      assertThat(begin(database, messages, "one", "first-1")).isTrue();
      assertThat(begin(database, messages, "two", "first-1")).isFalse();
      assertThat(begin(database, messages, "two", "first-2")).isTrue();
      assertThat(messages.taskOf("first-1").map(Task::id)).contains("one");
      assertThat(messages.taskOf("first-2").map(Task::id)).contains("two");
      assertThat(messages.taskOf("first-3")).isEmpty();
      var after = new FirstMessages(database, FirstMessages.KEPT);
      assertThat(after.taskOf("first-1").map(Task::id)).contains("one");
      assertThat(begin(database, after, "three", "first-2")).isFalse();
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  void ofTwoInOneCommitOneBegins(DatabaseUrl url) {
    try (Database database = open(url)) {
      var messages = new FirstMessages(database, FirstMessages.KEPT);
      Optional<Runnable> after =
          database.write(transaction -> {
            Task task = task("one");
            Optional<Runnable> first = messages.begin(transaction, task, task.bytes(), "first-1");
            Task other = task("two");
            assertThat(messages.begin(transaction, other, other.bytes(), "first-1")).isEmpty();
            return first;
          });
      after.orElseThrow().run();
      assertThat(messages.taskOf("first-1").map(Task::id)).contains("one");
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  void whatWasNotCommittedIsNotKnown(DatabaseUrl url) {
    try (Database database = open(url)) {
      var messages = new FirstMessages(database, FirstMessages.KEPT);
      assertThatThrownBy(() ->
              database.write(transaction -> {
                Task task = task("one");
                assertThat(messages.begin(transaction, task, task.bytes(), "first-1")).isPresent();
                throw new IllegalStateException("undone");
              }))
          .hasMessage("undone");
      assertThat(messages.taskOf("first-1")).isEmpty();
      assertThat(begin(database, messages, "two", "first-1")).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  void aTaskThatWasDeletedIsForgotten(DatabaseUrl url) {
    try (Database database = open(url)) {
      var messages = new FirstMessages(database, FirstMessages.KEPT);
      assertThat(begin(database, messages, "one", "first-1")).isTrue();
      database.write(transaction -> {
        SqlTasks.delete(transaction, "one");
        return true;
      });
      assertThat(messages.taskOf("first-1")).isEmpty();
      assertThat(begin(database, messages, "two", "first-1")).isTrue();
      assertThat(messages.taskOf("first-1").map(Task::id)).contains("two");
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  void onAFileTheNewestAreKnownAndNotAll(DatabaseUrl url) {
    try (Database database = open(url)) {
      int kept = 4;
      var messages = new FirstMessages(database, kept);
      for (int i = 0; i < 3 * kept; i++) {
        assertThat(begin(database, messages, "task-" + i, "first-" + i)).isTrue();
        for (int known = Math.max(0, i - kept + 1); known <= i; known++) {
          assertThat(begin(database, messages, "again", "first-" + known)).isFalse();
        }
      }
      boolean isAlone = !database.dialect().isShared();
      assertThat(begin(database, messages, "again", "first-0")).isEqualTo(isAlone);
      var after = new FirstMessages(database, kept);
      assertThat(begin(database, after, "again-10", "first-10")).isFalse();
      assertThat(begin(database, after, "again-1", "first-1")).isEqualTo(isAlone);
    }
  }

  private static boolean begin(Database database, FirstMessages messages, String id, String first) {
    Task task = task(id);
    Optional<Runnable> after =
        database.write(transaction -> messages.begin(transaction, task, task.bytes(), first));
    after.ifPresent(Runnable::run);
    return after.isPresent();
  }

  private static Task task(String id) {
    return Task.begun(id, 1, 2, "context", true, 1_000);
  }

  private static Database open(DatabaseUrl url) {
    return Database.open(url, System::nanoTime, () -> {});
  }
}
