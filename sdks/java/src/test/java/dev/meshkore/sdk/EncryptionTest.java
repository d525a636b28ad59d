package dev.meshkore.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

final class EncryptionTest {
  private static final Duration NOW = Duration.ZERO;
  private static final Path VECTORS = Path.of("../../protocol/vectors");
  private static final String SECRET = "a-marker-that-nobody-else-writes";

  @TempDir Path folder;
  private TestHub hub;
  private MeshKoreAgent alice;
  private MeshKoreAgent bob;

  @BeforeEach
  void start() throws Exception {
    hub = TestHub.start(folder);
    alice = hub.agent("alice");
    bob = hub.agent("bob");
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  @Test
  void onlyTheRecipientReadsIt() throws Exception {
    alice.sendEncrypted("bob", Map.of("text", SECRET));
    Message message = bob.next(NOW).orElseThrow();
    assertThat(message.text()).isEqualTo(SECRET);
    assertThat(message.security())
        .isInstanceOfSatisfying(
            Security.Encrypted.class, how -> assertThat(how.senderKey()).isEqualTo(keyOf(alice)));
    // What the hub holds: an agent without keys is shown the same bytes.
    Message seen = hub.plain("bob", bob).next(NOW).orElseThrow();
    assertThat(seen.payload().toString()).contains("nip59").doesNotContain(SECRET);
    assertThat(seen.security()).isInstanceOf(Security.Unreadable.class);
    assertThat(filesWith(SECRET)).isEmpty();
    alice.send("bob", Map.of("text", SECRET));
    assertThat(filesWith(SECRET)).as("the search finds what is in the clear").isNotEmpty();
  }

  @Test
  void answersAnEncryptedMessageEncrypted() {
    alice.sendEncrypted("bob", Map.of("text", "psst"));
    Message asked = bob.next(NOW).orElseThrow();
    bob.reply(asked, Map.of("text", "understood"));
    Message reply = alice.next(NOW).orElseThrow();
    assertThat(reply.text()).isEqualTo("understood");
    assertThat(reply.replyTo()).isEqualTo(asked.id());
    assertThat(reply.security()).isInstanceOf(Security.Encrypted.class);
  }

  @Test
  void aKeyThatChangesIsAnAlarm() {
    alice.sendEncrypted("bob", Map.of("text", "first"));
    bob.done(bob.next(NOW).orElseThrow());
    Keys others = TestHub.strangersKeys();
    Pins pins = hub.pins("stranger");
    pins.accept("bob", KeyType.SECP256K1, keyOf(bob));
    var trust = new MeshKoreAgent.Trust(others, pins);
    var inHerName = MeshKoreAgent.of(hub.url(), "alice", alice.apiKey().orElseThrow(), trust);
    hub.kept(inHerName).sendEncrypted("bob", Map.of("text", "trust me"));
    Message message = bob.next(NOW).orElseThrow();
    assertThat(message.text()).isEmpty();
    assertThat(message.security()).isEqualTo(new Security.Unreadable("key-changed"));
    hub.pins("bob").accept("alice", KeyType.SECP256K1, others.secp256k1());
    assertThat(hub.again(bob).next(NOW).orElseThrow().text()).isEqualTo("trust me");
  }

  @Test
  void pinsOutliveTheProcessAndAreNotTakenOverInSilence() {
    Pins pins = hub.pins("carol");
    pins.meet("dave", KeyType.ED25519, "11".repeat(32));
    Pins later = hub.pins("carol");
    later.meet("dave", KeyType.ED25519, "11".repeat(32));
    assertThatThrownBy(() -> later.meet("dave", KeyType.ED25519, "22".repeat(32)))
        .isInstanceOfSatisfying(
            KeyChangedException.class,
            change -> {
              assertThat(change.peer()).isEqualTo("dave");
              assertThat(change.pinned()).isEqualTo("11".repeat(32));
              assertThat(change.shown()).isEqualTo("22".repeat(32));
            });
    assertThatThrownBy(() -> alice.sendEncrypted("nobody", Map.of()))
        .isInstanceOf(EncryptionException.class);
  }

  /// A letter is not signed: without the comparison of both keys, anybody could write as anybody.
  @Test
  void aLetterOfAnotherThanItsSealIsRefused() {
    var random = new SecureRandom();
    Keys mallory = TestHub.strangersKeys();
    byte[] to = HexFormat.of().parseHex(keyOf(bob));
    List<List<String>> toBob = List.of(List.of("p", keyOf(bob)));
    byte[] shared = Nip44.conversationKey(mallory.secp256k1Private(), to);
    var letter = new NostrEvent(keyOf(alice), 1_700_000_000, 14, List.of(), "{}", null);
    String hidden = Nip44.encrypt(Json.text(letter.json()), shared, new byte[32]);
    NostrEvent seal =
        new NostrEvent(mallory.secp256k1(), 1_700_000_000, 13, List.of(), hidden, null)
            .signed(mallory.secp256k1Private(), random);
    String sealed = Nip44.encrypt(Json.text(seal.json()), shared, new byte[32]);
    NostrEvent wrap =
        new NostrEvent(mallory.secp256k1(), 1_700_000_000, 1059, toBob, sealed, null)
            .signed(mallory.secp256k1Private(), random);
    alice.send("bob", Map.of("type", "encrypted", "form", "nip59", "event", wrap.json()));
    assertThat(bob.next(NOW).orElseThrow().security()).isEqualTo(new Security.Unreadable("forged"));
  }

  @Test
  void aLetterCountsWhereItsSenderPutIt() {
    alice.sendEncrypted("bob", Draft.of(Map.of("text", "yes")).inThread("t1"));
    JsonNode sent = hub.plain("bob", bob).next(NOW).orElseThrow().payload();
    assertThat(bob.next(NOW).orElseThrow().text()).isEqualTo("yes");
    alice.send("bob", Draft.of(sent).inThread("t2"));
    Message moved = bob.next(NOW).orElseThrow();
    assertThat(moved.security()).isEqualTo(new Security.Unreadable("transplanted"));
    assertThat(moved.text()).isEmpty();
  }

  @Test
  void aKeyThatNobodyBoundIsNotBelieved() {
    MeshKoreAgent carol = hub.unbound("carol");
    carol.sendEncrypted("bob", Map.of("text", "I am carol"));
    Message message = bob.next(NOW).orElseThrow();
    assertThat(message.security()).isEqualTo(new Security.Unreadable("unproven-key"));
    assertThat(message.text()).isEmpty();
  }

  @Test
  void readsItsOwnLettersToItselfAndNoOthersOfItsOwn() {
    alice.sendEncrypted("alice", Map.of("text", "remember"));
    assertThat(alice.next(NOW).orElseThrow().text()).isEqualTo("remember");
    alice.sendEncrypted("bob", Map.of("text", "gone"));
    assertThat(alice.history("bob"))
        .extracting(Message::security)
        .containsExactly(new Security.Unreadable("sent-by-this-agent"));
    assertThat(bob.history("alice")).extracting(Message::text).containsExactly("gone");
  }

  /// A letter of each SDK, with keys that are known.
  @Test
  void readsTheVectors() throws Exception {
    var all = new ArrayList<JsonNode>();
    try (var files = Files.newDirectoryStream(VECTORS, "nip59*.json")) {
      for (Path file : files) {
        Json.of(Json.read(Files.readString(file))).forEach(all::add);
      }
    }
    assertThat(all).extracting(one -> one.path("made_by").asString()).contains("java", "python");
    for (JsonNode vector : all) {
      Keys reader = Keys.ofSeed(HexFormat.of().parseHex(vector.path("reader_seed").asString()));
      Keys writer = Keys.ofSeed(HexFormat.of().parseHex(vector.path("writer_seed").asString()));
      GiftWrap.Opened letter = GiftWrap.open(reader, vector.path("event"));
      assertThat(letter.content()).isEqualTo(vector.path("text").asString());
      assertThat(letter.sender()).isEqualTo(writer.secp256k1());
      assertThat(Json.of(letter.tags().getLast())).isEqualTo(vector.path("meshkore"));
    }
  }

  @Test
  void whatIsBrokenSaysSoAndStopsNothing() {
    Keys keys = bob.keys().orElseThrow();
    byte[] to = HexFormat.of().parseHex(keyOf(bob));
    Keys alices = alice.keys().orElseThrow();
    NostrEvent good =
        GiftWrap.wrap(alices, to, "{}", List.of("t"), Instant.now(), new SecureRandom());
    assertThat(GiftWrap.open(keys, good.json()).content()).isEqualTo("{}");
    String event = Json.text(good.json());
    for (String broken :
        List.of(
            event.replace("\"kind\":1059", "\"kind\":1060"),
            event.replaceFirst("\"sig\":\"..", "\"sig\":\"zz"),
            event.replaceFirst("\"id\":\"....", "\"id\":\"0000"),
            "{\"pubkey\":7}",
            "[]",
            "null")) {
      alice.send("bob", encrypted("nip59", Json.read(broken)));
    }
    alice.send("bob", encrypted("rot13", null));
    alice.send("bob", Map.of("text", "after all that"));
    int unreadable = 0;
    for (Message message : bob.messages(NOW)) {
      unreadable += message.security() instanceof Security.Unreadable ? 1 : 0;
      if (message.text().equals("after all that")) {
        break;
      }
    }
    assertThat(unreadable).isEqualTo(7);
  }

  @Test
  void sayWhenATextIsTooLong() {
    alice.sendEncrypted("bob", Map.of("text", "x".repeat(38_000)));
    assertThat(bob.next(NOW).orElseThrow().text()).hasSize(38_000);
    assertThatThrownBy(() -> alice.sendEncrypted("bob", Map.of("text", "x".repeat(60_000))))
        .isInstanceOf(EncryptionException.class);
  }

  private static ObjectNode encrypted(String form, @Nullable JsonNode event) {
    ObjectNode payload = Json.object();
    payload.put("type", "encrypted");
    payload.put("form", form);
    payload.set("event", event);
    return payload;
  }

  private static String keyOf(MeshKoreAgent agent) {
    return agent.keys().orElseThrow().secp256k1();
  }

  /// Those of the hub, which makes and deletes files meanwhile.
  private List<Path> filesWith(String text) throws IOException {
    var found = new ArrayList<Path>();
    Files.walkFileTree(
        folder.resolve("hub"),
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (attributes.isRegularFile() && holds(file, text)) {
              found.add(file);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure)
              throws IOException {
            if (failure instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw failure;
          }
        });
    return found;
  }

  private static boolean holds(Path file, String text) throws IOException {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1).contains(text);
    } catch (NoSuchFileException _) {
      return false;
    }
  }
}
