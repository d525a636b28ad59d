package dev.meshkore.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MlsGroupTest {
  private static final Duration NOW = Duration.ZERO;

  @TempDir Path folder;
  private final SecureRandom random = new SecureRandom();
  private TestHub hub;
  private MeshKoreAgent alice;
  private MeshKoreAgent bob;
  private MeshKoreAgent carol;

  @BeforeEach
  void start() throws Exception {
    hub = TestHub.start(folder);
    alice = hub.agent("alice");
    bob = hub.agent("bob");
    carol = hub.agent("carol");
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  @Test
  void threeTalkAndTheHubReadsNothing() {
    MlsGroup alices = alice.groups().create("team");
    MlsGroup bobs = added(alices, bob);
    alices.send(Map.of("text", "hello bob"));
    MlsGroup carols = added(alices, carol);
    assertThat(texts(bobs)).containsExactly("hello bob");
    carols.send(Map.of("text", "hello both"));
    bobs.send(Map.of("text", "hello carol"));
    assertThat(texts(alices)).containsExactly("hello both", "hello carol");
    assertThat(texts(bobs)).containsExactly("hello both");
    assertThat(texts(carols)).containsExactly("hello carol");
    assertThat(carols.members()).containsExactlyInAnyOrder("alice", "bob", "carol");
    assertThat(bobs.fingerprint()).isEqualTo(alices.fingerprint()).isEqualTo(carols.fingerprint());
    for (Message message : alice.channels().history("team", null).messages()) {
      assertThat(message.payload().toString()).contains("\"mls\"").doesNotContain("hello");
      byte[] bytes = Groups.content(message.with(message.payload(), new Security.OfGroup()));
      assertThat(new String(bytes, StandardCharsets.ISO_8859_1)).doesNotContain("hello");
    }
  }

  @Test
  void whoComesLateReadsNothingFromBefore() {
    MlsGroup alices = alice.groups().create("team");
    MlsGroup bobs = added(alices, bob);
    alices.send(Map.of("text", "before carol"));
    MlsGroup carols = added(alices, carol);
    alices.send(Map.of("text", "after carol came"));
    assertThat(texts(carols)).containsExactly("after carol came");
    assertThat(texts(bobs)).containsExactly("before carol", "after carol came");
  }

  @Test
  void whoIsRemovedReadsNothingAfter() {
    MlsGroup alices = alice.groups().create("team");
    MlsGroup bobs = added(alices, bob);
    MlsGroup carols = added(alices, carol);
    alices.send(Map.of("text", "with bob"));
    assertThat(texts(bobs)).containsExactly("with bob");
    // The hub keeps him in the channel, as a hub that helps him would.
    alices.publish(alices.propose(now -> now.removing("bob", random)));
    assertThat(alices.read()).isEmpty();
    assertThat(alices.members()).containsExactly("alice", "carol");
    alices.send(Map.of("text", "without bob"));
    assertThat(texts(carols)).containsExactly("with bob", "without bob");
    for (int i = 0; i < 2; i++) {
      assertThat(readable(bobs)).isEmpty();
    }
    assertThat(bobs.end()).isPresent();
    assertThatThrownBy(() -> bobs.send(Map.of("text", "still here?")))
        .isInstanceOf(EncryptionException.class);
    alices.remove("carol");
    assertThatThrownBy(carols::read)
        .isInstanceOfSatisfying(
            ProblemException.class,
            refused -> assertThat(refused.slug()).isEqualTo("unknown-channel"));
    assertThat(carols.end()).isPresent();
  }

  /// Not the bookkeeping above, but the keys: the states of before open nothing of after.
  @Test
  void keysOfBeforeOpenNothingOfAfter() {
    MlsState one = MlsState.found(new byte[16], keysOf(alice), "alice");
    MlsState.Offer offer = MlsState.offer(keysOf(bob), "bob");
    MlsState.Commit adding = one.adding(offer.message(), random);
    MlsState bobs = MlsState.join(offer, adding.welcome(), keysOf(bob), "bob");
    MlsState alices = adding.next();
    byte[] before = alices.protect(new byte[] {1});
    assertThat(bobs.open(before).content()).containsExactly(1);
    assertThatThrownBy(() -> bobs.open(before)).as("a key is used once").isNotNull();
    MlsState.Commit removing = alices.removing("bob", random);
    byte[] after = removing.next().protect(new byte[] {2});
    assertThatThrownBy(() -> bobs.open(after)).isInstanceOf(EncryptionException.class);
    assertThatThrownBy(() -> bobs.after(removing.message()))
        .isInstanceOf(EncryptionException.class);
  }

  @Test
  void ofTwoChangesTheFirstInTheChannelCounts() {
    MlsGroup alices = alice.groups().create("team");
    MlsGroup bobs = added(alices, bob);
    carol.groups().offer("alice");
    byte[] offer = Groups.content(alice.next(NOW).orElseThrow());
    MlsGroup.Proposed adding = alices.propose(now -> now.adding(offer, random));
    MlsGroup.Proposed renewing = bobs.propose(now -> now.renewing(random));
    long before = alices.epoch();
    bobs.publish(renewing);
    alices.publish(adding);
    assertThat(alices.read()).isEmpty();
    assertThat(bobs.read()).isEmpty();
    assertThat(alices.epoch()).isEqualTo(before + 1);
    assertThat(alices.members()).as("alice's change came second").doesNotContain("carol");
    assertThat(alices.fingerprint()).isEqualTo(bobs.fingerprint());
    MlsGroup carols = added(alices, carol);
    bobs.send(Map.of("text", "all is well"));
    assertThat(texts(carols)).containsExactly("all is well");
    assertThat(texts(alices)).containsExactly("all is well");
  }

  @Test
  void proposesAgainUntilItIsFirst() {
    MlsGroup alices = alice.groups().create("team");
    MlsGroup bobs = added(alices, bob);
    // Bob's change is in the channel already, and alice does not know yet.
    MlsGroup.Proposed bobsChange = bobs.propose(now -> now.renewing(random));
    MlsGroup.Proposed alicesChange = alices.propose(now -> now.renewing(random));
    bobs.publish(bobsChange);
    alices.renew();
    assertThat(alices.epoch()).isEqualTo(alicesChange.epoch() + 2);
    assertThat(bobs.read()).isEmpty();
    assertThat(bobs.fingerprint()).isEqualTo(alices.fingerprint());
  }

  @Test
  void aMessageThatWasOnItsWayWhileTheGroupChangedIsRead() {
    MlsGroup alices = alice.groups().create("team");
    MlsGroup bobs = added(alices, bob);
    MlsGroup.Proposed change = alices.propose(now -> now.renewing(random));
    alices.publish(change);
    // What bob sends in the epoch of before; his own send would have caught up first.
    byte[] late = protectedBy(bobs, "late");
    bob.channels().send("team", Groups.payload(late));
    assertThat(texts(alices)).containsExactly("late");
  }

  @Test
  void aSenderThatTheHubMadeUpIsNotBelieved() {
    MlsGroup alices = alice.groups().create("team");
    MlsGroup bobs = added(alices, bob);
    MlsGroup carols = added(alices, carol);
    assertThat(bobs.read()).isEmpty();
    byte[] bobsWords = protectedBy(bobs, "I am bob");
    carol.channels().send("team", Groups.payload(bobsWords));
    assertThat(alices.read())
        .extracting(Message::security)
        .containsExactly(new Security.Unreadable("forged"));
    assertThat(carols.end()).isEmpty();
  }

  @Test
  void whoLostItsStateIsAddedAgain() {
    MlsGroup alices = alice.groups().create("team");
    added(alices, bob);
    alices.send(Map.of("text", "lost"));
    String apiKey = bob.apiKey().orElseThrow();
    MeshKoreAgent restarted =
        hub.kept(MeshKoreAgent.of(hub.url(), "bob", apiKey, hub.trust("bob")));
    for (Message message : restarted.messages(NOW)) {
      assertThat(message.security()).isInstanceOf(Security.OfGroup.class);
    }
    MlsGroup bobs = added(alices, restarted);
    alices.send(Map.of("text", "welcome back"));
    assertThat(texts(bobs)).containsExactly("welcome back");
    assertThat(alices.members()).containsExactlyInAnyOrder("alice", "bob");
  }

  @Test
  void aMemberWithAnotherKeyThanBeforeIsAnAlarm() {
    MlsGroup alices = alice.groups().create("team");
    added(alices, bob);
    var trust = new MeshKoreAgent.Trust(TestHub.strangersKeys(), hub.pins("stranger"));
    String apiKey = bob.apiKey().orElseThrow();
    MeshKoreAgent other = hub.kept(MeshKoreAgent.of(hub.url(), "bob", apiKey, trust));
    other.groups().offer("alice");
    Message offer = alice.next(NOW).orElseThrow();
    assertThatThrownBy(() -> alices.add(offer)).isInstanceOf(KeyChangedException.class);
    assertThat(alices.end()).isEmpty();
  }

  @Test
  void whatIsBrokenSaysSoAndStopsNothing() {
    MlsGroup alices = alice.groups().create("team");
    MlsGroup bobs = added(alices, bob);
    byte[] good = protectedBy(bobs, "good");
    byte[] changed = good.clone();
    changed[changed.length - 1] ^= 1;
    for (byte[] broken : List.of(new byte[0], new byte[] {0, 1, 0, 2}, changed, new byte[300])) {
      bob.channels().send("team", Groups.payload(broken));
    }
    bob.channels().send("team", Map.of("type", "encrypted", "form", "mls", "message", 7));
    bob.channels().send("team", Map.of("text", "in the clear"));
    bob.channels().send("team", Groups.payload(good));
    assertThat(readable(alices)).containsExactly("good");
    String wrong = Base64.getEncoder().encodeToString(new byte[] {0, 1, 0, 3, 0});
    alice.send("bob", Map.of("type", "encrypted", "form", "mls", "channel", "x", "message", wrong));
    Message welcome = bob.next(NOW).orElseThrow();
    while (!Groups.isWelcome(welcome)) {
      welcome = bob.next(NOW).orElseThrow();
    }
    Message last = welcome;
    assertThatThrownBy(() -> bob.groups().join(last)).isInstanceOf(EncryptionException.class);
  }

  /// The group of an agent that is added by the group of another.
  private MlsGroup added(MlsGroup group, MeshKoreAgent newcomer) {
    newcomer.groups().offer("alice");
    group.add(awaited(alice, true));
    return newcomer.groups().join(awaited(newcomer, false));
  }

  private static Message awaited(MeshKoreAgent agent, boolean offer) {
    while (true) {
      Message message = agent.next(NOW).orElseThrow();
      agent.done(message);
      if (offer ? Groups.isOffer(message) : Groups.isWelcome(message)) {
        return message;
      }
    }
  }

  private static Keys keysOf(MeshKoreAgent agent) {
    return agent.keys().orElseThrow();
  }

  private static byte[] protectedBy(MlsGroup group, String text) {
    var made = new byte[1][];
    var _ =
        group.propose(now -> {
          made[0] = now.protect(("{\"text\":\"" + text + "\"}").getBytes(StandardCharsets.UTF_8));
          return now.renewing(new SecureRandom());
        });
    return made[0];
  }

  private static List<String> texts(MlsGroup group) {
    List<Message> messages = group.read();
    assertThat(messages)
        .allSatisfy(
            message -> assertThat(message.security()).isInstanceOf(Security.Encrypted.class));
    return messages.stream().map(Message::text).toList();
  }

  private static List<String> readable(MlsGroup group) {
    try {
      return group.read().stream()
          .filter(message -> message.security() instanceof Security.Encrypted)
          .map(Message::text)
          .toList();
    } catch (EncryptionException e) {
      return List.of();
    }
  }
}
