package dev.meshkore.hub.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.TestHub;
import dev.meshkore.hub.testing.TextSocket;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

final class ApprovalsTest {
  private TestHub hub;
  private Caller admin;
  private Caller alice;
  private Caller bob;

  @BeforeEach
  void open() {
    hub = TestHub.start(Map.of());
    admin = Caller.admin(hub);
    alice = Caller.join(hub, "alice");
    bob = Caller.join(hub, "bob");
  }

  @AfterEach
  void close() {
    hub.close();
  }

  private void hold(String kinds) {
    admin.call(200, "PUT", "/holds/alice", "{\"kinds\":[" + kinds + "]}");
  }

  private static String message(String to, String text) {
    return "{\"to\":\"" + to + "\", \"payload\":\"" + text + "\"}";
  }

  private String held(String body) {
    return alice.post(202, "/send", body).get("approval_id").stringValue();
  }

  private JsonNode decide(int status, String id, String decision) {
    return admin.post(status, "/approvals/" + id, "{\"decision\":\"" + decision + "\"}");
  }

  private List<String> textsFromAlice() {
    var texts = new ArrayList<String>();
    bob.get(200, "/messages?acknowledge=false&after=0&limit=1000")
        .get("messages")
        .forEach(message -> texts.add(message.get("payload").stringValue()));
    return texts;
  }

  @Test
  void runsTheExactCallOnceItIsApproved() {
    hold("\"first-contact\"");
    String id = held(message("bob", "hello"));
    assertThat(held(message("bob", "hello"))).isEqualTo(id);
    assertThat(textsFromAlice()).isEmpty();
    JsonNode waiting = admin.get(200, "/approvals?state=waiting").get("approvals");
    assertThat(waiting).hasSize(1);
    assertThat(waiting.get(0).get("agent_id").stringValue()).isEqualTo("alice");
    assertThat(waiting.get(0).get("kind").stringValue()).isEqualTo("first-contact");
    assertThat(waiting.get(0).get("body").get("payload").stringValue()).isEqualTo("hello");
    assertThat(bob.get(200, "/approvals").get("approvals")).isEmpty();
    bob.post(403, "/approvals/" + id, "{\"decision\":\"approve\"}");
    JsonNode done = decide(200, id, "approve");
    assertThat(done.get("state").stringValue()).isEqualTo("done");
    assertThat(done.get("status").intValue()).isEqualTo(201);
    assertThat(textsFromAlice()).containsExactly("hello");
    assertThat(decide(409, id, "reject").get("state").stringValue()).isEqualTo("done");
    JsonNode notice = alice.get(200, "/messages").get("messages").get(0).get("payload");
    assertThat(notice.get("notice").stringValue()).isEqualTo("approval-done");
    alice.post(201, "/send", message("bob", "no stranger now"));
  }

  @Test
  void whatNoRuleAsksForAnyMoreIsDoneAllTheSame() {
    hold("\"first-contact\"");
    String first = held(message("bob", "one"));
    String second = held(message("bob", "two"));
    assertThat(decide(200, first, "approve").get("state").stringValue()).isEqualTo("done");
    JsonNode done = decide(200, second, "approve");
    assertThat(textsFromAlice()).containsExactly("one", "two");
    assertThat(done.get("status").intValue()).isEqualTo(201);
    assertThat(done.get("state").stringValue()).isEqualTo("done");
    // It is used up: the same message asks again, where a policy wants that.
    hold("\"message\"");
    assertThat(held(message("bob", "two"))).isNotEqualTo(second);
  }

  @Test
  void runsNothingThatWasRejectedOrWaitedTooLong() {
    hold("\"message\"");
    String rejected = held(message("bob", "one"));
    String late = held(message("bob", "two"));
    assertThat(decide(200, rejected, "reject").get("state").stringValue()).isEqualTo("rejected");
    decide(409, rejected, "approve");
    hub.advance(Duration.ofHours(25));
    assertThat(decide(409, late, "approve").get("state").stringValue()).isEqualTo("expired");
    decide(404, "nope", "approve");
    assertThat(textsFromAlice()).isEmpty();
  }

  @Test
  void anApprovedCallFailsAsItWouldAtAnyTime() {
    hold("\"message\"");
    String id = held(message("bob", "one"));
    bob.call(204, "PUT", "/blocks/alice", null);
    JsonNode failed = decide(200, id, "approve");
    assertThat(failed.get("state").stringValue()).isEqualTo("failed");
    assertThat(failed.get("status").intValue()).isEqualTo(403);
    assertThat(textsFromAlice()).isEmpty();
  }

  @Test
  void refusesWhatCannotWait() {
    hold("\"message\"");
    alice.post(403, "/send?hold=false", message("bob", "now or never"));
    try (TextSocket session = alice.session()) {
      session.next();
      session.send("{\"type\":\"send\",\"to\":\"bob\",\"payload\":1}");
      assertThat(session.next()).contains("/problems/approval-required");
    }
    assertThat(admin.get(200, "/approvals").get("approvals")).isEmpty();
    assertThat(textsFromAlice()).isEmpty();
  }

  @Test
  void makesChannelsWaitToo() {
    hold("\"channel-create\"");
    String body = "{\"channel_id\":\"room\"}";
    String id = alice.post(202, "/channels", body).get("approval_id").stringValue();
    alice.get(404, "/channels/room");
    assertThat(decide(200, id, "approve").get("state").stringValue()).isEqualTo("done");
    alice.get(200, "/channels/room");
    alice.post(202, "/channels", "{\"channel_id\":\"room2\"}");
  }

  /// Whoever decides first decides, and what was approved ran once; however many try, and while the
  /// agent sends the same again.
  @Test
  void isDecidedOnceHoweverManyDecide() throws Exception {
    hold("\"message\"");
    for (int round = 0; round < 15; round++) {
      String body = message("bob", "round " + round);
      String id = held(body);
      var races = new ArrayList<Callable<HttpResponse<String>>>();
      for (int i = 0; i < 6; i++) {
        String decision = i % 2 == 0 ? "approve" : "reject";
        races.add(() ->
            admin.exchange("POST", "/approvals/" + id, "{\"decision\":\"" + decision + "\"}"));
      }
      races.add(() -> alice.exchange("POST", "/send", body));
      int expires = round % 3;
      races.add(() -> {
        hub.advance(expires == 0 ? Duration.ofHours(24) : Duration.ZERO);
        return admin.exchange("GET", "/approvals", null);
      });
      var answers = new ArrayList<HttpResponse<String>>();
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (Future<HttpResponse<String>> one : threads.invokeAll(races)) {
          answers.add(one.get());
        }
      }
      long decided =
          answers.subList(0, 6).stream().filter(answer -> answer.statusCode() == 200).count();
      assertThat(decided).isLessThanOrEqualTo(1);
      long stored = textsFromAlice().stream().filter(("round " + round)::equals).count();
      boolean isApproved =
          answers.subList(0, 6).stream()
              .anyMatch(answer ->
                  answer.statusCode() == 200 && answer.body().contains("\"state\":\"done\""));
      assertThat(stored).isEqualTo(isApproved ? 1 : 0);
    }
  }
}
