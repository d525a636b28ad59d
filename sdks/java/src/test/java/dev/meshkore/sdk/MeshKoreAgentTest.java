package dev.meshkore.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MeshKoreAgentTest {
  private static final Duration NOW = Duration.ZERO;
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir Path folder;
  private TestHub hub;

  @BeforeEach
  void start() throws Exception {
    hub = TestHub.start(folder);
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  @Test
  void sendsAndReads() {
    MeshKoreAgent alice = hub.agent("alice");
    MeshKoreAgent bob = hub.agent("bob");
    Sent sent = alice.send("bob", Draft.of(Map.of("text", "bonjour")).inThread("t1"));
    Message message = bob.next(NOW).orElseThrow();
    assertThat(sent.state()).isEqualTo("queued");
    assertThat(message.id()).isEqualTo(sent.id());
    assertThat(message.sender()).isEqualTo("alice");
    assertThat(message.to()).isEqualTo("bob");
    assertThat(message.thread()).isEqualTo("t1");
    assertThat(message.text()).isEqualTo("bonjour");
    assertThat(message.security()).isEqualTo(new Security.Plain());
    assertThat(bob.next(NOW)).isEmpty();
    assertThat(alice.history("bob")).extracting(Message::text).containsExactly("bonjour");
  }

  @Test
  void whatIsNotDoneComesAgain() {
    MeshKoreAgent alice = hub.agent("alice");
    MeshKoreAgent bob = hub.agent("bob");
    for (int i = 1; i <= 3; i++) {
      alice.send("bob", Map.of("text", "m" + i));
    }
    Message first = bob.next(NOW).orElseThrow();
    Message second = bob.next(NOW).orElseThrow();
    // The first is still in hand, so nothing may be acknowledged.
    bob.done(second);
    assertThat(waitingFor(bob)).containsExactly("m1", "m2", "m3");
    bob.done(first);
    assertThat(waitingFor(bob)).containsExactly("m3");
  }

  @Test
  void theLoopIsDoneWithAMessageWhenItAsksForTheNext() {
    MeshKoreAgent alice = hub.agent("alice");
    MeshKoreAgent bob = hub.agent("bob");
    alice.send("bob", Map.of("text", "m1"));
    alice.send("bob", Map.of("text", "m2"));
    for (Message message : bob.messages(NOW)) {
      if (message.text().equals("m2")) {
        break;
      }
    }
    assertThat(waitingFor(bob)).containsExactly("m2");
  }

  @Test
  void waitsForItsReplyAndLeavesOtherMail() throws Exception {
    MeshKoreAgent alice = hub.agent("alice");
    MeshKoreAgent bob = hub.agent("bob");
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var answering =
          threads.submit(() -> {
            Message asked = bob.next(SOON).orElseThrow();
            bob.send("alice", Map.of("text", "meanwhile"));
            return bob.reply(asked, Map.of("text", "4"));
          });
      Message reply = alice.sendAndWait("bob", Map.of("text", "2+2?"), SOON);
      assertThat(reply.text()).isEqualTo("4");
      assertThat(reply.id()).isEqualTo(answering.get().id());
    }
    assertThat(texts(alice.messages(NOW))).containsExactly("meanwhile");
    assertThatThrownBy(() -> alice.sendAndWait("bob", Map.of(), Duration.ofMillis(10)))
        .isInstanceOf(NoReplyException.class);
  }

  @Test
  void talksInChannels() {
    MeshKoreAgent alice = hub.agent("alice");
    MeshKoreAgent bob = hub.agent("bob");
    MeshKoreAgent carol = hub.agent("carol");
    alice.channels().create("team", "bob");
    alice.channels().add("team", "carol");
    assertThat(alice.channels().members("team")).containsExactlyInAnyOrder("alice", "bob", "carol");
    alice.channels().send("team", Map.of("text", "hi all"));
    assertThat(carol.next(NOW).orElseThrow().channel()).isEqualTo("team");
    alice.channels().remove("team", "carol");
    bob.channels().send("team", Map.of("text", "only we two"));
    assertThat(carol.next(NOW)).isEmpty();
    assertThat(bob.channels().history("team", null).messages())
        .extracting(Message::text)
        .containsExactly("hi all", "only we two");
    assertThatThrownBy(() -> carol.channels().get("team"))
        .isInstanceOfSatisfying(
            ProblemException.class,
            problem -> assertThat(problem.slug()).isEqualTo("unknown-channel"));
  }

  @Test
  void aRefusalSaysItsType() {
    MeshKoreAgent alice = hub.agent("alice");
    assertThatThrownBy(() -> alice.send("nobody", Map.of()))
        .isInstanceOfSatisfying(
            ProblemException.class,
            problem -> {
              assertThat(problem.slug()).isEqualTo("unknown-recipient");
              assertThat(problem.type()).isEqualTo("/problems/unknown-recipient");
              assertThat(problem.status()).isEqualTo(404);
            });
    assertThatThrownBy(() -> MeshKoreAgent.of(hub.url(), "alice", "mk_wrong").register())
        .isInstanceOfSatisfying(
            ProblemException.class,
            problem -> assertThat(problem.slug()).isEqualTo("unauthenticated"));
  }

  @Test
  void isFoundByWhatItSaysOfItself() {
    MeshKoreAgent alice = hub.agent("alice");
    alice.describe("Translates between French and German.", "translation");
    assertThat(alice.agent("alice").path("capabilities").get(0).asString(""))
        .isEqualTo("translation");
    assertThat(alice.agents("french").getFirst().path("agent_id").asString("")).isEqualTo("alice");
  }

  /// What a later process of the same agent is given, which is done with nothing.
  private List<String> waitingFor(MeshKoreAgent agent) {
    String key = agent.apiKey().orElseThrow();
    MeshKoreAgent later = hub.kept(MeshKoreAgent.of(hub.url(), agent.id(), key));
    var texts = new ArrayList<String>();
    for (var next = later.next(NOW); next.isPresent(); next = later.next(NOW)) {
      texts.add(next.get().text());
    }
    return texts;
  }

  private static List<String> texts(Iterable<Message> messages) {
    var texts = new ArrayList<String>();
    messages.forEach(message -> texts.add(message.text()));
    return texts;
  }
}
