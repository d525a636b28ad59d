package dev.meshkore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.meshkore.hub.Hub;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Agents pay each other on the command line, against a real hub.
@Timeout(60)
final class MoneyCommandsTest {
  @TempDir Path place;

  private Shell.Ended run(String... arguments) {
    return new Shell(place).run(arguments);
  }

  private Shell.Ended done(String... arguments) {
    var ended = run(arguments);
    assertThat(ended.code()).as(ended.err()).isZero();
    return ended;
  }

  private Shell.Ended admin(Hub hub, String... words) {
    var line = new ArrayList<>(List.of(words));
    line.addAll(List.of("--url", hub.url(), "--data", place.resolve("data").toString()));
    return run(line.toArray(String[]::new));
  }

  private void join(Hub hub, String agent) {
    done("join", hub.newInvite("test"), "--agent", agent, "--profile", agent);
  }

  @Test
  void anAgentIsGivenCreditsAndPaysWithThem() throws Exception {
    try (var hub = TestHub.open(place.resolve("data"))) {
      join(hub, "alice");
      join(hub, "bob");
      assertThat(done("wallet", "--profile", "alice").out())
          .contains("0.000000", "Nothing was paid yet");
      var deposit = admin(hub, "deposit", "alice", "10", "--id", "in-1");
      assertThat(deposit.out()).contains("10.000000 CREDIT for alice");
      assertThat(admin(hub, "deposit", "alice", "10", "--id", "in-1").out())
          .isEqualTo(deposit.out());
      assertThat(admin(hub, "deposit", "nobody", "10").err()).contains("agent_id");

      var pay =
          new String[] {
            "pay", "bob", "2.5", "--about", "neg_17", "--id", "k1", "--profile", "alice"
          };
      var paid = done(pay);
      assertThat(paid.out()).contains("paid", "2.500000 CREDIT to bob");
      assertThat(done(pay).out()).isEqualTo(paid.out());
      assertThat(done("wallet", "--profile", "alice").out())
          .contains("AVAILABLE", "7.500000", "deposit", "-2.500000 CREDIT", "bob", "neg_17");
      assertThat(done("wallet", "--profile", "bob").out()).contains("+2.500000 CREDIT", "alice");
      var wallet = done("wallet", "--profile", "bob", "--json", "--limit", "1").json();
      assertThat(wallet.path("balances").path(0).path("available_atoms").asLong())
          .isEqualTo(2_500_000);
      assertThat(wallet.path("transfers")).hasSize(1);
      assertThat(done("wallet", "statement", "--profile", "alice").out())
          .contains("CREDIT: 0.000000 on ", ", 7.500000 on ", "-2.500000 CREDIT", "neg_17");
      var statement = done("wallet", "statement", "--profile", "alice", "--json").json();
      assertThat(statement.path("lines")).hasSize(2);
      assertThat(done("wallet", "statement", "--profile", "alice", "--csv").out())
          .startsWith("line,made_at,")
          .contains(",payment,bob,neg_17,CREDIT,,2.500000,7.500000", "closing,");
    }
  }

  @Test
  void whatIsHeldIsShownAndWhatIsTooMuchIsExplained() throws Exception {
    try (var hub = TestHub.open(place.resolve("data"))) {
      join(hub, "alice");
      join(hub, "bob");
      assertThat(admin(hub, "deposit", "alice", "10").code()).isZero();
      assertThat(done("pay", "bob", "6", "--hold", "3600", "--profile", "alice").out())
          .contains("held", "6.000000 CREDIT to bob, until ");
      var wallet = done("wallet", "--profile", "alice");
      assertThat(wallet.out()).contains("4.000000", "6.000000", "held until ");
      var refused = run("pay", "bob", "5", "--profile", "alice");
      assertThat(refused.code()).isNotZero();
      assertThat(refused.err()).contains("1.000000 CREDIT too little", "new id");
      assertThat(run("pay", "bob", "much", "--profile", "alice").code())
          .isEqualTo(Exit.USER.code());
    }
  }

  @Test
  void anOwnerGivesToItsOwnAgentsAlone() {
    var data = place.resolve("data");
    try (var hub = TestHub.open(data)) {
      var key = "--admin-key-file=" + data.resolve("admin.key");
      done("owner", "new", "Ada", "--url=" + hub.url(), key);
      done("join", done("owner", "invite").out().strip(), "--agent", "alice", "--profile", "alice");
      join(hub, "bob");
      assertThat(done("deposit", "alice", "10", "--owner", "owner").out()).contains("for alice");
      assertThat(run("deposit", "bob", "10", "--owner", "owner").code()).isNotZero();
      var refused = run("pay", "bob", "1", "--profile", "alice");
      assertThat(refused.code()).isEqualTo(Exit.AUTH.code());
      assertThat(refused.err()).contains("mandate");
    }
  }

  @Test
  void anOwnerLimitsWhatIsSpentAndItsAgentReadsWhatIsLeft() throws Exception {
    var data = place.resolve("data");
    try (var hub = TestHub.open(data)) {
      var key = "--admin-key-file=" + data.resolve("admin.key");
      done("owner", "new", "Ada", "--url=" + hub.url(), key);
      done("join", done("owner", "invite").out().strip(), "--agent", "alice", "--profile", "alice");
      join(hub, "bob");
      done("deposit", "alice", "200", "--owner", "owner");
      assertThat(done("limits", "--profile", "alice").out()).contains("no mandates");
      var given =
          done(
              "mandate",
              "give",
              "alice",
              "--to",
              "bob",
              "--spend",
              "CREDIT 100",
              "--per-payment",
              "10",
              "--per-day",
              "15",
              "--per-agent",
              "50",
              "--within",
              "3600=14.5");
      assertThat(given.out()).contains("alice may spend with bob", "100.000000 of 100.000000");
      done("pay", "bob", "9.5", "--profile", "alice");
      var refused = run("pay", "bob", "11", "--profile", "alice");
      assertThat(refused.err()).contains("at most 10000000 atoms of CREDIT for a payment");
      var table = done("limits", "--profile", "alice").out();
      assertThat(table)
          .contains("amount", "90.500000", "per payment", "10.000000", "5.500000", "15.000000")
          .contains("day", "3600 s", "5.000000", "per counterparty bob", "40.500000");
      var limits = done("limits", "--profile", "alice", "--json").json().path("limits");
      assertThat(limits).hasSize(6);
      assertThat(limits.path(1).path("resets_at").isString()).isTrue();
      // It may spend, and nothing else.
      var mandate = done("mandate", "list", "--json").json().path("mandates").path(0);
      assertThat(mandate.path("calls")).isEmpty();
      for (var wrong :
          new String[][] {
            {"--per-day", "5"},
            {"--spend", "CREDIT ten"},
            {"--spend", "GOLD 5"},
            {"--spend", "CREDIT 5", "--per-day", "0.0000001"}
          }) {
        var line = new ArrayList<>(List.of("mandate", "give", "alice", "--to", "bob"));
        line.addAll(List.of(wrong));
        assertThat(run(line.toArray(String[]::new)).code()).isEqualTo(Exit.USER.code());
      }
    }
  }

  @Test
  void whatNobodyKnowsIsAskedForAgainByTheSameId() throws IOException {
    int port;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    var url = "http://127.0.0.1:" + port;
    var lost = run("pay", "bob", "1", "--url", url, "--key", "mk_x", "--json");
    assertThat(lost.code()).isEqualTo(Exit.NETWORK.code());
    assertThat(lost.err()).contains("again with --id ");
    var named = run("pay", "bob", "1", "--id", "k9", "--url", url, "--key", "mk_x");
    assertThat(named.err()).contains("--id k9");
  }

  @Test
  void whatIsInDoubtIsAskedForAgainToo() throws IOException {
    var body =
        "{\"type\":\"/problems/in-doubt\",\"title\":\"It is not known\",\"status\":504}"
            .getBytes(StandardCharsets.UTF_8);
    var doubtful = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    doubtful.createContext(
        "/",
        exchange -> {
          exchange.getResponseHeaders().set("Content-Type", "application/problem+json");
          exchange.sendResponseHeaders(504, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    doubtful.start();
    try {
      var url = "http://127.0.0.1:" + doubtful.getAddress().getPort();
      var ended = run("pay", "bob", "1", "--url", url, "--key", "mk_x");
      assertThat(ended.code()).isNotZero();
      assertThat(ended.err()).contains("It is not known", "again with --id ");
    } finally {
      doubtful.stop(0);
    }
  }
}
