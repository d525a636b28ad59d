package dev.meshkore.hub.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.TestDatabase;
import dev.meshkore.hub.testing.TestHub;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ErasureTest {
  private static final int ROUNDS = 12;

  @TempDir private Path folder = Path.of("");

  @Test
  void twoErasuresOfOneRowAtOnceOnTwoHubsDoNotUndoEachOther() throws Exception {
    DatabaseUrl.PostgresqlServer server = postgresql();
    if (server == null) {
      return;
    }
    try (var one = TestHub.start(Map.of("database", TestDatabase.setting(server)));
        var two = TestHub.start(Map.of("database", TestDatabase.setting(server)));
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Caller alice = Caller.join(one, "alice");
      Caller.join(one, "bob");
      Caller aliceThere = alice.at(two);
      for (int round = 0; round < ROUNDS; round++) {
        List<String> ids = inOneRow(server, alice, threads, round);
        one.hub().auditLog().tick();
        var barrier = new CyclicBarrier(2);
        var both = new ArrayList<Future<Integer>>();
        for (int i = 0; i < 2; i++) {
          Caller caller = i == 0 ? alice : aliceThere;
          String path = "/messages/" + ids.get(i);
          both.add(
              threads.submit(() -> {
                barrier.await();
                return caller.exchange("DELETE", path, null).statusCode();
              }));
        }
        for (Future<Integer> each : both) {
          assertThat(each.get()).isEqualTo(204);
        }
        String journal = journal(server);
        assertThat(journal)
            .doesNotContain("secret of " + ids.get(0) + "\"", "secret of " + ids.get(1) + "\"")
            .contains("secret of " + ids.get(2) + "\"");
      }
    }
  }

  @Test
  void anotherHubForgetsWhatItHadInMemory() throws Exception {
    DatabaseUrl.PostgresqlServer server = postgresql();
    if (server == null) {
      return;
    }
    try (var one = TestHub.start(Map.of("database", TestDatabase.setting(server)));
        var two = TestHub.start(Map.of("database", TestDatabase.setting(server)))) {
      Caller alice = Caller.join(one, "alice");
      Caller bob = Caller.join(one, "bob");
      String id = alice.send("bob", "kept in memory");
      String rest = alice.send("bob", "not erased");
      assertThat(inbox(bob)).contains("kept in memory", rest);
      two.hub().auditLog().tick();
      alice.at(two).call(204, "DELETE", "/messages/" + id, null);
      Instant deadline = Instant.now().plusSeconds(20);
      while (inbox(bob).contains("kept in memory")) {
        assertThat(Instant.now()).isBefore(deadline);
      }
      assertThat(inbox(bob)).contains("\"erased\":true", "not erased");
    }
  }

  @Test
  void whatWasApprovedSaysNothingOfAnErasedMessageAnyMore() {
    TestDatabase.each(folder)
        .forEach(url -> {
          Map<String, String> settings =
              url instanceof DatabaseUrl.PostgresqlServer server
                  ? Map.of("database", TestDatabase.setting(server))
                  : Map.of();
          try (var hub = TestHub.start(settings)) {
            approve(hub);
          }
        });
  }

  private static void approve(TestHub hub) {
    Caller admin = Caller.admin(hub);
    Caller alice = Caller.join(hub, "alice");
    Caller.join(hub, "bob");
    admin.call(200, "PUT", "/holds/alice", "{\"kinds\":[\"message\"]}");
    for (String message :
        List.of(
            "{\"to\":\"bob\",\"id\":\"k1\",\"payload\":{\"text\":\"held secret\"}}",
            "{\"to\":\"bob\",\"payload\":{\"text\":\"another secret\"}}",
            "{\"to\":\"bob\",\"id\":\"k3\",\"payload\":{\"text\":\"no secret\"}}")) {
      String id = alice.post(202, "/send", message).get("approval_id").stringValue();
      admin.post(200, "/approvals/" + id, "{\"decision\":\"approve\"}");
    }
    String before = admin.exchange("GET", "/approvals", null).body();
    assertThat(before).contains("held secret", "another secret", "no secret");
    alice.call(204, "DELETE", "/messages/k1", null);
    alice.call(204, "DELETE", "/messages/bob:2", null);
    assertThat(admin.exchange("GET", "/approvals", null).body())
        .contains("no secret", "{\"erased\":true}")
        .doesNotContain("held secret", "another secret");
  }

  /// Ids of messages that lie in one row of the journal: sent at once, until they do.
  private static List<String> inOneRow(
      DatabaseUrl.PostgresqlServer server, Caller alice, ExecutorService threads, int round)
      throws Exception {
    for (int attempt = 0; attempt < 50; attempt++) {
      String stem = "r" + round + "a" + attempt + "n";
      var sends = new ArrayList<Callable<Boolean>>();
      for (int i = 0; i < 24; i++) {
        String text = "secret of " + stem + i;
        String body = "{\"to\":\"bob\",\"id\":\"" + stem + i + "\",\"payload\":\"" + text + "\"}";
        sends.add(() -> {
          alice.post(201, "/send", body);
          return true;
        });
      }
      for (Future<Boolean> each : threads.invokeAll(sends)) {
        each.get();
      }
      for (String row : rows(server)) {
        var ids = new ArrayList<String>();
        for (int i = 0; i < 3; i++) {
          if (row.contains("\"id\":\"" + stem + i + "\"")) {
            ids.add(stem + i);
          }
        }
        if (ids.size() == 3) {
          return ids;
        }
      }
    }
    throw new AssertionError("No three messages lie together");
  }

  private static String inbox(Caller caller) {
    return caller.exchange("GET", "/messages?acknowledge=false&after=0", null).body();
  }

  private static String journal(DatabaseUrl.PostgresqlServer server) throws SQLException {
    return String.join("\n", rows(server));
  }

  private static List<String> rows(DatabaseUrl.PostgresqlServer server) throws SQLException {
    var rows = new ArrayList<String>();
    try (Connection connection =
            DriverManager.getConnection(server.jdbcUrl(), server.user(), server.password());
        ResultSet found = connection.createStatement().executeQuery("SELECT body FROM journal")) {
      while (found.next()) {
        rows.add(new String(found.getBytes(1), StandardCharsets.ISO_8859_1));
      }
    }
    return rows;
  }

  private DatabaseUrl.@Nullable PostgresqlServer postgresql() {
    return TestDatabase.each(folder)
        .filter(url -> url instanceof DatabaseUrl.PostgresqlServer)
        .map(url -> (DatabaseUrl.PostgresqlServer) url)
        .findFirst()
        .orElse(null);
  }
}
