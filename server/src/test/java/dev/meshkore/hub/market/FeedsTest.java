package dev.meshkore.hub.market;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.TestDatabase;
import dev.meshkore.hub.testing.TestHub;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// What a feed tells of, and what not. What is not told is shown by what comes after it: an agent
/// hears in order.
final class FeedsTest {
  private static final String LEGAL =
      "{\"query\":\"legal translations\",\"category\":\"language\",\"of\":[\"services\"]}";
  private static final Duration GATHERING = Duration.ofSeconds(11);

  private static String feed(Caller agent, String wish) {
    return agent.post(201, "/feeds", wish).get("feed_id").stringValue();
  }

  /// All that an agent was told of, in order, as soon as it was told of the last.
  static List<String> told(TestHub hub, Caller agent, String last) {
    Instant deadline = Instant.now().plus(Duration.ofSeconds(30));
    List<String> told = List.of();
    while (!told.contains(last) && Instant.now().isBefore(deadline)) {
      hub.advance(GATHERING);
      long head = agent.patiently("/messages?after=0&limit=1000").get("after").longValue();
      agent.patiently("/messages?wait=1&after=" + head);
      told = told(agent);
    }
    assertThat(told).contains(last);
    return told;
  }

  static List<String> told(Caller agent) {
    var ids = new ArrayList<String>();
    for (JsonNode notice : notices(agent)) {
      for (JsonNode match : notice.get("matches")) {
        ids.add(match.path("service_id").asString(match.path("request_id").asString("")));
      }
    }
    return ids;
  }

  /// Page by page: after a restart the first page ends before what memory holds.
  private static List<JsonNode> notices(Caller agent) {
    var notices = new ArrayList<JsonNode>();
    JsonNode page;
    long after = 0;
    do {
      page = agent.patiently("/messages?limit=1000&after=" + after);
      after = page.get("after").longValue();
      for (JsonNode message : page.get("messages")) {
        if (message.get("payload").path("notice").asString("").equals("feed-matches")) {
          notices.add(message.get("payload"));
        }
      }
    } while (page.get("more").booleanValue());
    return notices;
  }

  private static String want(Caller buyer, String more) {
    String body = "{\"title\":\"Translate a legal contract\"" + more + "}";
    return buyer.post(201, "/requests", body).get("request_id").stringValue();
  }

  @Test
  void tellsOfWhatIsNewAndFitsAndOfNothingElse() {
    TestHub.onEach(hub -> {
      List<Caller> all = Stall.join(hub, "alice", "bob", "carol");
      Caller alice = all.get(0);
      Caller bob = all.get(1);
      Stall.publish(bob, "Here before", "");
      String id = feed(alice, LEGAL);
      Stall.publish(alice, "Her own", "");
      bob.post(
          201,
          "/services",
          "{\"name\":\"Maps\",\"description\":\"Of towns\",\"price\":"
              + "{\"asset\":\"EUR\",\"amount\":\"1\",\"unit\":\"item\"}}");
      want(bob, ",\"category\":\"language\"");
      String fits = Stall.publish(bob, "Sworn", "");
      String last = Stall.publish(all.get(2), "Sworn, too", "");
      assertThat(told(hub, alice, last)).containsExactly(fits, last);
      JsonNode notice = notices(alice).getFirst();
      assertThat(notice.get("feed_id").stringValue()).isEqualTo(id);
      JsonNode match = notice.get("matches").get(0);
      assertThat(match.get("seller").stringValue()).isEqualTo("bob");
      assertThat(match.get("trust").stringValue()).isEqualTo("new");
      assertThat(match.get("price").get("atoms").longValue()).isEqualTo(1_250);
      assertThat(notice.toString()).doesNotContain("Sworn", "Certified", "translation");
      assertThat(alice.get(200, "/feeds/" + id).get("told").longValue()).isEqualTo(2);
      assertThat(notices(all.get(2))).isEmpty();
    });
  }

  @Test
  void tellsOfRequestsWhileTheyAreOpen() {
    TestHub.onEach(hub -> {
      List<Caller> all = Stall.join(hub, "alice", "bob");
      Caller alice = all.get(0);
      Caller bob = all.get(1);
      feed(alice, "{\"of\":[\"requests\"],\"query\":\"contracts\",\"buyer\":\"bob\"}");
      bob.post(201, "/requests", "{\"title\":\"Something else\"}");
      bob.call(204, "DELETE", "/requests/" + want(bob, ""), null);
      String last = want(bob, ",\"budget\":{\"asset\":\"EUR\",\"amount\":\"40\"}");
      assertThat(told(hub, alice, last)).containsExactly(last);
      JsonNode match = notices(alice).getLast().get("matches").get(0);
      assertThat(match.get("buyer").stringValue()).isEqualTo("bob");
      assertThat(match.get("budget").get("amount").stringValue()).isEqualTo("40.00");
      assertThat(match.get("deadline").stringValue()).contains("T");
      assertThat(notices(alice).toString()).doesNotContain("contract");
    });
  }

  @Test
  void tellsOfAChangeThatMakesAServiceFitOnceAndNeverAgain() {
    TestHub.onEach(hub -> {
      List<Caller> all = Stall.join(hub, "alice", "bob");
      Caller alice = all.get(0);
      Caller bob = all.get(1);
      String before = Stall.publish(bob, "Fits before", "");
      String dear = Stall.publish(bob, "Too dear", "");
      price(bob, dear, "90");
      feed(
          alice,
          "{\"of\":[\"services\"],\"query\":\"translation\",\"asset\":\"EUR\","
              + "\"max_price\":\"20\"}");
      price(bob, before, "11");
      price(bob, dear, "19");
      String second = Stall.publish(bob, "A second", "");
      assertThat(told(hub, alice, second)).containsExactly(dear, second);
      price(bob, dear, "18");
      price(bob, dear, "80");
      price(bob, dear, "17");
      price(bob, second, "70");
      String last = Stall.publish(bob, "The last", "");
      assertThat(told(hub, alice, last)).containsExactly(dear, second, last);
      // What stood at a price that did not fit when a feed was made fits it later by a change.
      price(bob, before, "60");
      price(bob, before, "10");
      String end = Stall.publish(bob, "The end", "");
      assertThat(told(hub, alice, end)).containsExactly(dear, second, last, before, end);
    });
  }

  private static void price(Caller seller, String service, String amount) {
    seller.call(
        200,
        "PATCH",
        "/services/" + service,
        "{\"price\":{\"asset\":\"EUR\",\"amount\":\"" + amount + "\",\"unit\":\"page\"}}");
  }

  @Test
  void saysNothingOfWhatIsGoneOrOfWhomTheAgentBlocks() {
    TestHub.onEach(hub -> {
      List<Caller> all = Stall.join(hub, "alice", "bob", "mallory");
      Caller alice = all.get(0);
      Caller bob = all.get(1);
      alice.call(204, "PUT", "/blocks/mallory", null);
      feed(alice, "{\"query\":\"legal\"}");
      String first = Stall.publish(bob, "The first", "");
      told(hub, alice, first);
      // Nothing more is told for ten seconds, and what waits meanwhile may go.
      Stall.publish(all.get(2), "Pestering", "");
      want(all.get(2), "");
      String gone = Stall.publish(bob, "Withdrawn", "");
      Stall.publish(bob, "Expired", ",\"kind\":\"spot\",\"quantity\":1,\"expires_in\":5");
      String changed = Stall.publish(bob, "Changed", "");
      bob.call(204, "DELETE", "/services/" + gone, null);
      bob.call(
          200,
          "PATCH",
          "/services/" + changed,
          "{\"description\":\"Something else, which nobody asked for\"}");
      String last = Stall.publish(bob, "Last", "");
      assertThat(told(hub, alice, last)).containsExactly(first, last);
    });
  }

  @Test
  void gathersWhatComesAtOnceAndCountsWhatIsTooMuch() {
    TestHub.onEach(hub -> {
      List<Caller> all = Stall.join(hub, "bob", "carol", "dave", "eve", "frank", "grace", "alice");
      Caller alice = all.getLast();
      String id = feed(alice, "{\"of\":[\"services\"]}");
      List<String> made =
          IntStream.range(0, FeedWatch.HOUR_MAX + 7)
              .mapToObj(number -> Stall.publish(all.get(number % 6), "Number " + number, ""))
              .toList();
      List<String> told = told(hub, alice, made.get(FeedWatch.HOUR_MAX - 1));
      assertThat(told).containsExactlyElementsOf(made.subList(0, FeedWatch.HOUR_MAX));
      // The first may be told alone; all others come twenty at a time.
      assertThat(notices(alice)).hasSizeLessThan(FeedWatch.HOUR_MAX / 8);
      hub.advance(Duration.ofHours(1));
      String last = Stall.publish(all.getFirst(), "After an hour", "");
      assertThat(told(hub, alice, last)).hasSize(FeedWatch.HOUR_MAX + 1).endsWith(last);
      long leftOut =
          notices(alice).stream().mapToLong(one -> one.get("left_out").longValue()).sum();
      assertThat(leftOut).isEqualTo(7);
      JsonNode feed = alice.get(200, "/feeds/" + id);
      assertThat(feed.get("told").longValue()).isEqualTo(FeedWatch.HOUR_MAX + 1);
      assertThat(feed.get("left_out").longValue()).isZero();
    });
  }

  @Test
  void aFullInboxHoldsUpNobodyAndLosesNothing() {
    try (TestHub hub = TestHub.start(Map.of("unread-max", "1"))) {
      List<Caller> all = Stall.join(hub, "alice", "bob", "carol");
      Caller alice = all.get(0);
      Caller bob = all.get(1);
      Caller carol = all.get(2);
      feed(alice, "{\"query\":\"legal\"}");
      feed(carol, "{\"query\":\"legal\"}");
      bob.send("alice", "Your inbox is full now");
      var made = new ArrayList<String>();
      for (int i = 0; i < 3; i++) {
        made.add(Stall.publish(bob, "Number " + i, ""));
        assertThat(told(hub, carol, made.getLast())).isEqualTo(made);
        acknowledge(carol);
      }
      assertThat(told(alice)).isEmpty();
      acknowledge(alice);
      hub.advance(Duration.ofSeconds(31));
      Stall.notices(alice, "feed-matches", 1);
      acknowledge(alice);
      hub.advance(Duration.ofSeconds(31));
      assertThat(told(hub, alice, made.getLast())).isEqualTo(made);
    }
  }

  /// All that an agent has, page by page.
  static void acknowledge(Caller agent) {
    long last = 0;
    JsonNode page;
    do {
      page = agent.get(200, "/messages?limit=1000&after=" + last);
      last = page.get("after").longValue();
    } while (page.get("more").booleanValue());
    agent.post(200, "/messages/ack", "{\"sequence\":" + last + "}");
  }

  @Test
  void aRestartForgetsNothingAndTellsNothingTwice(@TempDir Path folder) {
    var settings = new ArrayList<>(List.of(Map.of("data", folder.toString())));
    TestDatabase.shared().ifPresent(database -> settings.add(Map.of("database", database)));
    for (Map<String, String> one : settings) {
      String alice;
      String bob;
      var made = new ArrayList<String>();
      try (TestHub hub = TestHub.start(one)) {
        List<Caller> all = Stall.join(hub, "alice", "bob");
        alice = all.get(0).key();
        bob = all.get(1).key();
        feed(all.get(0), LEGAL);
        made.add(Stall.publish(all.get(1), "Told before", ""));
        told(hub, all.get(0), made.getFirst());
        made.add(Stall.publish(all.get(1), "Waits, or is not looked at yet", ""));
      }
      try (TestHub hub = TestHub.start(one)) {
        made.add(Stall.publish(Caller.of(hub, "bob", bob), "After", ""));
        assertThat(told(hub, Caller.of(hub, "alice", alice), made.getLast())).isEqualTo(made);
      }
    }
  }

  @Test
  void isChangedAndDeletedByItsAgentAlone() {
    TestHub.onEach(hub -> {
      List<Caller> all = Stall.join(hub, "alice", "bob");
      Caller alice = all.get(0);
      Caller bob = all.get(1);
      String id = feed(alice, "{\"name\":\"Mine\",\"query\":\"maps\"}");
      String path = "/feeds/" + id;
      for (String unknown : List.of(path, "/feeds/feed_nothing")) {
        assertThat(Stall.slug(bob.get(404, unknown))).isEqualTo("unknown-feed");
        assertThat(Stall.slug(bob.call(404, "PATCH", unknown, "{}"))).isEqualTo("unknown-feed");
        assertThat(Stall.slug(bob.call(404, "DELETE", unknown, null))).isEqualTo("unknown-feed");
      }
      assertThat(bob.get(404, path)).isEqualTo(bob.get(404, "/feeds/feed_nothing"));
      assertThat(bob.get(200, "/feeds").get("feeds")).isEmpty();
      Stall.publish(bob, "Not yet", "");
      JsonNode changed = alice.call(200, "PATCH", path, "{\"query\":\"legal\",\"name\":null}");
      assertThat(changed.get("query").stringValue()).isEqualTo("legal");
      assertThat(changed.has("name")).isFalse();
      String fits = Stall.publish(bob, "Now", "");
      assertThat(told(hub, alice, fits)).endsWith(fits);
      alice.call(204, "DELETE", path, null);
      assertThat(Stall.slug(alice.get(404, path))).isEqualTo("unknown-feed");
      Stall.publish(bob, "Nobody hears", "");
      feed(alice, "{\"query\":\"legal\"}");
      String last = Stall.publish(bob, "The last", "");
      assertThat(told(hub, alice, last)).endsWith(fits, last);
      hub.hub().auditLog().tick();
      String log = Caller.admin(hub).exchange("GET", "/audit/export", null).body();
      assertThat(log).contains("feed.made", "feed.changed", "feed.deleted").contains(id);
      assertThat(log).doesNotContain("maps");
    });
  }

  @Test
  void theSameWishAgainIsTheSameFeed() throws Exception {
    try (TestHub hub = TestHub.start(Map.of())) {
      Caller alice = Caller.join(hub, "alice");
      var answers = Stall.atOnce(8, _ -> alice.exchange("POST", "/feeds", LEGAL));
      assertThat(answers).filteredOn(one -> one.statusCode() == 201).hasSize(1);
      assertThat(answers).filteredOn(one -> one.statusCode() == 200).hasSize(7);
      assertThat(alice.get(200, "/feeds").get("feeds")).hasSize(1);
      for (int i = 1; i < 50; i++) {
        feed(alice, "{\"query\":\"word" + i + "\"}");
      }
      Stall.refused(alice, 429, "too-many-open", "/feeds", "{\"query\":\"more\"}");
    }
  }

  @Test
  void badWishesAreRefusedByName() {
    try (TestHub hub = TestHub.start(Map.of())) {
      Caller alice = Caller.join(hub, "alice");
      for (String bad :
          List.of(
              "{\"of\":[]}",
              "{\"of\":\"services\"}",
              "{\"of\":[\"offers\"]}",
              "{\"of\":[\"agents\"]}",
              "{\"of\":[\"services\",\"services\",\"services\"]}",
              "{\"query\":\"the\"}",
              "{\"query\":\"***\"}",
              "{\"query\":7}",
              "{\"by\":\"meaning\"}",
              "{\"by\":\"magic\",\"query\":\"maps\"}",
              "{\"by\":\"meaning\",\"query\":\"this hub has no model\"}",
              "{\"query\":\"" + "word ".repeat(41) + "\"}",
              "{\"query\":\"a1 b2 c3 d4 e5 f6 g7 h8 i9 j10 k11 l12 m13\"}",
              "{\"query\":\"" + "x".repeat(65) + "\"}",
              "{\"kind\":\"spot\"}",
              "{\"of\":[\"services\"],\"kind\":\"none\"}",
              "{\"of\":[\"requests\"],\"seller\":\"alice\"}",
              "{\"of\":[\"services\"],\"max_price\":\"1\"}",
              "{\"of\":[\"services\"],\"asset\":\"EUR\",\"max_price\":\"-1\"}",
              "{\"of\":[\"services\"],\"asset\":\"none\"}",
              "{\"category\":\"Not one\"}",
              "{\"trust\":\"best\"}",
              "{\"name\":\"two\\nlines\"}",
              "{\"limit\":1}")) {
        JsonNode problem = alice.post(400, "/feeds", bad);
        assertThat(Stall.slug(problem)).as(bad).isEqualTo("invalid-field");
      }
      Stall.refused(
          alice, 404, "unknown-agent", "/feeds", "{\"of\":[\"services\"],\"seller\":\"nobody\"}");
      String path = "/feeds/" + feed(alice, "{\"of\":[\"services\"],\"kind\":\"spot\"}");
      for (String bad : List.of("{\"of\":null}", "{\"feed_id\":\"x\"}")) {
        assertThat(Stall.slug(alice.call(400, "PATCH", path, bad))).isEqualTo("invalid-field");
      }
    }
  }

  @Test
  void aStopARateAndAMandateHoldThemBack() {
    try (TestHub hub = TestHub.start(Map.of("rate-per-minute", "1", "breaker-refusals", "-1"))) {
      List<Caller> all = Stall.join(hub, "alice", "carol");
      feed(all.get(0), LEGAL);
      Stall.refused(all.get(0), 429, "rate-limited", "/feeds", "{\"query\":\"more\"}");
      Caller admin = Caller.admin(hub);
      admin.post(200, "/stop", "{\"scope\":\"agent:carol\"}");
      Stall.refused(all.get(1), 403, "stopped", "/feeds", LEGAL);
      Caller ada =
          Caller.of(
              hub,
              "ada",
              admin
                  .post(201, "/owners", "{\"name\":\"Ada\",\"mandates\":\"required\"}")
                  .get("api_key")
                  .stringValue());
      String url = ada.post(201, "/invites", "{}").get("url").stringValue();
      JsonNode joined =
          Caller.withoutKey(hub)
              .post(201, url.substring(url.indexOf("/join/")), "{\"agent_id\":\"held\"}");
      Caller held = Caller.of(hub, "held", joined.get("api_key").stringValue());
      Stall.refused(held, 403, "mandate-required", "/feeds", LEGAL);
    }
  }
}
