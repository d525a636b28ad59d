package dev.meshkore.hub.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.AgentKeyPair.Call;
import dev.meshkore.hub.testing.TestDatabase;
import dev.meshkore.hub.testing.TestHub;
import dev.meshkore.hub.testing.TextSocket;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A signature that is seen again: at every edge of its window, by many at once, after a restart
/// and at another hub on the same database.
final class ReplayTest {
  private static final String URL = "https://hub.example/mesh";
  private static final int AT_ONCE = 32;

  @TempDir private Path folder;

  @Test
  void aSignatureIsAcceptedOnceAtAnyTime() {
    try (TestHub hub = TestHub.start(Map.of())) {
      SignedAgent alice = SignedAgent.join(hub, "alice", 1).bound();
      Call call = Call.get(alice.url("/profile"));
      long created = SignedAgent.now();
      String nonce = SignedAgent.nonce();
      Map<String, String> http =
          alice.pair.http(
              call, alice.keyId(), created, nonce, "", List.of("@method", "@target-uri"));
      Map<String, String> nostr = alice.pair.nostr(call, created);
      assertThat(SignedAgent.send(call.with(http)).statusCode()).isEqualTo(200);
      assertThat(SignedAgent.send(call.with(nostr)).statusCode()).isEqualTo(200);
      assertReplay(call, http, "signature-used");
      assertReplay(call, nostr, "signature-used");
      // Other parameters make another signature, but not another nonce.
      assertReplay(
          call,
          alice.pair.http(
              call, alice.keyId(), created, nonce, ";tag=\"x\"", List.of("@method", "@target-uri")),
          "signature-used");
      hub.advance(Duration.ofSeconds(55));
      assertReplay(call, nostr, "signature-used");
      hub.advance(Duration.ofSeconds(10));
      assertReplay(call, nostr, "signature-expired");
      hub.advance(Duration.ofSeconds(225));
      assertReplay(call, http, "signature-used");
      hub.advance(Duration.ofSeconds(15));
      assertReplay(call, http, "signature-expired");
      // What is forgotten of a signature is forgotten only after it can be accepted no more.
      hub.advance(Duration.ofHours(1));
      var now = SignedAgent.now() + 3_905;
      var fresh = List.of("@method", "@target-uri");
      var later = alice.pair.http(call, alice.keyId(), now, SignedAgent.nonce(), "", fresh);
      assertThat(SignedAgent.send(call.with(later)).statusCode()).isEqualTo(200);
      assertReplay(call, http, "signature-expired");
      assertReplay(call, later, "signature-used");
    }
  }

  @Test
  void ofManyAtOnceOneIsAccepted() throws Exception {
    for (DatabaseUrl url : TestDatabase.each(folder).toList()) {
      try (TestHub hub = TestHub.start(settings(url, ""))) {
        SignedAgent alice = SignedAgent.join(hub, "alice", 1).bound();
        Call call = Call.get(alice.url("/profile"));
        for (long ahead : List.of(0L, 3_600L)) {
          hub.advance(Duration.ofSeconds(ahead));
          long created = SignedAgent.now() + ahead;
          Map<String, String> http =
              alice.pair.http(call, alice.keyId(), created, SignedAgent.nonce());
          assertThat(accepted(List.of(call), http)).isEqualTo(1);
        }
      }
    }
  }

  @Test
  void aRestartForgetsNothing() {
    for (DatabaseUrl url : TestDatabase.each(folder).toList()) {
      Call call = Call.get(URL + "/profile");
      SignedAgent alice;
      Map<String, String> http;
      Map<String, String> nostr;
      try (TestHub hub = TestHub.start(settings(url, URL))) {
        alice = SignedAgent.join(hub, "alice", 1).bound();
        http = alice.pair.http(call, alice.keyId(), SignedAgent.now(), SignedAgent.nonce());
        nostr = alice.pair.nostr(call, SignedAgent.now());
        assertThat(at(hub, call, http).statusCode()).isEqualTo(200);
        assertThat(at(hub, call, nostr).statusCode()).isEqualTo(200);
      }
      try (TestHub hub = TestHub.start(settings(url, URL))) {
        assertThat(SignedAgent.slug(at(hub, call, http))).isEqualTo("signature-used");
        assertThat(SignedAgent.slug(at(hub, call, nostr))).isEqualTo("signature-used");
        Map<String, String> fresh =
            alice.pair.http(call, "alice", SignedAgent.now(), SignedAgent.nonce());
        assertThat(at(hub, call, fresh).statusCode()).isEqualTo(200);
      }
    }
  }

  @Test
  void hubsOnOneDatabaseAcceptItOnceTogether() throws Exception {
    for (DatabaseUrl url : TestDatabase.each(folder).toList()) {
      if (url instanceof DatabaseUrl.PostgresqlServer) {
        try (TestHub one = TestHub.start(settings(url, URL));
            TestHub two = TestHub.start(settings(url, URL))) {
          SignedAgent alice = SignedAgent.join(one, "alice", 1).bound();
          Call call = Call.get(URL + "/profile");
          Map<String, String> http =
              alice.pair.http(call, alice.keyId(), SignedAgent.now(), SignedAgent.nonce());
          int accepted = accepted(List.of(local(one, call), local(two, call)), http);
          assertThat(accepted).isEqualTo(1);
        }
      }
    }
  }

  @Test
  void whatOneHubRevokesTheOtherKnowsSoon() {
    for (DatabaseUrl url : TestDatabase.each(folder).toList()) {
      if (url instanceof DatabaseUrl.PostgresqlServer) {
        try (TestHub one = TestHub.start(settings(url, URL));
            TestHub two = TestHub.start(settings(url, URL))) {
          SignedAgent alice = SignedAgent.join(one, "alice", 1).bound();
          assertThat(signedAt(two, alice)).isEqualTo(200);
          assertThat(withToken(two, alice)).isEqualTo(200);
          try (TextSocket live = new TextSocket("http://127.0.0.1:" + two.port(), alice.token)) {
            assertThat(live.next()).contains("welcome");
            String path = "/keys/" + alice.pair.ed25519Hex();
            assertThat(alice.delete(alice.apiKey, path).statusCode()).isEqualTo(204);
            assertThat(alice.post(alice.apiKey, "/keys/api-key", "").statusCode()).isEqualTo(201);
            assertThat(live.next()).contains("4403");
            assertThat(signedAt(two, alice)).isEqualTo(401);
            assertThat(withToken(two, alice)).isEqualTo(401);
          }
        }
      }
    }
  }

  private static int signedAt(TestHub hub, SignedAgent agent) {
    Call call = Call.get(URL + "/profile");
    return at(
            hub, call, agent.pair.http(call, agent.keyId(), SignedAgent.now(), SignedAgent.nonce()))
        .statusCode();
  }

  private static int withToken(TestHub hub, SignedAgent agent) {
    Call call = Call.get(URL + "/profile");
    return at(hub, call, Map.of("Authorization", "Bearer " + agent.token)).statusCode();
  }

  private static Call local(TestHub hub, Call call) {
    return new Call(call.method(), call.url().replace(URL, "http://127.0.0.1:" + hub.port()), "");
  }

  private static HttpResponse<String> at(TestHub hub, Call call, Map<String, String> headers) {
    return SignedAgent.send(local(hub, call).with(headers));
  }

  private static int accepted(List<Call> calls, Map<String, String> headers) throws Exception {
    var asked = new ArrayList<Callable<HttpResponse<String>>>();
    for (int i = 0; i < AT_ONCE; i++) {
      Call call = calls.get(i % calls.size());
      asked.add(() -> SignedAgent.send(call.with(headers)));
    }
    int accepted = 0;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<HttpResponse<String>> answer : threads.invokeAll(asked)) {
        int status = answer.get().statusCode();
        assertThat(status).isIn(200, 401);
        accepted += status == 200 ? 1 : 0;
      }
    }
    return accepted;
  }

  private static void assertReplay(Call call, Map<String, String> headers, String slug) {
    HttpResponse<String> answer = SignedAgent.send(call.with(headers));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(401);
    assertThat(SignedAgent.slug(answer)).isEqualTo(slug);
  }

  private Map<String, String> settings(DatabaseUrl url, String publicUrl) {
    var settings = new HashMap<String, String>();
    switch (url) {
      case DatabaseUrl.SqliteFile _ -> settings.put("data", folder.resolve("data").toString());
      case DatabaseUrl.PostgresqlServer server ->
          settings.put("database", TestDatabase.setting(server));
    }
    if (!publicUrl.isEmpty()) {
      settings.put("public-url", publicUrl);
    }
    return settings;
  }
}
