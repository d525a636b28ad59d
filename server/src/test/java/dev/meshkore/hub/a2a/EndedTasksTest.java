package dev.meshkore.hub.a2a;

import static dev.meshkore.hub.a2a.Village.atOnce;
import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Tasks that have ended are kept for a time, and nothing of them after.
final class EndedTasksTest {
  private static final String DONE = "{\"type\":\"task\",\"state\":\"completed\"}";
  private static final int MANY = 250;

  @TempDir private Path folder;

  @Test
  void endedTasksGoAfterTheirTime() throws Exception {
    for (DatabaseUrl url : TestDatabase.each(folder).toList()) {
      var settings = new HashMap<String, String>(Map.of("task-days", "7"));
      if (url instanceof DatabaseUrl.PostgresqlServer server) {
        settings.put("database", TestDatabase.setting(server));
      }
      try (var village = new Village(settings)) {
        play(village);
      }
    }
  }

  private static void play(Village village) throws Exception {
    String ended = begin(village, "m1");
    String open = begin(village, "m2");
    village.bobSays(ended, DONE);
    village.hub().advance(Duration.ofDays(5));
    String later = begin(village, "m3");
    village.bobSays(later, DONE);
    village.bobSays(open, "{\"type\":\"task\",\"state\":\"working\"}");
    assertThat(state(village, ended)).isEqualTo("TASK_STATE_COMPLETED");

    village.hub().advance(Duration.ofDays(3));
    awaitUnknown(village, ended);
    JsonNode never = village.rpc("alice", "GetTask", id("a2a-0000000000000000000000"));
    JsonNode gone = village.rpc("alice", "GetTask", id(ended));
    assertThat(gone.toString().replace(ended, "…"))
        .isEqualTo(never.toString().replace("a2a-0000000000000000000000", "…"));
    assertThat(village.error("alice", "CancelTask", id(ended))).isEqualTo(-32001);
    assertThat(village.error("alice", "SubscribeToTask", id(ended))).isEqualTo(-32001);
    assertThat(state(village, later)).isEqualTo("TASK_STATE_COMPLETED");
    assertThat(state(village, open)).isEqualTo("TASK_STATE_WORKING");
    assertThat(village.result("alice", "ListTasks", "{}").get("totalSize").intValue()).isEqualTo(2);

    // The messages are still there, and one that comes too late is a message like any other.
    village.bobSays(ended, DONE);
    assertThat(village.json("GET", "/history/bob", "alice", "").get("messages")).hasSize(7);

    village.hub().advance(Duration.ofDays(5));
    awaitUnknown(village, later);
    assertThat(state(village, open)).isEqualTo("TASK_STATE_WORKING");
  }

  @Test
  void manyGoAFewAtATime() throws Exception {
    for (DatabaseUrl url : TestDatabase.each(folder).toList()) {
      try (var database = Database.open(url, () -> 0, () -> {})) {
        database.write(transaction -> {
          for (int i = 0; i < MANY; i++) {
            Task task = Task.begun("t" + i, 1, 2, "c", true, i);
            SqlTasks.insert(transaction, task, task.bytes(), "f" + i);
            if (i % 5 > 0) {
              task.become(TaskState.FAILED, null, i);
              SqlTasks.update(transaction, task);
            }
            SqlHooks.put(transaction, task.id(), new Hook("h", "http://h.example/", "", "", ""));
            SqlHooks.addNotices(transaction, task.id(), i, new byte[0]);
            SqlEvents.add(transaction, task.id(), i, task.events());
          }
          return true;
        });
        InstantSource clock = () -> Instant.EPOCH.plus(Duration.ofDays(2));
        try (var _ = new Upkeep(database, new Feed(), Duration.ofDays(1), clock)) {
          awaitCount(database, "task", MANY / 5);
          for (String table : List.of("task_hook", "task_notice")) {
            awaitCount(database, table, MANY / 5);
          }
          assertThat(count(database, "task_event")).isZero();
        }
      }
    }
  }

  private static long count(Database database, String table) {
    return database.read(transaction -> transaction.number("SELECT count(*) FROM " + table, -1));
  }

  private static void awaitCount(Database database, String table, long wanted) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (count(database, table) != wanted) {
      assertThat(System.nanoTime()).as(table).isLessThan(end);
    }
  }

  @Test
  void eventsGoTheOldestFirst() {
    TestDatabase.each(folder)
        .forEach(url -> {
          try (var database = Database.open(url, () -> 0, () -> {})) {
            int left =
                database.write(transaction -> {
                  for (int i = 1; i <= 10; i++) {
                    var event = new Task.Event(i, TaskState.WORKING, new byte[0]);
                    SqlEvents.add(transaction, "t", i, List.of(event));
                  }
                  int deleted = SqlEvents.deleteBefore(transaction, 9, 5);
                  assertThat(deleted).isEqualTo(5);
                  deleted = SqlEvents.deleteBefore(transaction, 9, 5);
                  assertThat(deleted).isEqualTo(3);
                  return SqlEvents.deleteBefore(transaction, 9, 5);
                });
            assertThat(left).isZero();
            assertThat(count(database, "task_event")).isEqualTo(2);
          }
        });
  }

  private static String begin(Village village, String messageId) throws Exception {
    JsonNode task = village.result("alice", "SendMessage", atOnce(messageId, "hi")).get("task");
    return task.get("id").stringValue();
  }

  private static String id(String taskId) {
    return "{\"id\":\"" + taskId + "\"}";
  }

  private static String state(Village village, String taskId) throws Exception {
    JsonNode task = village.result("alice", "GetTask", id(taskId));
    return task.get("status").get("state").stringValue();
  }

  private static void awaitUnknown(Village village, String taskId) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (village.rpc("alice", "GetTask", id(taskId)).has("result")) {
      assertThat(System.nanoTime()).as("The task is still there").isLessThan(end);
    }
    assertThat(village.error("alice", "GetTask", id(taskId))).isEqualTo(-32001);
  }
}
