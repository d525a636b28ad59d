package dev.meshkore.hub.proofs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.audit.Checkpoint;
import dev.meshkore.hub.audit.Proofs;
import dev.meshkore.hub.audit.SignedNote;
import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.TestHub;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class ProofRoutesTest {
  private static final JsonMapper JSON = new JsonMapper();

  private TestHub hub = TestHub.start(Map.of());
  private Caller alice = Caller.withoutKey(hub);
  private Caller bob = Caller.withoutKey(hub);
  private final Caller nobody = Caller.withoutKey(hub);

  @BeforeEach
  void join() {
    alice = Caller.join(hub, "alice");
    bob = Caller.join(hub, "bob");
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  @Test
  void everyActHasItsLeaf() throws IOException, InterruptedException {
    alice.post(
        201,
        "/channels",
        "{\"channel_id\":\"room\",\"visibility\":\"open\",\"members\":[\"bob\"]}");
    alice.exchange("PUT", "/channels/room/members/bob", "{\"role\":\"moderator\"}");
    alice.exchange("DELETE", "/channels/room/members/bob", null);
    bob.exchange("POST", "/channels/room/join", "{}");
    bob.exchange("POST", "/channels/room/leave", "{}");
    alice.exchange("PATCH", "/profile", "{\"description\":\"words that must not be in a leaf\"}");
    alice.post(201, "/audit/commitments", "{\"sent\":0}");
    alice.send("bob", "words that must not be in a leaf");
    alice.post(201, "/channels/room/send", "{\"payload\":1}");

    List<JsonNode> leaves = leaves();
    assertThat(leaves)
        .extracting(leaf -> leaf.get("kind").stringValue())
        .containsExactlyInAnyOrder(
            "signing_key.made",
            "invite.made",
            "agent.joined",
            "invite.made",
            "agent.joined",
            "channel.created",
            "channel.member_added",
            "channel.role_changed",
            "channel.member_removed",
            "channel.joined",
            "channel.left",
            "profile.changed",
            "commitment",
            "message",
            "message");
    assertThat(leaves.toString()).doesNotContain("words").contains("\"to\":\"bob\"");
    assertThat(leaves).allMatch(leaf -> leaf.get("v").intValue() == 1);
  }

  @Test
  void aProofLeadsToTheHead() {
    for (int i = 0; i < 300; i++) {
      alice.send("bob", "text " + i);
    }
    hub.hub().auditLog().tick();
    var key =
        SignedNote.Verifier.read(nobody.exchange("GET", "/audit/key", null).body()).orElseThrow();
    String note = nobody.exchange("GET", "/audit/checkpoint", null).body();
    Checkpoint head = key.open(note).flatMap(Checkpoint::read).orElseThrow();
    assertThat(head.size()).isGreaterThan(300);
    for (JsonNode line : lines(alice)) {
      long index = line.get("index").longValue();
      String proof = nobody.exchange("GET", "/audit/proof/" + index, null).body();
      assertThat(proof).startsWith("c2sp.org/tlog-proof@v1\nindex " + index + "\n").endsWith(note);
      List<byte[]> path =
          proof
              .lines()
              .skip(2)
              .takeWhile(hash -> !hash.isEmpty())
              .map(ProofRoutesTest::bytes)
              .toList();
      byte[] leaf = Proofs.leaf(line.get("leaf").stringValue().getBytes(StandardCharsets.UTF_8));
      assertThat(Proofs.includes(leaf, index, path, head.size(), head.root())).isTrue();
    }
  }

  @Test
  void tilesHoldTheWholeTree() throws IOException, InterruptedException {
    for (int i = 0; i < 300; i++) {
      alice.send("bob", "text " + i);
    }
    hub.hub().auditLog().tick();
    Checkpoint head = hub.hub().auditLog().head().checkpoint();
    int rest = (int) head.size() - 256;
    byte[] first = tile("/audit/tile/0/000");
    byte[] second = tile("/audit/tile/0/001.p/" + rest);
    assertThat(first).hasSize(256 * 32);
    var hashes = new ArrayList<byte[]>();
    for (int i = 0; i < 256; i++) {
      hashes.add(Arrays.copyOfRange(first, i * 32, i * 32 + 32));
    }
    assertThat(tile("/audit/tile/1/000.p/1")).isEqualTo(Proofs.root(hashes));
    for (int i = 0; i < rest; i++) {
      hashes.add(Arrays.copyOfRange(second, i * 32, i * 32 + 32));
    }
    assertThat(Proofs.root(hashes)).isEqualTo(head.root());
    for (String path :
        List.of(
            "0/001",
            "0/000.p/256",
            "0/000.p/0",
            "0/x000/000",
            "0/0",
            "00/000",
            "-1/000",
            "8/000",
            "7/x999/x999/x999/999",
            "0/001.p/" + (rest + 1),
            "data/000")) {
      assertThat(nobody.exchange("GET", "/audit/tile/" + path, null).statusCode())
          .as(path)
          .isEqualTo(404);
    }
  }

  @Test
  void provesThatTheLogOnlyGrew() {
    hub.hub().auditLog().tick();
    Checkpoint before = hub.hub().auditLog().head().checkpoint();
    alice.send("bob", "more");
    hub.hub().auditLog().tick();
    Checkpoint after = hub.hub().auditLog().head().checkpoint();
    JsonNode proof = nobody.get(200, "/audit/consistency?from=" + before.size());
    var hashes = new ArrayList<byte[]>();
    proof.get("hashes").forEach(hash -> hashes.add(bytes(hash.stringValue())));
    assertThat(Proofs.extendsTree(before.size(), before.root(), after.size(), after.root(), hashes))
        .isTrue();
    nobody.get(400, "/audit/consistency?from=1&to=" + (after.size() + 1));
    nobody.get(400, "/audit/consistency?from=3&to=2");
  }

  @Test
  void aLeafOfOthersIsAnsweredLikeNone() {
    Caller carol = Caller.join(hub, "carol");
    alice.send("bob", "for bob");
    hub.hub().auditLog().tick();
    long size = hub.hub().auditLog().head().checkpoint().size();
    long index =
        lines(alice).stream()
            .filter(line -> line.get("leaf").stringValue().contains("\"message\""))
            .findFirst()
            .orElseThrow()
            .get("index")
            .longValue();
    assertThat(bob.get(200, "/audit/leaves/" + index).get("message").stringValue())
        .contains("for bob");
    HttpResponse<String> hidden = carol.exchange("GET", "/audit/leaves/" + index, null);
    HttpResponse<String> none = carol.exchange("GET", "/audit/leaves/" + size, null);
    assertThat(hidden.statusCode()).isEqualTo(404).isEqualTo(none.statusCode());
    assertThat(hidden.body()).isEqualTo(none.body());
    nobody.get(401, "/audit/leaves/" + index);
    nobody.get(401, "/audit/export");
    carol.get(404, "/audit/leaves/x");
    alice.post(400, "/audit/commitments", "{\"sent\":-1}");
    alice.post(400, "/audit/commitments", "{}");
  }

  @Test
  void anErasedMessageSaysNothingAndStaysProved() {
    String first = alice.send("bob", "the first secret");
    String second = alice.send("bob", "the second secret");
    alice.post(201, "/send", "{\"to\":\"bob\",\"id\":\"own\",\"payload\":1}");
    alice.post(201, "/channels", "{\"channel_id\":\"room\",\"members\":[\"bob\"]}");
    alice.post(201, "/channels/room/send", "{\"id\":\"said\",\"payload\":\"channel secret\"}");
    List<JsonNode> before = lines(alice);

    assertThat(bob.exchange("DELETE", "/messages/" + first, null).statusCode()).isEqualTo(404);
    assertThat(alice.exchange("DELETE", "/messages/none", null).statusCode()).isEqualTo(404);
    for (String id : List.of(first, "own", "said", first)) {
      assertThat(alice.exchange("DELETE", "/messages/" + id, null).statusCode()).isEqualTo(204);
    }

    String inbox = bob.exchange("GET", "/messages", null).body();
    assertThat(inbox)
        .contains("the second secret", second, "{\"erased\":true}")
        .doesNotContain("the first secret", "channel secret");
    assertThat(alice.exchange("GET", "/history/bob", null).body())
        .doesNotContain("the first secret");
    List<JsonNode> after = lines(alice);
    for (int i = 0; i < before.size(); i++) {
      assertThat(after.get(i).get("leaf")).isEqualTo(before.get(i).get("leaf"));
    }
    assertThat(after.toString())
        .contains("the second secret", "message.erased")
        .doesNotContain("the first secret", "channel secret");
    assertThat(after.stream().filter(line -> line.has("message"))).hasSize(1);
  }

  private List<JsonNode> lines(Caller caller) {
    hub.hub().auditLog().tick();
    String[] lines = caller.exchange("GET", "/audit/export", null).body().split("\n");
    return Arrays.stream(lines, 1, lines.length - 1).map(line -> JSON.readTree(line)).toList();
  }

  private List<JsonNode> leaves() throws IOException, InterruptedException {
    hub.hub().auditLog().tick();
    byte[] body = get("/audit/export", hub.adminKey());
    String[] lines = new String(body, StandardCharsets.UTF_8).split("\n");
    return Arrays.stream(lines, 1, lines.length - 1)
        .map(line -> JSON.readTree(JSON.readTree(line).get("leaf").stringValue()))
        .toList();
  }

  private byte[] tile(String path) throws IOException, InterruptedException {
    return get(path, "");
  }

  private byte[] get(String path, String key) throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(URI.create(hub.url() + path));
    if (!key.isEmpty()) {
      request.header("Authorization", "Bearer " + key);
    }
    try (var client = HttpClient.newHttpClient()) {
      var answer = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
      assertThat(answer.statusCode()).as(path).isEqualTo(200);
      return answer.body();
    }
  }

  private static byte[] bytes(String base64) {
    return Base64.getDecoder().decode(base64);
  }
}
