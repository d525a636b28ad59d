package dev.meshkore.hub.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.TestDatabase;
import dev.meshkore.hub.testing.TestHub;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.store.FSDirectory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

final class SearchRoutesTest {
  @TempDir private Path folder = Path.of("");

  private TestHub hub = TestHub.start(Map.of());
  private Caller alice = Caller.withoutKey(hub);
  private Caller bob = Caller.withoutKey(hub);
  private Caller eve = Caller.withoutKey(hub);

  @BeforeEach
  void join() {
    alice = Caller.join(hub, "alice");
    bob = Caller.join(hub, "bob");
    eve = Caller.join(hub, "eve");
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  @Test
  void findsWhatOneSentAndGotAndNothingOfOthers() {
    String id = alice.send("bob", "The harvest of Ácorns is in");
    bob.send("alice", "No harvest here");
    alice.send("eve", "Nothing of it");

    assertThat(ids(alice, "q=harvest")).hasSize(2).contains(id);
    assertThat(ids(bob, "q=HARVEST acorns")).containsExactly(id);
    assertThat(ids(eve, "q=harvest")).isEmpty();
    JsonNode result = search(bob, "q=acorns").get("results").get(0);
    assertThat(result.get("from").stringValue()).isEqualTo("alice");
    assertThat(result.get("to").stringValue()).isEqualTo("bob");
    assertThat(result.get("snippet").stringValue()).isEqualTo("The harvest of Ácorns is in");
    assertThat(result.has("payload")).isFalse();
  }

  @Test
  void aPhraseIsWordsThatFollowEachOtherInOneText() {
    alice.post(201, "/send", "{\"to\":\"bob\",\"id\":\"a\",\"payload\":{\"x\":\"red wine\"}}");
    alice.post(201, "/send", "{\"to\":\"bob\",\"id\":\"b\",\"payload\":[\"red\",\"wine\"]}");
    alice.post(201, "/send", "{\"to\":\"bob\",\"id\":\"c\",\"payload\":\"wine red 4711\"}");

    assertThat(ids(bob, "q=red wine")).containsExactlyInAnyOrder("a", "b", "c");
    assertThat(ids(bob, "q=\"red wine\"")).containsExactly("a");
    assertThat(ids(bob, "q=\"wine red\" 4711")).containsExactly("c");
    assertThat(ids(bob, "q=wine \"red")).hasSize(3);
    assertThat(ids(bob, "q=w*ne")).isEmpty();
    assertThat(ids(bob, "q=x")).isEmpty();
  }

  @Test
  void channelsAreReadLikeTheirHistory() {
    String body = "{\"channel_id\":\"room\",\"visibility\":\"open\",\"members\":[\"bob\"]}";
    alice.post(201, "/channels", body);
    alice.post(201, "/channels/room/send", "{\"id\":\"early\",\"payload\":\"walnut\"}");
    assertThat(ids(bob, "q=walnut")).containsExactly("early");
    assertThat(ids(eve, "q=walnut")).isEmpty();
    assertThat(eve.exchange("GET", "/search?q=walnut&channel=room", null).statusCode())
        .isEqualTo(eve.exchange("GET", "/channels/room/history", null).statusCode())
        .isEqualTo(403);
    assertThat(eve.exchange("GET", "/search?q=walnut&channel=none", null).statusCode())
        .isEqualTo(404);

    eve.post(200, "/channels/room/join", "{}");
    assertThat(ids(eve, "q=walnut")).containsExactly("early");
    eve.call(204, "POST", "/channels/room/leave", "{}");
    assertThat(ids(eve, "q=walnut")).isEmpty();
    alice.send("bob", "walnut, but not in the room");
    assertThat(ids(bob, "q=walnut&channel=room")).containsExactly("early");
    assertThat(ids(bob, "q=walnut")).hasSize(2);
  }

  @Test
  void filtersBySenderAndTime() {
    String first = alice.send("bob", "pear one");
    hub.advance(Duration.ofHours(1));
    String second = bob.send("alice", "pear two");
    String between = time(Duration.ofMinutes(30));

    assertThat(ids(alice, "q=pear&from=bob")).containsExactly(second);
    assertThat(ids(alice, "q=pear&since=" + between)).containsExactly(second);
    assertThat(ids(alice, "q=pear&until=" + between)).containsExactly(first);
    assertThat(ids(alice, "q=pear&since=" + between + "&until=1970-01-01T00:00:00Z")).isEmpty();
    assertThat(ids(alice, "q=pear&order=newest")).containsExactly(second, first);
  }

  @Test
  void aScoreTellsNothingOfTheMessagesOfOthers() {
    alice.send("bob", "gooseberry mulberry");
    String before = search(bob, "q=mulberry&limit=1").get("next").stringValue();
    for (int i = 0; i < 8; i++) {
      alice.send("eve", "gooseberry " + "again ".repeat(40));
    }

    for (String word : List.of("mulberry", "gooseberry")) {
      assertThat(search(bob, "q=" + word + "&limit=1").get("next").stringValue())
          .as(word)
          .isEqualTo(before);
    }
    String phrase = search(bob, "q=\"gooseberry mulberry\"&limit=1").get("next").stringValue();
    alice.send("eve", "gooseberry mulberry");
    assertThat(search(bob, "q=\"gooseberry mulberry\"&limit=1").get("next").stringValue())
        .isEqualTo(phrase);
  }

  @Test
  void pagesWithoutGapOrRepetition() {
    var sent = new ArrayList<String>();
    for (int i = 0; i < 23; i++) {
      sent.add(alice.send("bob", "plum " + "plum ".repeat(i % 3) + i));
    }
    for (String order : List.of("relevance", "newest")) {
      var found = new ArrayList<String>();
      String cursor = "";
      do {
        JsonNode page = search(bob, "q=plum&limit=5&order=" + order + cursor);
        page.get("results").forEach(result -> found.add(result.get("id").stringValue()));
        cursor = page.get("next").isNull() ? "" : "&cursor=" + page.get("next").stringValue();
      } while (!cursor.isEmpty());
      assertThat(found).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(sent);
      if (order.equals("newest")) {
        assertThat(found).isEqualTo(sent.reversed());
      }
    }
  }

  @Test
  void whatExpiredIsNotFound() {
    String body = "{\"to\":\"bob\",\"id\":\"x\",\"expires_in\":60,\"payload\":\"cherry\"}";
    alice.post(201, "/send", body);
    assertThat(ids(bob, "q=cherry")).containsExactly("x");
    hub.advance(Duration.ofMinutes(2));
    assertThat(ids(bob, "q=cherry")).isEmpty();
  }

  @Test
  void whatOnlyItsReaderCanDecryptIsNotFound() {
    String payload = "{\"type\":\"encrypted\",\"form\":\"nip59\",\"event\":{\"content\":\"kiwi\"}}";
    alice.post(201, "/send", "{\"to\":\"bob\",\"payload\":" + payload + "}");
    assertThat(ids(bob, "q=kiwi")).isEmpty();
    assertThat(ids(bob, "q=encrypted")).isEmpty();
  }

  @Test
  void questionsThatAreNoneAreRefused() {
    String words = "a ".repeat(33).strip();
    for (String query :
        List.of(
            "",
            "q=",
            "q=%21%22",
            "q=" + encoded(words),
            "q=" + "a".repeat(401),
            "q=a&order=best",
            "q=a&since=yesterday",
            "q=a&until=99999999999",
            "q=a&limit=51",
            "q=a&cursor=AAAA",
            "q=a&cursor=____________ffff")) {
      assertThat(bob.exchange("GET", "/search?" + query, null).statusCode())
          .as(query)
          .isEqualTo(400);
    }
    assertThat(bob.exchange("GET", "/search?q=a&from=nobody", null).statusCode()).isEqualTo(404);
    for (String syntax : List.of("a AND (", "text:a", "/a.*/", "a~2", "[a TO b]", "\"\"\"", "*")) {
      int status = bob.exchange("GET", "/search?q=" + encoded(syntax), null).statusCode();
      assertThat(status).as(syntax).isIn(200, 400);
    }
  }

  @Test
  void erasedWordsAreGoneFromTheFiles() throws IOException {
    String other = alice.send("bob", "persimmon");
    String id = alice.send("bob", "quincetree next to the house");
    String rest = alice.send("bob", "house alone");
    assertThat(ids(bob, "q=quincetree")).containsExactly(id);
    alice.call(204, "DELETE", "/messages/" + other, null);
    assertThat(words()).contains("quincetree", "house").doesNotContain("persimmon");

    alice.call(204, "DELETE", "/messages/" + id, null);
    assertThat(words()).contains("house").doesNotContain("quincetree");
    assertThat(filesThatSay(files(), "quincetree")).isEmpty();
    assertThat(ids(bob, "q=quincetree")).isEmpty();
    assertThat(ids(bob, "q=house")).containsExactly(rest);
  }

  @Test
  void whatIsErasedFirstAfterAStartIsGoneFromTheFiles() throws IOException {
    var settings = Map.of("data", folder.toString());
    Path files = folder.resolve("search");
    Caller carol;
    String id;
    try (var before = TestHub.start(settings)) {
      carol = Caller.join(before, "carol");
      Caller.join(before, "dave");
      id = carol.send("dave", "cloudberry");
      assertThat(ids(carol, "q=cloudberry")).containsExactly(id);
    }
    assertThat(filesThatSay(files, "cloudberry")).isNotEmpty();
    try (var after = TestHub.start(settings)) {
      carol.at(after).call(204, "DELETE", "/messages/" + id, null);
      assertThat(filesThatSay(files, "cloudberry")).isEmpty();
    }
  }

  @Test
  void anEarlierIndexIsDeletedWhereSearchIsOff() {
    try (var before = TestHub.start(Map.of("data", folder.toString()))) {
      Caller carol = Caller.join(before, "carol");
      carol.send("carol", "cloudberry");
      assertThat(ids(carol, "q=cloudberry")).hasSize(1);
    }
    Path files = folder.resolve("search");
    assertThat(files).isNotEmptyDirectory();
    try (var _ = TestHub.start(Map.of("data", folder.toString(), "search", "false"))) {
      assertThat(files).isEmptyDirectory();
    }
  }

  @Test
  void theIndexIsMadeAnewWhenItsFolderIsGone() throws IOException {
    for (boolean isDeleted : new boolean[] {false, true}) {
      Path data = folder.resolve(isDeleted ? "deleted" : "kept");
      var settings = Map.of("data", data.toString());
      try (var before = TestHub.start(settings)) {
        Caller carol = Caller.join(before, "carol");
        Caller.join(before, "dave");
        String id = carol.send("dave", "apricot");
        assertThat(ids(carol, "q=apricot")).containsExactly(id);
        Caller admin = Caller.admin(before);
        assertThat(admin.exchange("GET", "/search?q=apricot", null).statusCode()).isEqualTo(403);
      }
      if (isDeleted) {
        try (var files = Files.newDirectoryStream(data.resolve("search"))) {
          for (Path file : files) {
            Files.delete(file);
          }
        }
      }
      try (var after = TestHub.start(settings)) {
        Caller erin = Caller.join(after, "erin");
        erin.send("carol", "apricot jam");
        assertThat(ids(erin, "q=apricot")).hasSize(1);
      }
      assertThat(indexed(data)).isEqualTo(2);
    }
  }

  @Test
  void hubsOnOneDatabaseFindAndForgetTheSame() {
    TestDatabase.each(folder)
        .filter(url -> url instanceof DatabaseUrl.PostgresqlServer)
        .forEach(url -> {
          var server = (DatabaseUrl.PostgresqlServer) url;
          String text = TestDatabase.setting(server);
          try (var one = TestHub.start(Map.of("database", text));
              var two = TestHub.start(Map.of("database", text))) {
            Caller carol = Caller.join(one, "carol");
            Caller there = Caller.join(two, "there");
            String id = there.send("carol", "medlar");
            assertThat(ids(carol, "q=medlar")).containsExactly(id);
            assertThat(ids(there, "q=medlar")).containsExactly(id);
            there.call(204, "DELETE", "/messages/" + id, null);
            assertThat(ids(there, "q=medlar")).isEmpty();
            assertThat(ids(carol, "q=medlar")).isEmpty();
          }
        });
  }

  private List<String> ids(Caller caller, String query) {
    var ids = new ArrayList<String>();
    search(caller, query).get("results").forEach(hit -> ids.add(hit.get("id").stringValue()));
    return ids;
  }

  /// The answer once everything that was sent before can be found.
  private JsonNode search(Caller caller, String query) {
    int equals = query.indexOf('=') + 1;
    int end = query.indexOf('&') < 0 ? query.length() : query.indexOf('&');
    String path = "/search?q=" + encoded(query.substring(equals, end)) + query.substring(end);
    Instant now = Instant.now();
    Instant deadline = now.plusSeconds(20);
    while (Instant.now().isBefore(deadline)) {
      JsonNode answer = caller.call(200, "GET", path, null);
      if (Instant.parse(answer.get("indexed_to").stringValue()).isAfter(now.plusMillis(1))) {
        return answer;
      }
    }
    throw new AssertionError("The index does not follow");
  }

  private String time(Duration ahead) {
    return encoded(Instant.now().plus(ahead).toString());
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private Path files() {
    return hub.hub().config().data().resolve("search");
  }

  private static int indexed(Path data) throws IOException {
    try (var directory = FSDirectory.open(data.resolve("search"));
        var reader = DirectoryReader.open(directory)) {
      return reader.numDocs();
    }
  }

  /// Every word that the stored index knows, also of documents that are marked as deleted.
  private Set<String> words() throws IOException {
    var words = new TreeSet<String>();
    try (var directory = FSDirectory.open(files());
        var reader = DirectoryReader.open(directory)) {
      for (LeafReaderContext leaf : reader.leaves()) {
        Terms terms = leaf.reader().terms("text");
        if (terms != null) {
          TermsEnum each = terms.iterator();
          while (each.next() != null) {
            words.add(each.term().utf8ToString());
          }
        }
      }
    }
    return words;
  }

  private static List<String> filesThatSay(Path folder, String word) throws IOException {
    var found = new ArrayList<String>();
    try (var files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        if (text.contains(word)) {
          found.add(file.getFileName().toString());
        }
      }
    }
    return found;
  }
}
