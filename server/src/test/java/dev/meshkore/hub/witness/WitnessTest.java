package dev.meshkore.hub.witness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.audit.AuditLog;
import dev.meshkore.hub.audit.Checkpoint;
import dev.meshkore.hub.audit.SignedNote;
import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.TestHub;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

final class WitnessTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int ASKED_AT_ONCE = 24;

  @TempDir private Path folder = Path.of("");

  @Test
  void aHubWitnessesTheHeadsOfAnother() throws IOException {
    String logKey = keyOfLog(folder.resolve("log"));
    try (var witness = TestHub.start(Map.of("witness-logs", logKey));
        var log = logWitnessedBy(witness, folder.resolve("log"))) {
      Caller alice = Caller.join(log, "alice");
      Caller.join(log, "bob");
      alice.send("bob", "seen by two");
      long size = sizeOf(log);
      SignedNote.Verifier cosigner = SignedNote.Verifier.readCosigner(key(witness)).orElseThrow();
      String note = awaitWitnessed(log, size);
      Checkpoint seen = cosigner.open(note).flatMap(Checkpoint::read).orElseThrow();
      assertThat(seen.size()).isGreaterThanOrEqualTo(size);
      assertThat(log(logKey).open(note).flatMap(Checkpoint::read)).contains(seen);
      assertThat(cosigner.open(note.replace(Long.toString(seen.size()), "1"))).isEmpty();

      alice.send("bob", "and once more");
      assertThat(awaitWitnessed(log, sizeOf(log))).contains(cosigner.name());
      assertThat(alice.exchange("GET", "/audit/checkpoint?witnesses=2", null).statusCode())
          .isEqualTo(404);
      String export = alice.exchange("GET", "/audit/export?witnesses=1", null).body();
      assertThat(export.lines().findFirst().orElseThrow()).contains(cosigner.name());
    }
  }

  /// A line is stored before this hub has it in memory, and where several hubs have one database,
  /// by another hub.
  @Test
  void anExportBeginsWithTheHeadThatWitnessesSigned() {
    try (var log = TestHub.start(Map.of())) {
      Caller alice = Caller.join(log, "alice");
      log.execute(
          "INSERT INTO audit_cosignature VALUES (%d, 'another', '— another AAAA\n')"
              .formatted(sizeOf(log)));
      String export = alice.exchange("GET", "/audit/export?witnesses=1", null).body();
      assertThat(export.lines().findFirst().orElseThrow()).contains("— another AAAA");
    }
  }

  @Test
  void aLogThatForksIsRefused() throws IOException {
    Path data = folder.resolve("log");
    Path copy = folder.resolve("fork");
    String logKey = keyOfLog(data);
    copy(data, copy);
    try (var witness = TestHub.start(Map.of("witness-logs", logKey))) {
      try (var log = logWitnessedBy(witness, data)) {
        Caller alice = Caller.join(log, "alice");
        Caller.join(log, "bob");
        alice.send("bob", "one story");
        awaitWitnessed(log, sizeOf(log));
      }
      try (var fork = logWitnessedBy(witness, copy)) {
        Caller mallory = Caller.join(fork, "mallory");
        Caller.join(fork, "bob");
        for (int i = 0; i < 40; i++) {
          mallory.send("bob", "another story " + i);
        }
        AuditLog log = fork.hub().auditLog();
        log.tick();
        AuditLog.Head head = log.head();
        long seen = Long.parseLong(ask(witness, 0, List.of(), head, 409).strip());
        assertThat(seen).isPositive().isLessThan(head.checkpoint().size());
        List<byte[]> proof = log.consistency(seen, head.checkpoint().size());
        assertThat(ask(witness, seen, proof, head, 422)).contains("log-forked");
        assertThat(ask(witness, seen, List.of(), head, 422)).contains("log-forked");
        assertThat(Long.parseLong(ask(witness, 0, List.of(), head, 409).strip())).isEqualTo(seen);
        assertThat(fork.hub().auditLog().witnessedBy(1)).isEmpty();
      }
    }
  }

  @Test
  void oneHeadOfASizeIsSigned() throws IOException {
    Path data = folder.resolve("log");
    String logKey = keyOfLog(data);
    try (var witness = TestHub.start(Map.of("witness-logs", logKey));
        var log = TestHub.start(Map.of("data", data.toString()))) {
      log.hub().auditLog().tick();
      AuditLog.Head head = log.hub().auditLog().head();
      SignedNote.Verifier cosigner = SignedNote.Verifier.readCosigner(key(witness)).orElseThrow();
      String line = ask(witness, 0, List.of(), head, 200);
      assertThat(cosigner.open(head.checkpoint().text() + "\n" + line)).isPresent();
      long size = head.checkpoint().size();
      assertThat(ask(witness, size, List.of(), head, 200)).contains(cosigner.name());
      assertThat(ask(witness, 0, List.of(), head, 409)).isEqualTo(size + "\n");
      ask(witness, size + 1, List.of(), head, 400);
    }
  }

  @Test
  void ofTwoLogsUnderOneNameThatAskAtOnceOneIsSigned() throws Exception {
    Path data = folder.resolve("log");
    Path copy = folder.resolve("fork");
    String logKey = keyOfLog(data);
    copy(data, copy);
    try (var witness = TestHub.start(Map.of("witness-logs", logKey));
        var log = TestHub.start(Map.of("data", data.toString()));
        var fork = TestHub.start(Map.of("data", copy.toString()));
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Caller.join(log, "alice");
      Caller.join(fork, "mallory");
      var heads = new ArrayList<AuditLog.Head>();
      for (TestHub each : List.of(log, fork)) {
        each.hub().auditLog().tick();
        heads.add(each.hub().auditLog().head());
      }
      assertThat(heads.get(0).checkpoint().root()).isNotEqualTo(heads.get(1).checkpoint().root());
      var asked = new ArrayList<Future<Integer>>();
      var barrier = new CyclicBarrier(ASKED_AT_ONCE);
      for (int i = 0; i < ASKED_AT_ONCE; i++) {
        byte[] body = new Submission(0, List.of(), heads.get(i % 2).note()).body();
        asked.add(
            threads.submit(() -> {
              barrier.await();
              return post(witness, new String(body, StandardCharsets.UTF_8)).statusCode();
            }));
      }
      int[] signed = new int[2];
      for (int i = 0; i < ASKED_AT_ONCE; i++) {
        int status = asked.get(i).get();
        assertThat(status).isIn(200, 409);
        signed[i % 2] += status == 200 ? 1 : 0;
      }
      assertThat(signed).contains(0);
      assertThat(signed[0] + signed[1]).isPositive();
    }
  }

  /// Anybody can read a head and send it again, for ever.
  @Test
  void aHeadThatWasSignedIsSignedAgainWithoutAWrite() throws IOException {
    Path data = folder.resolve("log");
    String logKey = keyOfLog(data);
    try (var witness = TestHub.start(Map.of("witness-logs", logKey));
        var log = TestHub.start(Map.of("data", data.toString()))) {
      log.hub().auditLog().tick();
      AuditLog.Head head = log.hub().auditLog().head();
      ask(witness, 0, List.of(), head, 200);
      witness.execute(
          "CREATE TRIGGER no_write BEFORE UPDATE ON witnessed"
              + " BEGIN SELECT RAISE(ABORT, 'written'); END");
      for (int i = 0; i < 3; i++) {
        ask(witness, head.checkpoint().size(), List.of(), head, 200);
      }
    }
  }

  @Test
  void whatIsNotOfATrustedLogIsRefused() throws IOException {
    Path data = folder.resolve("log");
    String logKey = keyOfLog(data);
    try (var witness = TestHub.start(Map.of("witness-logs", logKey));
        var log = TestHub.start(Map.of("data", data.toString()));
        var stranger = TestHub.start(Map.of())) {
      AuditLog.Head head = log.hub().auditLog().head();
      ask(witness, 0, List.of(), stranger.hub().auditLog().head(), 404);
      String other = head.note().replaceFirst("\n[0-9]+\n", "\n99\n");
      assertThat(post(witness, "old 0\n\n" + other).statusCode()).isEqualTo(403);
      for (String body :
          List.of(
              "",
              "\n\n",
              "old 0",
              "old 00\n\n" + head.note(),
              "old -1\n\n" + head.note(),
              "old 0\nAAAA\n\n" + head.note(),
              "old 0\n" + ("A".repeat(43) + "=\n").repeat(64) + "\n" + head.note(),
              "new 0\n\n" + head.note())) {
        assertThat(post(witness, body).statusCode()).as(body).isEqualTo(400);
      }
      assertThat(post(witness, "old 0\n\n").statusCode()).isEqualTo(404);
      String hash = "A".repeat(43) + "=";
      assertThat(post(witness, "old 0\n" + hash + "\n\n" + head.note()).statusCode())
          .isEqualTo(422);
    }
  }

  @Test
  void eachHeadThatIsSignedHasOneLeaf() throws IOException {
    Path data = folder.resolve("log");
    String logKey = keyOfLog(data);
    try (var witness = TestHub.start(Map.of("witness-logs", logKey));
        var log = TestHub.start(Map.of("data", data.toString()))) {
      log.hub().auditLog().tick();
      AuditLog.Head first = log.hub().auditLog().head();
      ask(witness, 0, List.of(), first, 200);
      ask(witness, first.checkpoint().size(), List.of(), first, 200);
      ask(witness, 0, List.of(), first, 409);
      assertThat(leaves(witness)).hasSize(1);

      Caller.join(log, "alice");
      long before = first.checkpoint().size();
      long size = sizeOf(log);
      AuditLog.Head second = log.hub().auditLog().head();
      ask(witness, before, List.of(), second, 422);
      ask(witness, before, log.hub().auditLog().consistency(before, size), second, 200);
      List<String> leaves = leaves(witness);
      assertThat(leaves).hasSize(2);
      assertThat(leaves.getLast())
          .contains("\"actor\":\"hub\"")
          .contains("\"object\":\"" + second.checkpoint().origin() + "\"")
          .contains("\"size\":" + size)
          .contains(Base64.getEncoder().encodeToString(second.checkpoint().root()));
    }
  }

  @Test
  void hubsThatWitnessEachOtherComeToRest() throws IOException {
    Path oneData = folder.resolve("one");
    Path twoData = folder.resolve("two");
    int onePort = freePort();
    int twoPort = freePort();
    String oneWitness = keyOfWitness(oneData) + " http://127.0.0.1:" + onePort + "/witness";
    String twoWitness = keyOfWitness(twoData) + " http://127.0.0.1:" + twoPort + "/witness";
    try (var one = mutual(oneData, onePort, keyOfLog(twoData), twoWitness);
        var two = mutual(twoData, twoPort, logKeyOf(one), oneWitness)) {
      Caller alice = Caller.join(one, "alice");
      Caller.join(one, "bob");
      alice.send("bob", "seen by both");
      awaitWitnessed(one, sizeOf(one));
      awaitWitnessed(two, sizeOf(two) - leaves(two).size());
      assertThat(leaves(one)).isNotEmpty();
      assertThat(leaves(two)).isNotEmpty();
      awaitRest(one, two);
      alice.send("bob", "and again");
      awaitWitnessed(one, sizeOf(one));
    }
  }

  /// Three seconds in which neither log grows.
  private static void awaitRest(TestHub one, TestHub two) {
    Instant deadline = Instant.now().plusSeconds(30);
    Instant since = Instant.now();
    long sum = 0;
    while (Instant.now().isBefore(since.plusSeconds(3))) {
      long now = sizeOf(one) + sizeOf(two);
      if (now != sum) {
        sum = now;
        since = Instant.now();
      }
      assertThat(Instant.now()).as("the logs make each other grow").isBefore(deadline);
    }
  }

  private static TestHub mutual(Path data, int port, String logKey, String witness) {
    return TestHub.start(
        Map.of(
            "data",
            data.toString(),
            "port",
            Integer.toString(port),
            "outbound-private",
            "true",
            "witness-logs",
            logKey,
            "witnesses",
            witness));
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static String logKeyOf(TestHub hub) {
    return hub.hub().auditLog().vkey();
  }

  private static String keyOfWitness(Path data) throws IOException {
    Files.createDirectories(data);
    try (var hub = TestHub.start(Map.of("data", data.toString()))) {
      return key(hub);
    }
  }

  /// What the witness's own log says of heads that it signed.
  private static List<String> leaves(TestHub witness) {
    witness.hub().auditLog().tick();
    String export = Caller.admin(witness).exchange("GET", "/audit/export", null).body();
    return export
        .lines()
        .skip(1)
        .map(line -> JSON.readTree(line).path("leaf").asString(""))
        .filter(leaf -> leaf.contains("\"kind\":\"head.witnessed\""))
        .toList();
  }

  /// Makes a log, and answers its key.
  private static String keyOfLog(Path data) throws IOException {
    Files.createDirectories(data);
    try (var log = TestHub.start(Map.of("data", data.toString()))) {
      return log.hub().auditLog().vkey();
    }
  }

  private static void copy(Path data, Path copy) throws IOException {
    Files.createDirectories(copy);
    try (var files = Files.newDirectoryStream(data, "*.{db,key}")) {
      for (Path file : files) {
        Files.copy(file, copy.resolve(file.getFileName().toString()));
      }
    }
  }

  private static TestHub logWitnessedBy(TestHub witness, Path data) {
    return TestHub.start(
        Map.of(
            "data",
            data.toString(),
            "outbound-private",
            "true",
            "witnesses",
            key(witness) + " " + witness.url() + "/witness"));
  }

  private static long sizeOf(TestHub log) {
    log.hub().auditLog().tick();
    return log.hub().auditLog().head().checkpoint().size();
  }

  private static SignedNote.Verifier log(String vkey) {
    return SignedNote.Verifier.read(vkey).orElseThrow();
  }

  private static String key(TestHub witness) {
    return Caller.withoutKey(witness).exchange("GET", "/witness/key", null).body().strip();
  }

  /// The newest witnessed head as it is served, once it has this size.
  private static String awaitWitnessed(TestHub log, long size) {
    Instant deadline = Instant.now().plusSeconds(30);
    Caller nobody = Caller.withoutKey(log);
    while (Instant.now().isBefore(deadline)) {
      HttpResponse<String> answer = nobody.exchange("GET", "/audit/checkpoint?witnesses=1", null);
      if (answer.statusCode() == 200 && Long.parseLong(answer.body().split("\n", -1)[1]) >= size) {
        return answer.body();
      }
    }
    throw new AssertionError("No witness signs");
  }

  private static String ask(
      TestHub witness, long old, List<byte[]> proof, AuditLog.Head head, int status) {
    byte[] body = new Submission(old, proof, head.note()).body();
    HttpResponse<String> answer = post(witness, new String(body, StandardCharsets.UTF_8));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    if (status == 409) {
      assertThat(answer.headers().firstValue("Content-Type")).contains("text/x.tlog.size");
    }
    return answer.body();
  }

  private static HttpResponse<String> post(TestHub witness, String body) {
    return Caller.withoutKey(witness).exchange("POST", "/witness/add-checkpoint", body);
  }
}
