package dev.meshkore.hub.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.AgentKeyPair.Call;
import dev.meshkore.hub.testing.TestHub;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What a signed request asks for is done only where its signature was stored as used: a database
/// that refuses the one refuses the other.
final class RefusedNonceTest {
  private static final Duration LATER = Duration.ofMinutes(4);

  private TestHub hub;
  private SignedAgent alice;

  @BeforeEach
  void start() {
    hub = TestHub.start(Map.of());
    alice = SignedAgent.join(hub, "alice", 1).bound();
    hub.advance(LATER);
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  @Test
  void nothingIsDoneForASignatureThatCouldNotBeStored() throws SQLException {
    alice.post(alice.apiKey, "/send", message("before"));
    sql(
        "CREATE TRIGGER refuse BEFORE INSERT ON accepted_group"
            + " BEGIN SELECT RAISE(ABORT, 'refused'); END");
    for (Call call :
        List.of(
            Call.post(alice.url("/send"), message("refused")),
            Call.post(alice.url("/channels"), "{\"channel_id\":\"room\"}"),
            new Call("PATCH", alice.url("/profile"), "{\"description\":\"refused\"}"),
            Call.post(alice.url("/keys/api-key"), ""),
            Call.post(alice.url("/messages/ack"), "{\"sequence\":1}"),
            Call.get(alice.url("/messages?after=1")))) {
      HttpResponse<String> answer = signed(call);
      assertThat(answer.statusCode()).as(call + answer.body()).isGreaterThanOrEqualTo(500);
    }
    sql("DROP TRIGGER refuse");
    assertThat(inbox()).contains("before").doesNotContain("refused");
    assertThat(alice.get(alice.apiKey, "/channels").body()).doesNotContain("room");
    assertThat(alice.get(alice.apiKey, "/profile").body()).doesNotContain("refused");
    assertThat(signed(Call.post(alice.url("/send"), message("after"))).statusCode()).isEqualTo(201);
    assertThat(inbox()).contains("after");
  }

  @Test
  void othersAreNotRefusedWithIt() throws SQLException {
    sql(
        "CREATE TRIGGER refuse BEFORE INSERT ON accepted_group"
            + " BEGIN SELECT RAISE(ABORT, 'refused'); END");
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 50; i++) {
        String text = (i % 2 == 0 ? "signed-" : "plain-") + i;
        boolean isSigned = i % 2 == 0;
        var _ =
            threads.submit(() ->
                isSigned
                    ? signed(Call.post(alice.url("/send"), message(text)))
                    : alice.post(alice.apiKey, "/send", message(text)));
      }
    }
    sql("DROP TRIGGER refuse");
    String inbox = inbox();
    assertThat(inbox).doesNotContain("signed-");
    for (int i = 1; i < 50; i += 2) {
      assertThat(inbox).contains("plain-" + i + "\"");
    }
  }

  private HttpResponse<String> signed(Call call) {
    long now = SignedAgent.now() + LATER.toSeconds();
    var headers =
        new LinkedHashMap<>(alice.pair.http(call, alice.keyId(), now, SignedAgent.nonce()));
    headers.put("Content-Type", "application/json");
    return SignedAgent.send(call.with(headers));
  }

  private String inbox() {
    return alice.get(alice.apiKey, "/messages?acknowledge=false").body();
  }

  private static String message(String text) {
    return "{\"to\":\"alice\",\"payload\":\"" + text + "\"}";
  }

  private void sql(String text) throws SQLException {
    var file = new DatabaseUrl.SqliteFile(hub.data().resolve("hub.db"));
    try (Connection connection = file.openToWrite();
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA busy_timeout = 20000");
      statement.execute(text);
    }
  }
}
