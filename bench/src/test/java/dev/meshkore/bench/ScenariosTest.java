package dev.meshkore.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every scenario against a small hub in memory: that it ends, and that nothing got lost.
final class ScenariosTest {
  @TempDir private Path folder;

  @Test
  void loseNothingOverWebSockets() throws Exception {
    List<Result> results = run("ws", "--shapes", "4x1,4x8,500/s");
    assertThat(results).extracting(Result::shape).containsExactly("4×1", "4×8", "500/s steady");
    assertThat(results)
        .allSatisfy(result -> {
          assertThat(result.notes()).isEmpty();
          assertThat(median(result, "messages/s")).isPositive();
          assertThat(median(result, "p99 ms")).isPositive();
        });
  }

  @Test
  void countAnswersOfRest() throws Exception {
    List<Result> results = run("rest", "--connections", "8");
    assertThat(results.getFirst().notes()).isEmpty();
    assertThat(median(results.getFirst(), "messages/s")).isPositive();
  }

  @Test
  void waitForEveryMemberOfAChannel() throws Exception {
    Result result = run("channel", "--members", "5").getFirst();
    assertThat(median(result, "last member p50 ms")).isPositive();
    assertThat(median(result, "acknowledged p50 ms")).isPositive();
  }

  @Test
  void readAWholeInboxByBothWays() throws Exception {
    List<Result> results = run("catchup", "--catchup", "2500");
    assertThat(results)
        .extracting(Result::shape)
        .containsExactly("2,500 messages by WebSocket", "2,500 messages by polling 1,000");
    assertThat(results).allSatisfy(result -> assertThat(median(result, "messages/s")).isPositive());
  }

  @Test
  void compareAFullHubWithAnEmptyOne() throws Exception {
    List<Result> results = run("stored", "--stored", "3000", "--agents", "100");
    assertThat(results)
        .extracting(Result::shape)
        .containsExactly("nearly empty", "3,000 messages, 100 agents");
    assertThat(median(results.getLast(), "poll p50 ms")).isPositive();
    assertThat(median(results.getLast(), "send p50 ms")).isPositive();
  }

  @Test
  void askForProofsOfWhatIsStored() throws Exception {
    List<Result> results = run("proofs", "--stored", "2000", "--agents", "64");
    assertThat(results)
        .extracting(Result::shape)
        .containsExactly("inclusion in 1,000,000 leaves", "consistency in 1,000,000 leaves");
    assertThat(results).allSatisfy(result -> assertThat(median(result, "p50 ms")).isPositive());
  }

  @Test
  void openIdleAgents() throws Exception {
    assertThat(median(run("idle", "--idle", "20").getFirst(), "opened/s")).isPositive();
  }

  @Test
  void findAmongManyAgents() throws Exception {
    Result result = run("discover", "--agents", "200").getFirst();
    assertThat(result.shape()).isEqualTo("200 agents");
    assertThat(median(result, "recall@10 %")).isEqualTo(100);
    assertThat(median(result, "new request p50 ms")).isPositive();
    assertThat(median(result, "again p99 ms")).isPositive();
  }

  @Test
  void countHowOftenTheAgentThatIsMeantComesFirst() throws Exception {
    Files.writeString(
        folder.resolve("agents.jsonl"),
        """
        {"agent_id":"The Chef!","description":"cooks dinner"}
        {"agent_id":"driver","description":"drives lorries over night"}
        """);
    Files.writeString(
        folder.resolve("queries-dev.jsonl"),
        """
        {"query":"who cooks dinner?","agent_id":"The Chef!"}
        {"query":"cake with cherries","agent_id":"The Chef!"}
        {"query":"cherries over night","agent_id":"The Chef!"}
        {"query":"night lorries","agent_id":"driver"}
        """);
    List<Result> results = run("discover", "--labelled", folder.toString());
    assertThat(results)
        .extracting(Result::shape)
        .containsExactly(
            "by words", "by meaning", "by all", "by all, its agent's other requests as examples");
    Result plain = results.get(2);
    assertThat(median(plain, "requests")).isEqualTo(4);
    assertThat(median(plain, "hit@1 %")).isEqualTo(50);
    assertThat(median(plain, "hit@5 %")).isEqualTo(50);
    Result with = results.getLast();
    assertThat(median(with, "hit@1 %")).isEqualTo(75);
    assertThat(median(with, "hit@5 %")).isEqualTo(100);
    assertThat(median(with, "MRR@10 %")).isEqualTo(87.5);
  }

  private List<Result> run(String... arguments) throws Exception {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(said, true, UTF_8);
    Path key = Files.writeString(folder.resolve("admin.key"), "secret\n");
    Path json = folder.resolve("results.json");
    try (StubHub hub = new StubHub()) {
      List<String> all = new ArrayList<>(List.of(arguments));
      all.addAll(List.of("--url", hub.url(), "--admin-key-file", key.toString()));
      all.addAll(List.of("--json", json.toString(), "--data", folder.toString()));
      all.addAll(List.of("--runs", "1", "--seconds", "1", "--warm-up", "0"));
      InstantSource clock = InstantSource.fixed(Instant.EPOCH);
      int status = BenchCommand.run(all.toArray(String[]::new), clock, stream, stream);
      assertThat(status).as(said.toString(UTF_8)).isZero();
      assertThat(said.toString(UTF_8)).doesNotContain("secret");
    }
    return ReportJson.read(json).results();
  }

  private static double median(Result result, String name) {
    Metric metric = result.metric(name);
    assertThat(metric).as(name).isNotNull();
    return metric == null ? 0 : metric.median();
  }
}
