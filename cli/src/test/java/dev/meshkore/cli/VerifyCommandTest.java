package dev.meshkore.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.Hub;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Crimes are committed with SQL in the database's file while the hub is stopped, and found in the
/// bundle that the hub exports afterwards.
final class VerifyCommandTest {
  private static final int MESSAGES = 6;
  private static final Path SECOND_VERIFIER = Path.of("../tools/verify.py");

  @TempDir Path home;

  private Path data = Path.of("");
  private Path adminKey = Path.of("");
  private String aliceKey = "";
  private String vkey = "";
  private int bundles;

  /// A statement for a file.
  private record Crime(String sql) {}

  @BeforeEach
  void letAliceWrite() throws Exception {
    data = Files.createDirectories(home.resolve("data"));
    adminKey = data.resolve("admin.key");
    try (var hub = TestHub.open(data)) {
      aliceKey = join(hub, "alice");
      join(hub, "bob");
      try (var alice = new HubClient(HubAddress.read(hub.url()), aliceKey)) {
        for (int i = 0; i < MESSAGES; i++) {
          alice.post(
              "/send", Json.read("{\"to\":\"bob\",\"payload\":{\"text\":\"secret " + i + "\"}}"));
        }
        alice.post("/audit/commitments", Json.object().put("sent", MESSAGES));
      }
      hub.auditLog().tick();
      vkey = hub.auditLog().vkey();
    }
  }

  @Test
  void findsNothingWrongWithWhatWasNotTouched() throws Exception {
    Path all = export(true);
    Path own = export(false);

    assertThat(verdict(all)).isEmpty();
    assertThat(verdict(own)).isEmpty();
    assertThat(Files.readString(all)).doesNotContain("secret");
    assertThat(Files.readString(own)).contains("secret 5");
    assertThat(verify(own, "--key", vkey).out())
        .contains("\"messages\":" + MESSAGES)
        .contains("\"ok\":true");
  }

  @Test
  void findsNothingWrongWithWhatItsSenderErased() throws Exception {
    try (var hub = TestHub.open(data);
        var client = HttpClient.newHttpClient()) {
      var erase =
          HttpRequest.newBuilder(URI.create(hub.url() + "/messages/bob:3"))
              .header("Authorization", "Bearer " + aliceKey)
              .DELETE()
              .build();
      var answer = client.send(erase, HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(204);
    }
    assertThat(Files.readString(data.resolve("hub.db"), ISO_8859_1)).doesNotContain("secret 2");
    assertThat(verdict(export(true))).isEmpty();
    Path own = export(false);
    assertThat(verdict(own)).isEmpty();
    assertThat(Files.readString(own)).contains("secret 1").doesNotContain("secret 2");
  }

  @Test
  void findsTruncation() throws Exception {
    commit(new Crime("DELETE FROM audit_leaf WHERE first >= (SELECT MAX(first) FROM audit_leaf)"));
    assertThat(verdict(export(true))).contains("truncated");
  }

  @Test
  void findsADeletedMessage() throws Exception {
    commit(new Crime("DELETE FROM journal WHERE position = 3"));
    assertThat(verdict(export(true))).containsExactly("truncated", "omitted");
  }

  @Test
  void findsRewriting() throws Exception {
    commit(
        new Crime(
            "UPDATE journal SET body = CAST(REPLACE(CAST(body AS TEXT), 'secret 3', 'secret 9')"
                + " AS BLOB) WHERE position = 4"));
    assertThat(verdict(export(true))).containsExactly("rewritten");
    assertThat(verdict(export(false))).containsExactly("rewritten");
  }

  @Test
  void findsARewrittenActThatHasANewHashToo() throws Exception {
    commit(
        new Crime("UPDATE audit_act SET record = CAST('{\"kind\":\"none\"}' AS BLOB)"),
        new Crime("UPDATE audit_tile SET hashes = zeroblob(length(hashes))"));
    assertThat(verdict(export(true))).contains("rewritten");
  }

  @Test
  void findsReordering() throws Exception {
    commit(
        new Crime("UPDATE audit_leaf SET number = -2 WHERE is_journal = 1 AND number = 2"),
        new Crime("UPDATE audit_leaf SET number = 2 WHERE is_journal = 1 AND number = 5"),
        new Crime("UPDATE audit_leaf SET number = 5 WHERE is_journal = 1 AND number = -2"),
        new Crime(
            "UPDATE audit_leaf SET salts = (SELECT o.salts FROM audit_leaf o WHERE o.is_journal = 1"
                + " AND o.number = 7 - audit_leaf.number AND o.first <> audit_leaf.first)"
                + " WHERE is_journal = 1 AND number = 2"));
    assertThat(verdict(export(true))).contains("reordered");
  }

  @Test
  void findsAForgedSignature() throws Exception {
    commit(
        new Crime(
            "UPDATE audit_checkpoint SET note = substr(note, 1, length(note) - 20)"
                + " || 'AAAAAAAAAAAAAAAAAA=' || char(10)"));
    assertThat(verdict(export(true))).contains("signature");
  }

  @Test
  void findsAKeyThatIsNotTheLogs() throws Exception {
    Path bundle = export(true);
    var lines = new ArrayList<>(Files.readAllLines(bundle));
    String other = "x/audit+00000000+AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==";
    lines.set(0, lines.getFirst().replace(vkey, other));
    Files.write(bundle, lines);
    assertThat(kinds(verify(bundle).json())).contains("signature");
    assertThat(verdict(bundle)).isEmpty();
  }

  /// The operator takes a message out and makes the whole log anew, signed with the true key.
  @Test
  void findsAnOmittedMessage() throws Exception {
    commit(
        new Crime("DELETE FROM journal WHERE position = 4"),
        new Crime("DELETE FROM audit_leaf"),
        new Crime("DELETE FROM audit_tile"),
        new Crime("DELETE FROM audit_checkpoint"),
        new Crime("UPDATE audit_progress SET size = 0, journal = 0, act = 0"));
    assertThat(verdict(export(true))).containsExactly("omitted");
    assertThat(verdict(export(false))).containsExactly("omitted");
  }

  @Test
  void findsWhatAnAgentKnowsToBeMissingOrWhatWasKeptToBeGone() throws Exception {
    Path bundle = export(true);
    assertThat(kinds(verify(bundle, "--sent", "alice=6").json())).isEmpty();
    assertThat(kinds(verify(bundle, "--sent", "alice=7").json())).containsExactly("omitted");

    Path head = home.resolve("head");
    Files.writeString(
        head, Json.text(Json.read(Files.readAllLines(bundle).getFirst()), "checkpoint"));
    assertThat(kinds(verify(bundle, "--checkpoint", head.toString()).json())).isEmpty();
    commit(
        new Crime("DELETE FROM audit_act WHERE record LIKE '%commitment%'"),
        new Crime("DELETE FROM journal WHERE position = 4"),
        new Crime("DELETE FROM audit_leaf"),
        new Crime("DELETE FROM audit_tile"),
        new Crime("DELETE FROM audit_checkpoint"),
        new Crime("UPDATE audit_progress SET size = 0, journal = 0, act = 0"));
    Path forged = export(true);
    assertThat(verdict(forged)).isEmpty();
    assertThat(kinds(verify(forged, "--checkpoint", head.toString()).json()))
        .containsExactly("forked");
  }

  @Test
  void findsEveryLineThatIsTakenOutOrChangedInTheFile() throws Exception {
    Path bundle = export(true);
    List<String> lines = Files.readAllLines(bundle);
    for (int i = 1; i < lines.size(); i++) {
      var fewer = new ArrayList<>(lines);
      fewer.remove(i);
      assertThat(verdict(write(fewer))).as("without line " + i).isNotEmpty();
    }
    for (int i = 1; i < lines.size() - 1; i++) {
      var other = new ArrayList<>(lines);
      other.set(i, lines.get(i).replace("alice", "mallo").replace("signing_key", "signing_kez"));
      other.set(i, other.get(i).replace("bob", "eve").replace("invite", "invitf"));
      assertThat(verdict(write(other))).as("with another line " + i).contains("rewritten");
    }
  }

  @Test
  void findsAMessageThatLostItsSaltOrGaveItBytes() throws Exception {
    List<String> lines = Files.readAllLines(export(false));
    int changed = 0;
    for (int i = 1; i < lines.size() - 1; i++) {
      ObjectNode one = (ObjectNode) Json.read(lines.get(i));
      if (!one.has("message")) {
        continue;
      }
      changed++;
      String salt = Json.text(one, "salt");
      String message = Json.text(one, "message");
      one.remove("salt");
      one.put("message", message.replace("secret", "public"));
      assertThat(verdict(write(with(lines, i, one)))).containsExactly("rewritten");
      byte[] longer = Base64.getDecoder().decode(salt);
      longer = Arrays.copyOf(longer, longer.length + 1);
      longer[longer.length - 1] = (byte) message.charAt(0);
      one.put("salt", Base64.getEncoder().encodeToString(longer));
      one.put("message", message.substring(1));
      assertThat(verdict(write(with(lines, i, one)))).containsExactly("rewritten");
    }
    assertThat(changed).isPositive();
  }

  @Test
  void tellsABundleThatIsAPart() throws Exception {
    Path own = export(false);
    List<String> lines = Files.readAllLines(own);
    assertThat(verify(own, "--key", vkey).out()).contains("\"from\":0,");
    ObjectNode head = (ObjectNode) Json.read(lines.getFirst());
    head.put("from", 2);
    assertThat(verdict(write(with(lines, 0, head)))).containsExactly("partial");
    ObjectNode end = (ObjectNode) Json.read(lines.getLast());
    end.put("next", head.path("size").asLong() - 1);
    Path cut = write(with(lines, lines.size() - 1, end));
    assertThat(verdict(cut)).containsExactly("partial");
    assertThat(verify(cut, "--key", vkey).out()).contains("to before");
  }

  @Test
  void aHeadMustHaveTheWitnessesThatAreWanted() throws Exception {
    String unknown = "x/witness+00000000+BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    try (var witness = TestHub.open(home.resolve("witness"), "--witness-logs", vkey)) {
      String key = text(witness.url() + "/witness/key").strip();
      String url = witness.url() + "/witness";
      try (var hub =
          TestHub.open(data, "--outbound-private", "true", "--witnesses", key + " " + url)) {
        Instant deadline = Instant.now().plusSeconds(30);
        while (!text(hub.url() + "/audit/checkpoint?witnesses=1").contains("/witness ")) {
          assertThat(Instant.now()).isBefore(deadline);
        }
      }
      for (boolean isAll : new boolean[] {true, false}) {
        Path bundle = export(isAll, "--witnesses", "1");
        assertThat(verdict(bundle, "--witness", key)).isEmpty();
        assertThat(verdict(bundle, "--witness", unknown)).containsExactly("unwitnessed");
        assertThat(verdict(bundle, "--witness", key, "--witness", unknown))
            .containsExactly("unwitnessed");
        assertThat(verdict(bundle, "--witness", key, "--witness", unknown, "--witnesses", "1"))
            .isEmpty();
        assertThat(verdict(bundle, "--witnesses", "1")).containsExactly("unwitnessed");
        var lines = new ArrayList<>(Files.readAllLines(bundle));
        ObjectNode head = (ObjectNode) Json.read(lines.getFirst());
        String note = Json.text(head, "checkpoint");
        byte[] line = Base64.getDecoder().decode(note.strip().replaceFirst("(?s).* ", ""));
        line[5] ^= 1;
        String forged = note.strip().replaceFirst(" [^ ]*$", " ");
        head.put("checkpoint", forged + Base64.getEncoder().encodeToString(line) + "\n");
        assertThat(verdict(write(with(lines, 0, head)), "--witness", key))
            .containsExactly("unwitnessed");
      }
    }
  }

  private static String text(String url) throws Exception {
    try (var client = HttpClient.newHttpClient()) {
      var request = HttpRequest.newBuilder(URI.create(url)).build();
      return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }
  }

  private static List<String> with(List<String> lines, int at, ObjectNode one) {
    var other = new ArrayList<>(lines);
    other.set(at, one.toString());
    return other;
  }

  private Path write(List<String> lines) throws IOException {
    return Files.write(home.resolve("changed-" + bundles++), lines);
  }

  private static String join(Hub hub, String id) throws Exception {
    String invite = hub.newInvite("test");
    try (var stranger = new HubClient(HubAddress.read(hub.url()), null)) {
      String path = invite.substring(invite.indexOf("/join/"));
      return Json.text(stranger.post(path, Json.object().put("agent_id", id)), "api_key");
    }
  }

  private void commit(Crime... crimes) throws SQLException {
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + data.resolve("hub.db"));
        var statement = connection.createStatement()) {
      for (Crime crime : crimes) {
        assertThat(statement.executeUpdate(crime.sql())).as(crime.sql()).isPositive();
      }
    }
  }

  /// What the hub exports now, to the admin or to alice.
  private Path export(boolean isAll, String... more) {
    Path file = home.resolve("bundle-" + bundles++);
    try (var hub = TestHub.open(data)) {
      hub.auditLog().tick();
      String[] who =
          isAll
              ? new String[] {"--admin-key-file", adminKey.toString()}
              : new String[] {"--key", aliceKey, "--agent", "alice"};
      var arguments =
          Stream.of(
                  Stream.of("export", file.toString(), "--url", hub.url()),
                  Stream.of(who),
                  Stream.of(more))
              .flatMap(part -> part);
      var ended = new Shell(home).run(arguments.toArray(String[]::new));
      assertThat(ended.code()).as(ended.err()).isZero();
    }
    return file;
  }

  private Shell.Ended verify(Path bundle, String... more) {
    var arguments =
        Stream.concat(Stream.of("verify", bundle.toString(), "--json"), Stream.of(more));
    return new Shell(home).run(arguments.toArray(String[]::new));
  }

  /// What is found, on which the second verifier, which is no Java, must agree.
  private List<String> verdict(Path bundle, String... more) throws Exception {
    var options = Stream.concat(Stream.of("--key", vkey), Stream.of(more)).toList();
    var ended = verify(bundle, options.toArray(String[]::new));
    List<String> found = kinds(ended.json());
    assertThat(ended.code()).isEqualTo(found.isEmpty() ? 0 : Exit.OTHER.code());
    var command =
        new ArrayList<>(List.of("python3", SECOND_VERIFIER.toString(), bundle.toString()));
    command.addAll(options);
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    int code = process.waitFor();
    assertThat(code).as(out).isIn(0, 1);
    assertThat(findings(Json.read(out))).as(out).isEqualTo(findings(ended.json()));
    assertThat(code).isEqualTo(found.isEmpty() ? 0 : 1);
    return found;
  }

  private static List<Map.Entry<String, Long>> findings(JsonNode said) {
    JsonNode list = said.path("findings");
    return IntStream.range(0, list.size())
        .mapToObj(list::get)
        .map(one -> Map.entry(Json.text(one, "kind"), one.path("index").asLong()))
        .toList();
  }

  private static List<String> kinds(JsonNode said) {
    return findings(said).stream().map(Map.Entry::getKey).distinct().toList();
  }
}
