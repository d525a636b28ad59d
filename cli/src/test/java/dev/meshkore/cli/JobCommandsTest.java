package dev.meshkore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.Hub;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Paid work on the command line, against a real hub.
@Timeout(120)
final class JobCommandsTest {
  @TempDir Path place;

  private Shell.Ended as(String agent, String... words) {
    var line = new ArrayList<>(List.of(words));
    line.addAll(List.of("--profile", agent));
    return new Shell(place).run(line.toArray(String[]::new));
  }

  private Shell.Ended done(String agent, String... words) {
    var ended = as(agent, words);
    assertThat(ended.code()).as(ended.err()).isZero();
    return ended;
  }

  private Shell.Ended operator(Hub hub, String... words) {
    var line = new ArrayList<>(List.of(words));
    line.addAll(List.of("--url", hub.url(), "--data", place.resolve("data").toString()));
    var ended = new Shell(place).run(line.toArray(String[]::new));
    assertThat(ended.code()).as(ended.err()).isZero();
    return ended;
  }

  private void parties(Hub hub) {
    for (var agent : List.of("client", "provider", "third")) {
      var ended =
          new Shell(place).run("join", hub.newInvite("test"), "--agent", agent, "--profile", agent);
      assertThat(ended.code()).as(ended.err()).isZero();
    }
    operator(hub, "deposit", "client", "100");
  }

  private String opened(String... more) throws Json.Unreadable {
    var words = new ArrayList<>(List.of("jobs", "open", "Twelve pages", "--provider", "provider"));
    words.addAll(List.of(more));
    words.add("--json");
    return Json.text(done("client", words.toArray(String[]::new)).json(), "job_id");
  }

  @Test
  void aJobOnAChainNeedsBothAddressesAndAHubThatSettlesThere() {
    try (var hub = TestHub.open(place.resolve("data"))) {
      parties(hub);
      var address = "0x" + "1".repeat(40);
      var half = as("client", "jobs", "open", "A", "--provider", "provider", "--payer", address);
      assertThat(half.code()).isEqualTo(Exit.USER.code());
      assertThat(half.err()).contains("One address is missing");
      var words = List.of("jobs", "open", "A", "--provider", "provider", "--amount", "1");
      var line = new ArrayList<>(words);
      line.addAll(List.of("--payer", address, "--pay-to", address));
      var none = as("client", line.toArray(String[]::new));
      assertThat(none.code()).isEqualTo(Exit.USER.code());
      assertThat(none.err()).contains("settles on no chain", "test credits");
    }
  }

  @Test
  void aJobGoesFromItsOpeningToItsReceipt() throws Exception {
    try (var hub = TestHub.open(place.resolve("data"))) {
      parties(hub);
      assertThat(done("client", "jobs", "list").out())
          .contains("no such job of yours", "3% of what is paid", "0.5% with escrow", "10.000000");
      var preview =
          done(
              "client",
              "jobs",
              "open",
              "A",
              "--provider",
              "provider",
              "--amount",
              "30",
              "--preview");
      assertThat(preview.out()).contains("transaction_bps", "30000000");
      var id = opened("--amount", "30", "--deliver-within", "3600");
      assertThat(done("provider", "jobs", "list").out())
          .contains(id, "provider", "client", "30.000000 CREDIT", "Twelve pages", "accept");
      assertThat(done("provider", "jobs", "accept", id).out())
          .contains("open, agreed", "next: fund (client)");
      assertThat(done("client", "jobs", "fund", id).out()).contains("funded", "submit (provider)");
      assertThat(done("client", "jobs", "show", id).out())
          .contains(
              "for        Twelve pages",
              "held       30.000000 CREDIT",
              "receives 28.950000 CREDIT",
              "you are    client",
              "If nobody does: expired at ")
          .containsPattern("submit +provider");
      done("provider", "jobs", "submit", id, "{\"pages\":\"1\u009b2\"}", "--note", "All of them");
      assertThat(done("client", "jobs", "show", id).out())
          .contains("another agent's word", "{\"pages\":\"1\\u009b2\"}", "All of them");
      assertThat(done("client", "jobs", "complete", id).out()).contains("completed");
      assertThat(done("client", "jobs", "show", id).out()).contains("It ended by complete.");
      assertThat(done("provider", "wallet").out()).contains("28.950000");
      var receipt = done("provider", "jobs", "receipt", id, "--json").json();
      assertThat(Json.text(receipt, "type")).isEqualTo("meshkore-job-receipt");
      assertThat(done("client", "jobs", "rate", id, "4", "--comment", "Neat").out())
          .contains("4 of 5", "until then");
      assertThat(as("client", "jobs", "rate", id, "6").code()).isEqualTo(Exit.USER.code());
      assertThat(done("client", "reputation", "provider").out())
          .contains("unknown", "1 as provider")
          .doesNotContain("words");
      assertThat(done("provider", "jobs", "rate", id, "5").out()).contains("gave you 4");
      assertThat(done("client", "reputation", "provider").out())
          .contains("0.778", "Other agents' words", "4 of 5 by client (client)");
      assertThat(as("client", "jobs", "rate", id, "1").err()).contains("Both have rated");
      assertThat(receipt.path("chain")).hasSize(5);
      assertThat(done("client", "jobs", "list", "--role", "provider").out())
          .contains("no such job of yours");
    }
  }

  @Test
  void aDisputeIsDecidedByItsArbiter() throws Exception {
    try (var hub = TestHub.open(place.resolve("data"))) {
      parties(hub);
      var id = opened("--amount", "30");
      done("provider", "jobs", "accept", id);
      done("client", "jobs", "fund", id);
      var file = Files.writeString(place.resolve("pages.txt"), "pages");
      done("provider", "jobs", "submit", id, "--file", file.toString());
      var shown = done("client", "jobs", "show", id, "--json").json();
      assertThat(Json.text(shown.path("deliverable"), "sha256")).isEqualTo(sha256("pages"));
      assertThat(as("client", "jobs", "dispute", id).err()).contains("note");
      assertThat(done("client", "jobs", "dispute", id, "--note", "Six pages").out())
          .contains("disputed", "resolve (hub)");
      var hash = sha256("pages");
      done("provider", "jobs", "evidence", id, "--evidence", hash + "=https://a.example/pages");
      assertThat(operator(hub, "jobs", "resolve", id, "10", "--note", "A third").out())
          .contains("completed");
      assertThat(done("client", "wallet").out()).contains("90.000000");

      var other = opened("--amount", "30", "--arbiter", "third");
      done("provider", "jobs", "accept", other);
      done("client", "jobs", "fund", other);
      done("provider", "jobs", "submit", other, "1");
      done("provider", "jobs", "dispute", other, "--note", "It is done");
      assertThat(done("third", "jobs", "list").out()).contains(other, "arbiter", "disputed");
      assertThat(done("third", "jobs", "resolve", other, "0").out()).contains("rejected");
      assertThat(done("client", "wallet").out()).contains("90.000000");
    }
  }

  @Test
  void milestonesArePaidOneByOneAndMistakesAreExplained() throws Exception {
    try (var hub = TestHub.open(place.resolve("data"))) {
      parties(hub);
      var id = opened("--milestone", "Draft=10/600", "--milestone", "Fair copy=20.5");
      done("provider", "jobs", "accept", id);
      done("client", "jobs", "fund", id);
      assertThat(done("client", "jobs", "show", id).out())
          .contains("30.500000 CREDIT", "Fair copy")
          .containsPattern("1 +Draft +10.000000 +now");
      done("provider", "jobs", "submit", id, "[]");
      assertThat(done("client", "jobs", "complete", id).out()).contains("funded");
      assertThat(done("provider", "jobs", "reject", id, "--note", "Ill").out())
          .contains("rejected");
      assertThat(done("client", "wallet").out()).contains("90.000000");

      assertThat(as("client", "jobs", "complete", id).err()).contains("What to do");
      assertThat(as("client", "jobs", "show", "job_x").code()).isEqualTo(Exit.USER.code());
      assertThat(as("provider", "jobs", "submit", id).err()).contains("--file");
      assertThat(as("client", "jobs", "open", "A", "--milestone", "Draft").err())
          .contains("Draft=15/3600");
      assertThat(as("client", "jobs", "open", "A", "--amount", "30").code())
          .isEqualTo(Exit.USER.code());
      assertThat(as("client", "jobs", "list", "--state", "lost").code())
          .isEqualTo(Exit.USER.code());
      var help = new Shell(place).run("jobs");
      assertThat(help.out()).contains("open", "fund", "submit", "resolve");
    }
  }

  private static String sha256(String text) throws Exception {
    var digest = MessageDigest.getInstance("SHA-256");
    return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
  }
}
