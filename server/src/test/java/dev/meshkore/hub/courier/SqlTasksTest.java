package dev.meshkore.hub.courier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.testing.TestDatabase;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SqlTasksTest {
  @TempDir private Path folder;

  private static OutsideTask task(String id, long endsAt) {
    return new OutsideTask(7, 8, id, "c", "t1", "k1", "working", "", 0, endsAt);
  }

  @Test
  void tasksAreKeptUntilTheirTimeIsOver() {
    TestDatabase.each(folder)
        .forEach(url -> {
          try (var database = Database.open(url, () -> 0, () -> {})) {
            var tasks = new SqlTasks(database);
            tasks.put(task("a", 100), 50L);
            tasks.put(task("b", 200), 40L);
            assertThat(tasks.due(39, 10)).isEmpty();
            assertThat(tasks.due(60, 10)).containsExactly(task("b", 200), task("a", 100));
            assertThat(tasks.due(60, 1)).containsExactly(task("b", 200));
            assertThat(tasks.find(new OutsideTask.Key(7, 8, "a"))).contains(task("a", 100));
            assertThat(tasks.find(new OutsideTask.Key(7, 9, "a"))).isEmpty();
            assertThat(tasks.newest(7, 8, "t1")).contains(task("b", 200));
            assertThat(tasks.newest(7, 8, "t2")).isEmpty();

            tasks.put(task("a", 100).in("completed", "x"), null);
            tasks.lookSoon(1);
            assertThat(tasks.due(1, 10)).containsExactly(task("b", 200));
            tasks.forget(150);
            assertThat(tasks.find(new OutsideTask.Key(7, 8, "a"))).isEmpty();
            tasks.forget(300);
            assertThat(tasks.find(new OutsideTask.Key(7, 8, "b"))).isPresent();
          }
        });
  }
}
