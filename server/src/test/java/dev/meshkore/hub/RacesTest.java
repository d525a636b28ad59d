package dev.meshkore.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.TestDatabase;
import dev.meshkore.hub.testing.TestHub;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Requests that come at the same time and want the same: at one hub on SQLite, and where there is
/// a PostgreSQL at two hubs that share it.
final class RacesTest {
  private static final int AT_ONCE = 16;
  private static final String TO_BOB = "{\"to\":\"bob\",\"payload\":1}";
  private static final JsonMapper JSON = new JsonMapper();

  private interface Play {
    void play(TestHub one, TestHub two) throws Exception;
  }

  private static void onEach(Play play) throws Exception {
    try (var alone = TestHub.start(Map.of())) {
      play.play(alone, alone);
    }
    Optional<String> shared = TestDatabase.shared();
    if (shared.isPresent()) {
      Map<String, String> settings = Map.of("database", shared.get());
      try (var one = TestHub.start(settings);
          var two = TestHub.start(settings)) {
        play.play(one, two);
      }
    }
  }

  /// One of many requests.
  private interface Ask {
    HttpResponse<String> ask(int which) throws Exception;
  }

  private static List<HttpResponse<String>> atOnce(Ask ask) throws Exception {
    var barrier = new CyclicBarrier(AT_ONCE);
    var asked = new ArrayList<Future<HttpResponse<String>>>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < AT_ONCE; i++) {
        int which = i;
        asked.add(
            threads.submit(() -> {
              barrier.await();
              return ask.ask(which);
            }));
      }
    }
    var answers = new ArrayList<HttpResponse<String>>();
    for (Future<HttpResponse<String>> each : asked) {
      answers.add(each.get());
    }
    return answers;
  }

  private static void assertOneMade(List<HttpResponse<String>> answers, String refusal) {
    assertThat(answers).filteredOn(answer -> answer.statusCode() == 201).hasSize(1);
    assertThat(answers)
        .filteredOn(answer -> answer.statusCode() != 201)
        .allSatisfy(answer -> assertThat(answer.body()).contains(refusal));
  }

  @Test
  void ofManyWhoJoinUnderOneIdOneDoes() throws Exception {
    onEach((one, two) -> {
      String made =
          Caller.admin(one).post(201, "/invites", "{\"max_uses\":2}").get("url").stringValue();
      String path = made.substring(made.indexOf("/join/"));
      List<TestHub> hubs = List.of(one, two);
      assertOneMade(
          atOnce(i ->
              Caller.withoutKey(hubs.get(i % 2))
                  .exchange("POST", path, "{\"agent_id\":\"alice\"}")),
          "agent-exists");
      // Who was refused has used nothing up: there is one use left, and no more.
      Caller stranger = Caller.withoutKey(two);
      assertThat(stranger.exchange("POST", path, "{\"agent_id\":\"bob\"}").statusCode())
          .isEqualTo(201);
      assertThat(stranger.exchange("POST", path, "{\"agent_id\":\"carol\"}").statusCode())
          .isGreaterThanOrEqualTo(400);
    });
  }

  @Test
  void ofManyWhoMakeOneChannelOneDoes() throws Exception {
    onEach((one, two) -> {
      var makers = new ArrayList<Caller>();
      for (int i = 0; i < AT_ONCE; i++) {
        makers.add(Caller.join(one, "maker-" + i).at(i % 2 == 0 ? one : two));
      }
      assertOneMade(
          atOnce(i -> makers.get(i).exchange("POST", "/channels", "{\"channel_id\":\"room\"}")),
          "channel-exists");
    });
  }

  @Test
  void ofManyMessagesUnderOneIdOneIsStored() throws Exception {
    onEach((one, two) -> {
      Caller alice = Caller.join(one, "alice");
      Caller bob = Caller.join(one, "bob");
      List<Caller> ways = List.of(alice, alice.at(two));
      List<HttpResponse<String>> answers =
          atOnce(i -> {
            String body = "{\"id\":\"m1\",\"to\":\"bob\",\"payload\":" + i + "}";
            return ways.get(i % 2).exchange("POST", "/send", body);
          });
      var sequences = new HashSet<JsonNode>();
      for (HttpResponse<String> answer : answers) {
        assertThat(answer.statusCode()).as(answer.body()).isIn(200, 201);
        sequences.add(JSON.readTree(answer.body()).get("sequence"));
      }
      assertThat(sequences).hasSize(1);
      assertThat(answers).filteredOn(answer -> answer.statusCode() == 201).hasSize(1);
      assertThat(bob.get(200, "/messages").get("messages")).hasSize(1);
    });
  }

  /// Sends at both hubs without a pause, and does something meanwhile; answers how often sending
  /// succeeded that began after the act was answered.
  private static int sentAfter(List<Caller> ways, String path, String body, Runnable act)
      throws Exception {
    var isOver = new AtomicBoolean();
    var areSending = new CountDownLatch(ways.size());
    var sending = new ArrayList<Future<Integer>>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Caller way : ways) {
        sending.add(
            threads.submit(() -> {
              int late = 0;
              int begun = 0;
              while (begun < AT_ONCE) {
                boolean isAfter = isOver.get();
                boolean isSent = way.exchange("POST", path, body).statusCode() == 201;
                late += isAfter && isSent ? 1 : 0;
                begun += isAfter ? 1 : 0;
                if (isSent) {
                  areSending.countDown();
                }
              }
              return late;
            }));
      }
      assertThat(areSending.await(20, TimeUnit.SECONDS)).isTrue();
      act.run();
      isOver.set(true);
    }
    int late = 0;
    for (Future<Integer> each : sending) {
      late += each.get();
    }
    return late;
  }

  @Test
  void nothingIsSentToAChannelAfterARemovalIsAnswered() throws Exception {
    onEach((one, two) -> {
      Caller ada = Caller.join(one, "ada");
      Caller bob = Caller.join(one, "bob");
      ada.post(201, "/channels", "{\"channel_id\":\"room\",\"members\":[\"bob\"]}");
      List<Caller> ways = List.of(bob, bob.at(two));
      Runnable remove = () -> ada.call(204, "DELETE", "/channels/room/members/bob", null);
      assertThat(sentAfter(ways, "/channels/room/send", "{\"payload\":1}", remove)).isZero();
    });
  }

  @Test
  void nothingIsSentUnderAMandateAfterItsRevocationIsAnswered() throws Exception {
    onEach((one, two) -> {
      String owner =
          Caller.admin(one)
              .post(201, "/owners", "{\"name\":\"Ada\",\"mandates\":\"required\"}")
              .get("api_key")
              .stringValue();
      Caller ada = Caller.of(one, "ada", owner);
      String url = ada.post(201, "/invites", "{}").get("url").stringValue();
      String key =
          Caller.withoutKey(one)
              .post(201, url.substring(url.indexOf("/join/")), "{\"agent_id\":\"alice\"}")
              .get("api_key")
              .stringValue();
      Caller alice = Caller.of(one, "alice", key);
      Caller.join(one, "bob");
      // The other hub hears within a second that mandates are required.
      Instant deadline = Instant.now().plusSeconds(20);
      while (alice.at(two).exchange("POST", "/send", TO_BOB).statusCode() != 403) {
        assertThat(Instant.now()).isBefore(deadline);
      }
      String mandate =
          ada.post(
                  201,
                  "/mandates",
                  "{\"agent_id\":\"alice\",\"calls\":[\"send\"],\"messages\":{},"
                      + "\"counterparties\":{\"agents\":[\"bob\"]}}")
              .get("mandate_id")
              .stringValue();
      List<Caller> ways = List.of(alice, alice.at(two));
      Runnable revoke = () -> ada.call(204, "DELETE", "/mandates/" + mandate, null);
      assertThat(sentAfter(ways, "/send", TO_BOB, revoke)).isZero();
    });
  }
}
