package dev.meshkore.hub.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.TestDatabase;
import dev.meshkore.hub.testing.TestHub;
import dev.meshkore.hub.testing.TextSocket;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

final class StopTest {
  private static final int SENDERS = 8;

  @TempDir private static Path folder;

  static Stream<Map<String, String>> databases() {
    return TestDatabase.each(folder).map(StopTest::settings);
  }

  private static Map<String, String> settings(DatabaseUrl url) {
    return switch (url) {
      case DatabaseUrl.SqliteFile _ -> Map.of();
      case DatabaseUrl.PostgresqlServer server -> Map.of("database", TestDatabase.setting(server));
    };
  }

  @Test
  void whatIsNotStoppedGoesOnWithoutANewVersion() throws SQLException {
    try (TestHub hub = TestHub.start(Map.of())) {
      Caller admin = Caller.admin(hub);
      Caller.join(hub, "alice");
      admin.post(200, "/stop", "{\"scope\":\"agent:alice\"}");
      long stopped = version(hub);
      admin.post(200, "/resume", "{\"scope\":\"agent:alice\"}");
      assertThat(version(hub)).isEqualTo(stopped + 1);
      admin.post(200, "/resume", "{\"scope\":\"agent:alice\"}");
      admin.post(200, "/resume", "{\"scope\":\"hub\"}");
      assertThat(version(hub)).isEqualTo(stopped + 1);
    }
  }

  private static long version(TestHub hub) throws SQLException {
    String file = "jdbc:sqlite:" + hub.data().resolve("hub.db");
    try (var connection = DriverManager.getConnection(file);
        var rows = connection.createStatement().executeQuery("SELECT epoch FROM guard_epoch")) {
      assertThat(rows.next()).isTrue();
      return rows.getLong(1);
    }
  }

  /// Agents send as fast as they can; what the recipient has when the stop is answered is all it
  /// ever gets.
  @ParameterizedTest
  @MethodSource("databases")
  void nothingCommitsAfterAStop(Map<String, String> settings) throws Exception {
    try (TestHub hub = TestHub.start(settings)) {
      Caller admin = Caller.admin(hub);
      Caller sink = Caller.join(hub, "sink");
      var senders = new ArrayList<Caller>();
      for (int i = 0; i < SENDERS; i++) {
        senders.add(Caller.join(hub, "sender" + i));
      }
      for (String scope : List.of("agent:sender0", "hub")) {
        var isDone = new AtomicBoolean();
        var running = new CountDownLatch(SENDERS * 5);
        var threads = senders.stream().map(sender -> load(sender, isDone, running)).toList();
        running.await();
        admin.post(200, "/stop", "{\"scope\":\"" + scope + "\",\"reason\":\"drill\"}");
        long atStop = countFrom(sink, scope);
        isDone.set(scope.equals("hub"));
        for (int i = 0; i < 20; i++) {
          JsonNode refused =
              senders.getFirst().post(403, "/send", "{\"to\":\"sink\",\"payload\":1}");
          assertThat(refused.get("type").stringValue()).isEqualTo("/problems/stopped");
          assertThat(refused.get("reason").stringValue()).isEqualTo("drill");
        }
        isDone.set(true);
        for (Thread thread : threads) {
          thread.join();
        }
        assertThat(countFrom(sink, scope)).isEqualTo(atStop);
        admin.post(200, "/resume", "{\"scope\":\"" + scope + "\"}");
        senders.getFirst().send("sink", "on again");
      }
    }
  }

  /// A stop that one hub takes holds for what another stores in the same database.
  @Test
  void nothingCommitsAfterAStopThatAnotherHubTook() throws Exception {
    for (Map<String, String> settings : databases().filter(one -> !one.isEmpty()).toList()) {
      try (TestHub one = TestHub.start(settings);
          TestHub other = TestHub.start(settings)) {
        Caller admin = Caller.admin(one);
        Caller sink = Caller.join(other, "sink");
        Caller sender = Caller.join(other, "sender");
        var isDone = new AtomicBoolean();
        var running = new CountDownLatch(40);
        var threads = Stream.generate(() -> load(sender, isDone, running)).limit(SENDERS).toList();
        running.await();
        admin.post(200, "/stop", "{\"scope\":\"agent:sender\"}");
        // Asked where nothing of it is in memory, so that what is committed counts, not what is
        // read: a hub's memory learns of a message a moment after its commit.
        Caller there = sink.at(one);
        long atStop = countFrom(there, "agent:sender");
        for (int i = 0; i < 20; i++) {
          sender.post(403, "/send", "{\"to\":\"sink\",\"payload\":1}");
        }
        isDone.set(true);
        for (Thread thread : threads) {
          thread.join();
        }
        assertThat(countFrom(there, "agent:sender")).isEqualTo(atStop).isPositive();
      }
    }
  }

  private static Thread load(Caller sender, AtomicBoolean isDone, CountDownLatch running) {
    return Thread.startVirtualThread(() -> {
      while (!isDone.get()) {
        sender.exchange("POST", "/send", "{\"to\":\"sink\",\"payload\":1}");
        running.countDown();
      }
    });
  }

  private static long countFrom(Caller sink, String scope) {
    long count = 0;
    long after = 0;
    boolean isMore = true;
    while (isMore) {
      JsonNode page = sink.get(200, "/messages?limit=1000&acknowledge=false&after=" + after);
      for (JsonNode message : page.get("messages")) {
        String from = message.get("from").stringValue();
        count += scope.equals("hub") || scope.equals("agent:" + from) ? 1 : 0;
      }
      after = page.get("after").longValue();
      isMore = page.get("more").booleanValue();
    }
    return count;
  }

  @Test
  void tellsLiveSessionsAtOnce() {
    try (TestHub hub = TestHub.start(Map.of())) {
      Caller admin = Caller.admin(hub);
      Caller alice = Caller.join(hub, "alice");
      Caller.join(hub, "bob");
      try (TextSocket session = alice.session()) {
        assertThat(session.next()).contains("\"type\":\"welcome\"");
        admin.post(200, "/stop", "{\"scope\":\"agent:alice\",\"reason\":\"why\"}");
        assertThat(session.next())
            .isEqualTo("{\"type\":\"stopped\",\"scope\":\"agent:alice\",\"reason\":\"why\"}");
        assertThat(session.next()).contains("\"from\":\"hub\"");
        session.send("{\"type\":\"send\",\"to\":\"bob\",\"payload\":1}");
        assertThat(session.next()).contains("/problems/stopped");
        session.send("{\"type\":\"status\",\"status\":\"busy\"}");
        assertThat(session.next()).contains("\"type\":\"problem\"", "/problems/stopped");
        assertThat(alice.get(200, "/profile").get("status").stringValue()).isEqualTo("available");
        admin.post(200, "/resume", "{\"scope\":\"agent:alice\"}");
        assertThat(session.next()).contains("\"type\":\"resumed\"");
      }
    }
  }

  @Test
  void tellsWhomItStopsAndLeavesTheInboxReadable() {
    try (TestHub hub = TestHub.start(Map.of())) {
      Caller admin = Caller.admin(hub);
      Caller alice = Caller.join(hub, "alice");
      Caller bob = Caller.join(hub, "bob");
      admin.post(200, "/stop", "{\"scope\":\"agent:alice\",\"reason\":\"looks odd\"}");
      bob.send("alice", "kept for later");
      JsonNode page = alice.get(200, "/messages");
      JsonNode notice = page.get("messages").get(0).get("payload");
      assertThat(notice.get("notice").stringValue()).isEqualTo("stopped");
      assertThat(notice.get("reason").stringValue()).isEqualTo("looks odd");
      assertThat(page.get("messages").get(1).get("from").stringValue()).isEqualTo("bob");
      alice.post(200, "/messages/ack", "{\"sequence\":2}");
      alice.call(403, "PATCH", "/profile", "{\"description\":\"x\"}");
      alice.post(403, "/channels", "{\"channel_id\":\"room\"}");
      assertThat(alice.get(200, "/stops").get("stops")).hasSize(1);
      assertThat(bob.get(200, "/stops").get("stops")).isEmpty();
      bob.post(403, "/stop", "{\"scope\":\"hub\"}");
      admin.post(404, "/stop", "{\"scope\":\"agent:nobody\"}");
    }
  }

  @Test
  void whoIsStoppedMayAskWhoThereIs() {
    try (TestHub hub = TestHub.start(Map.of())) {
      Caller alice = Caller.join(hub, "alice");
      Caller.admin(hub).post(200, "/stop", "{\"scope\":\"agent:alice\"}");
      alice.get(200, "/agents?status=all");
      alice.post(200, "/discover", "{\"query\":\"weather\"}");
      alice.post(200, "/ard/search", "{\"query\":{\"text\":\"weather\"}}");
      alice.post(403, "/services", "{}");
    }
  }
}
