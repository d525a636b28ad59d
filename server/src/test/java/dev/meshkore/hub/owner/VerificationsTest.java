package dev.meshkore.hub.owner;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.meshkore.hub.testing.TestHub;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/// What is shown to be whose, against a name server and a web server on loopback.
@Timeout(60)
final class VerificationsTest {
  private NameServer names;
  private HttpServer web;
  private TestHub hub;
  private Estate estate;
  private volatile String page = "";
  private volatile String asked = "";
  private volatile int status = 200;
  private final AtomicInteger asks = new AtomicInteger();

  @BeforeEach
  void start() throws IOException {
    names = new NameServer();
    web = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    web.createContext(
        "/",
        exchange -> {
          asked = exchange.getRequestURI().getPath();
          byte[] body = page.getBytes(StandardCharsets.UTF_8);
          asks.incrementAndGet();
          exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    web.start();
    hub =
        TestHub.start(
            Map.of(
                "dns-servers",
                names.address(),
                "github-api",
                "http://" + webHost(),
                "outbound-private",
                "true"));
    estate = new Estate(hub);
  }

  @AfterEach
  void stop() {
    hub.close();
    web.stop(0);
    names.close();
  }

  private String webHost() {
    return "127.0.0.1:" + web.getAddress().getPort();
  }

  private JsonNode begin(String key, String body) {
    return estate.ask(201, "POST", "/verifications", key, body);
  }

  private JsonNode check(String key, JsonNode begun) {
    String id = begun.get("verification_id").stringValue();
    return estate.ask(200, "POST", "/verifications/" + id + "/check", key, null);
  }

  private JsonNode agent(String key, String id) {
    return estate.ask(200, "GET", "/agents/" + id, key, null);
  }

  /// Waits for what the hub does by itself.
  private static void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
    }
  }

  @Test
  void aDomainIsShownByDnsAndLookedAtAgain() {
    String ada = estate.owner("Ada", false);
    String alice = estate.agentOf(ada, "alice", null);
    String bob = estate.agent("bob");
    assertThat(agent(bob, "alice").get("trust").stringValue()).isEqualTo("new");

    JsonNode begun = begin(ada, "{\"method\":\"dns\",\"domain\":\"Example.COM\"}");
    String place = begun.get("place").stringValue();
    assertThat(place).isEqualTo("_meshkore-challenge.example.com");
    JsonNode early = check(ada, begun);
    assertThat(early.get("status").stringValue()).isEqualTo("pending");
    assertThat(early.get("reason").stringValue()).contains("no TXT record");

    names.put(place, begun.get("text").stringValue());
    assertThat(check(ada, begun).get("status").stringValue()).isEqualTo("verified");
    JsonNode shown = agent(bob, "alice");
    assertThat(shown.get("trust").stringValue()).isEqualTo("verified:domain");
    JsonNode by = shown.get("verified").get(0);
    assertThat(by.get("name").stringValue()).isEqualTo("example.com");
    assertThat(by.get("of").stringValue()).isEqualTo("owner");
    JsonNode found = estate.ask(200, "GET", "/agents?status=all&trust=verified:domain", bob, null);
    assertThat(found.get("agents")).hasSize(1);
    assertThat(found.get("agents").get(0).get("agent_id").stringValue()).isEqualTo("alice");
    String byWords = "/agents?status=all&q=bob&trust=verified:social";
    assertThat(estate.ask(200, "GET", byWords, alice, null).get("agents")).isEmpty();

    // The record is gone: the hub finds out by itself, and is patient for three days.
    names.remove(place);
    int asked = names.questions();
    hub.advance(Duration.ofDays(30).plusMinutes(1));
    await(() -> names.questions() > asked);
    assertThat(agent(bob, "alice").get("trust").stringValue()).isEqualTo("verified:domain");
    hub.advance(Duration.ofDays(3).plusHours(1));
    await(() -> agent(bob, "alice").get("trust").stringValue().equals("new"));
    JsonNode lapsed = estate.ask(200, "GET", "/verifications", ada, null).get("verifications");
    assertThat(lapsed.get(0).get("status").stringValue()).isEqualTo("lapsed");
  }

  @Test
  void nobodyOwnsAPublicSuffix() {
    String alice = estate.agent("alice");
    var refusedOnes =
        List.of("com", "co.uk", "github.io", "foo.ck", "localhost", "a..com", "1.2.3.4", "");
    for (String domain : refusedOnes) {
      String body = "{\"method\":\"dns\",\"domain\":\"" + domain + "\"}";
      JsonNode refused = estate.ask(400, "POST", "/verifications", alice, body);
      assertThat(refused.get("field").stringValue()).as(domain).isEqualTo("domain");
    }
    begin(alice, "{\"method\":\"dns\",\"domain\":\"www.ck\"}");
    begin(alice, "{\"method\":\"dns\",\"domain\":\"alice.github.io\"}");
  }

  private void finds(String status, String key, JsonNode begun, String told) {
    page = told;
    assertThat(check(key, begun).get("status").stringValue()).as(told).isEqualTo(status);
  }

  @Test
  void anAccountIsShownByWhatItsHolderWroteAndNobodyElse() {
    String alice = estate.agent("alice");
    String gist = "0123456789abcdef0123";
    JsonNode begun =
        begin(
            alice,
            "{\"method\":\"social\",\"platform\":\"github\",\"account\":\"Alice\",\"proof\":\""
                + gist
                + "\"}");
    String text = begun.get("text").stringValue();
    String right =
        """
        {"id":"%s","owner":{"login":"alice"},"fork_of":null,"description":"","comments":1,
         "files":{"a.md":{"truncated":false,"content":"# Hello\\n%s\\n"}}}
        """
            .formatted(gist, text);
    finds("pending", alice, begun, "<p>a comment: " + text + "</p>");
    finds("pending", alice, begun, right.replace("\"login\":\"alice\"", "\"login\":\"eve\""));
    finds("pending", alice, begun, right.replace("\"owner\":{\"login\":\"alice\"},", ""));
    finds("pending", alice, begun, right.replace(gist, "f" + gist.substring(1)));
    finds("pending", alice, begun, right.replace("\"truncated\":false", "\"truncated\":true"));
    finds("pending", alice, begun, right.replace("\"fork_of\":null", "\"fork_of\":{\"id\":\"1\"}"));
    String elsewhere =
        right.replace(text, "").replace("\"description\":\"\"", "\"description\":\"" + text + "\"");
    finds("pending", alice, begun, elsewhere);
    finds("verified", alice, begun, right);
    assertThat(asked).isEqualTo("/gists/" + gist);
    JsonNode shown = agent(alice, "alice");
    assertThat(shown.get("trust").stringValue()).isEqualTo("verified:social");
    assertThat(shown.get("verified").get(0).get("name").stringValue()).isEqualTo("github:Alice");
  }

  private JsonNode verifiedAccount(String key) {
    String account = webHost() + "/@alice";
    JsonNode begun =
        begin(
            key,
            "{\"method\":\"social\",\"platform\":\"mastodon\",\"account\":\""
                + (account + "\",\"proof\":\"12345\"}"));
    page =
        "{\"id\":\"12345\",\"account\":{\"acct\":\"alice\"},\"content\":\""
            + (begun.get("text").stringValue() + "\"}");
    assertThat(check(key, begun).get("status").stringValue()).isEqualTo("verified");
    return begun;
  }

  @Test
  void aSiteThatDoesNotAnswerTakesNoAccountAway() {
    String alice = estate.agent("alice");
    JsonNode begun = verifiedAccount(alice);
    hub.advance(Duration.ofDays(33).plusHours(1));
    for (int failing : List.of(403, 429, 500, 503)) {
      status = failing;
      JsonNode checked = check(alice, begun);
      assertThat(checked.get("status").stringValue()).as("" + failing).isEqualTo("verified");
      assertThat(checked.get("reason").stringValue()).contains("status " + failing);
    }
    assertThat(agent(alice, "alice").get("trust").stringValue()).isEqualTo("verified:social");
    // That it is not there says something, and so does silence that does not end.
    status = 404;
    assertThat(check(alice, begun).get("status").stringValue()).isEqualTo("lapsed");
    status = 200;
    assertThat(check(alice, begun).get("status").stringValue()).isEqualTo("verified");
    status = 503;
    hub.advance(Duration.ofDays(60).plusHours(1));
    assertThat(check(alice, begun).get("status").stringValue()).isEqualTo("lapsed");
  }

  @Test
  void allLooksAtOneSiteCountTogether() {
    String alice = estate.agent("alice");
    String bob = estate.agent("bob");
    JsonNode begun = verifiedAccount(alice);
    String file = "{\"method\":\"well-known\",\"domain\":\"" + webHost() + "\"}";
    JsonNode other = begin(bob, file);
    for (int i = 1; i < 15; i++) {
      check(alice, begun);
    }
    for (int i = 0; i < 15; i++) {
      check(bob, other);
    }
    assertThat(asks).hasValue(30);
    String path = "/verifications/" + other.get("verification_id").stringValue() + "/check";
    assertThat(Estate.slug(estate.ask(429, "POST", path, bob, null))).isEqualTo("rate-limited");
    assertThat(asks).hasValue(30);
    // Names are asked for elsewhere.
    check(bob, begin(bob, "{\"method\":\"dns\",\"domain\":\"bob.example.org\"}"));
    hub.advance(Duration.ofSeconds(61));
    check(bob, other);
    assertThat(asks).hasValue(31);
  }

  @Test
  void aStatusOfSomebodyElseShowsNothing() {
    String alice = estate.agent("alice");
    JsonNode begun =
        begin(
            alice,
            "{\"method\":\"social\",\"platform\":\"mastodon\",\"account\":\""
                + webHost()
                + "/@alice\",\"proof\":\"12345\"}");
    String text = begun.get("text").stringValue();
    String right =
        """
        {"id":"12345","account":{"acct":"alice"},"reblog":null,"content":"<p>%s</p>"}
        """
            .formatted(text);
    finds("pending", alice, begun, "<p>eve answers: " + text + "</p>");
    finds("pending", alice, begun, right.replace("\"alice\"", "\"alice@else.where\""));
    finds("pending", alice, begun, right.replace("\"reblog\":null", "\"reblog\":{\"id\":\"1\"}"));
    finds("pending", alice, begun, right.replace("\"id\":\"12345\"", "\"id\":\"1\""));
    finds("pending", alice, begun, "[]");
    finds("verified", alice, begun, right);
    assertThat(asked).isEqualTo("/api/v1/statuses/12345");
  }

  @Test
  void aDomainIsShownByAFileAndAnAccountByAStatus() {
    String alice = estate.agent("alice");
    JsonNode file = begin(alice, "{\"method\":\"well-known\",\"domain\":\"" + webHost() + "\"}");
    page = "said by someone: " + file.get("text").stringValue();
    assertThat(check(alice, file).get("status").stringValue()).isEqualTo("pending");
    String account = webHost() + "/@alice";
    JsonNode social =
        begin(
            alice,
            "{\"method\":\"social\",\"platform\":\"mastodon\",\"account\":\""
                + account
                + "\",\"proof\":\"12345\"}");
    page =
        "{\"id\":\"12345\",\"account\":{\"acct\":\"alice\"},\"content\":\""
            + social.get("text").stringValue()
            + "\"}";
    assertThat(check(alice, social).get("status").stringValue()).isEqualTo("verified");
    assertThat(agent(alice, "alice").get("trust").stringValue()).isEqualTo("verified:social");
    page = "# a comment\n" + file.get("text").stringValue() + "\n";
    assertThat(check(alice, file).get("status").stringValue()).isEqualTo("verified");
    assertThat(agent(alice, "alice").get("trust").stringValue()).isEqualTo("verified:domain");
    String eve = estate.agent("eve");
    String id = file.get("verification_id").stringValue();
    estate.ask(404, "POST", "/verifications/" + id + "/check", eve, null);
    estate.ask(404, "DELETE", "/verifications/" + id, eve, null);
    estate.ask(204, "DELETE", "/verifications/" + id, alice, null);
    assertThat(agent(alice, "alice").get("trust").stringValue()).isEqualTo("verified:social");
  }

  @Test
  void theOperatorVouchesAndMandatesGoByTrust() {
    String ada = estate.owner("Ada", true);
    String alice = estate.agentOf(ada, "alice", null);
    estate.agent("bob");
    estate.give(
        ada,
        "alice",
        "\"calls\":[\"send\"],\"counterparties\":{\"trust\":\"trusted\"},\"messages\":{}");
    assertThat(Estate.slug(estate.send(403, alice, "bob"))).isEqualTo("mandate-required");
    estate.ask(403, "PUT", "/agents/bob/trust", ada, "{}");
    estate.ask(200, "PUT", "/agents/bob/trust", hub.adminKey(), "{}");
    estate.send(201, alice, "bob");
    estate.ask(200, "PUT", "/agents/bob/trust", hub.adminKey(), "{\"trusted\":false}");
    estate.send(403, alice, "bob");
    JsonNode levels = estate.ask(200, "GET", "/trust-levels", "", null).get("levels");
    assertThat(levels).hasSize(4);
    estate.ask(400, "GET", "/agents?trust=best", alice, null);
  }
}
