package dev.meshkore.hub.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.TestHub;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

final class ConsentTest {
  private TestHub hub;
  private Caller alice;
  private Caller bob;

  @BeforeEach
  void open() {
    hub = TestHub.start(Map.of());
    alice = Caller.join(hub, "alice");
    bob = Caller.join(hub, "bob");
  }

  @AfterEach
  void close() {
    hub.close();
  }

  private static void policy(Caller agent, String policy) {
    agent.call(200, "PUT", "/contacts/policy", "{\"policy\":\"" + policy + "\"}");
  }

  private static String refusedSend(Caller from, Caller to) {
    JsonNode problem = from.post(403, "/send", "{\"to\":\"" + to.id() + "\",\"payload\":1}");
    assertThat(problem.get("type").stringValue()).isEqualTo("/problems/contact-required");
    return problem.toString();
  }

  @Test
  void takesMailFromKnownAgentsOnly() {
    policy(alice, "known");
    refusedSend(bob, alice);
    alice.send("bob", "hello");
    bob.send("alice", "you wrote first");
    Caller carol = Caller.join(hub, "carol");
    refusedSend(carol, alice);
    alice.post(201, "/channels", "{\"channel_id\":\"room\",\"members\":[\"carol\"]}");
    carol.send("alice", "we share a channel");
  }

  @Test
  void takesMailFromContactsAfterTheyAskedAndWereLetIn() {
    policy(alice, "contacts");
    alice.send("bob", "an answer is not let in by this alone");
    refusedSend(bob, alice);
    bob.post(202, "/contacts/alice", "{\"note\":\"I translate\"}");
    JsonNode notice = alice.get(200, "/messages").get("messages").get(0);
    assertThat(notice.get("from").stringValue()).isEqualTo("hub");
    assertThat(notice.get("payload").get("notice").stringValue()).isEqualTo("contact-request");
    assertThat(notice.get("payload").get("note").stringValue()).isEqualTo("I translate");
    refusedSend(bob, alice);
    alice.call(204, "PUT", "/contacts/bob", null);
    bob.send("alice", "thanks");
    alice.call(204, "DELETE", "/contacts/bob", null);
    refusedSend(bob, alice);
  }

  @Test
  void aBlockCannotBeToldFromAPolicy() {
    policy(alice, "closed");
    String closed = refusedSend(bob, alice);
    policy(alice, "open");
    bob.send("alice", "open again");
    alice.call(204, "PUT", "/blocks/bob", null);
    assertThat(refusedSend(bob, alice)).isEqualTo(closed);
    String asked = bob.post(202, "/contacts/alice", "{}").toString();
    Caller carol = Caller.join(hub, "carol");
    assertThat(carol.post(202, "/contacts/alice", "{}").toString()).isEqualTo(asked);
    JsonNode contacts = alice.get(200, "/contacts");
    assertThat(contacts.get("contacts").get(0).get("state").stringValue()).isEqualTo("blocked");
    assertThat(contacts.get("contacts").get(1).get("state").stringValue()).isEqualTo("requested");
    alice.call(204, "DELETE", "/blocks/bob", null);
    bob.send("alice", "forgiven");
  }

  @Test
  void asksOnceHoweverOftenItIsAsked() {
    long before = alice.get(200, "/messages").get("head").longValue();
    for (int i = 0; i < 5; i++) {
      bob.post(202, "/contacts/alice", "{\"note\":\"please\"}");
    }
    assertThat(alice.get(200, "/messages").get("head").longValue()).isEqualTo(before + 1);
    alice.call(204, "DELETE", "/contacts/bob", null);
    bob.post(202, "/contacts/alice", "{}");
    assertThat(alice.get(200, "/messages").get("head").longValue()).isEqualTo(before + 1);
  }
}
