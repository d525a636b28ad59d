package dev.meshkore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.Hub;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// A newcomer finds, sells, asks for offers and agrees, against a real hub.
@Timeout(120)
final class TradeCommandsTest {
  @TempDir Path place;

  @Test
  void aServiceIsPublishedFoundChangedTakenAndWithdrawn() throws Exception {
    try (var hub = TestHub.open(place.resolve("data"))) {
      join(hub, "seller");
      join(hub, "buyer");
      var published =
          as(
              "seller",
              "services",
              "publish",
              "--name",
              "Tide tables",
              "--description",
              "Says when the water is high.",
              "--price",
              "0.25 EUR/call",
              "--tag",
              "tides");
      assertThat(published.out()).contains("listed", "0.25 EUR/call");
      var listed = as("buyer", "services", "list", "tide", "--json").json().path("services");
      assertThat(listed).hasSize(1);
      var id = Json.text(listed.path(0), "service_id");
      assertThat(as("buyer", "services", "list", "tide").out())
          .contains(id, "0.25 EUR/call", "seller", "Tide tables", "ANSWERS", "ONLINE");
      assertThat(as("buyer", "services", "list", "nothing-like-it").out()).contains("No service");
      assertThat(as("seller", "services", "update", id, "--price", "0.20 EUR/call").out())
          .contains("version 2", "0.20 EUR/call");
      assertThat(as("buyer", "services", "show", id).out()).contains("Tide tables");
      var taken = as("buyer", "services", "take", id, "--json").json();
      assertThat(as("buyer", "negotiate", "list").out())
          .contains(Json.text(taken, "negotiation_id"));
      assertThat(as("seller", "services", "withdraw", id).out()).contains("Withdrawn");
      assertThat(as("buyer", "services", "list", "tide").out()).contains("No service");
    }
  }

  @Test
  void offersAreAskedForMadeAndAccepted() throws Exception {
    try (var hub = TestHub.open(place.resolve("data"))) {
      join(hub, "seller");
      join(hub, "buyer");
      var asked =
          as(
                  "buyer",
                  "offers",
                  "request",
                  "Summarise a report",
                  "--budget",
                  "40 EUR",
                  "--deadline-in",
                  "2",
                  "--json")
              .json();
      var request = Json.text(asked, "request_id");
      assertThat(as("seller", "offers", "wanted", "summarise").out())
          .contains(request, "40.00 EUR");
      assertThat(as("seller", "offers", "make", request, "--price", "30 EUR").out())
          .contains("Sealed");
      var offers = opened(request);
      assertThat(Json.text(offers.path(0).path("seller"), "agent_id")).isEqualTo("seller");
      assertThat(as("buyer", "offers", "show", request).out()).contains("30.00 EUR", "seller");
      var offer = Json.text(offers.path(0), "offer_id");
      var agreed = as("buyer", "offers", "accept", request, offer, "--json").json();
      var negotiation = Json.text(agreed, "negotiation_id");
      assertThat(as("seller", "negotiate", "agreement", negotiation).out()).contains("30");
    }
  }

  @Test
  void termsAreProposedCounteredAndAccepted() throws Exception {
    try (var hub = TestHub.open(place.resolve("data"))) {
      join(hub, "seller");
      join(hub, "buyer");
      var made =
          as(
                  "buyer",
                  "negotiate",
                  "propose",
                  "--with",
                  "seller",
                  "--price",
                  "10 EUR",
                  "--subject",
                  "A map",
                  "--json")
              .json();
      var id = Json.text(made, "negotiation_id");
      assertThat(as("buyer", "negotiate", "accept", id).code()).isNotZero();
      var countered = as("seller", "negotiate", "counter", id, "--price", "12 EUR");
      assertThat(countered.code()).as(countered.err()).isZero();
      assertThat(as("buyer", "negotiate", "accept", id).out()).contains("agreed");
      assertThat(as("buyer", "negotiate", "decline", id).code()).isNotZero();
      assertThat(as("seller", "negotiate", "show", id).out()).contains("counter");
    }
  }

  @Test
  void whatIsNewComesIntoTheInbox() throws Exception {
    try (var hub = TestHub.open(place.resolve("data"))) {
      join(hub, "seller");
      join(hub, "buyer");
      assertThat(as("buyer", "feeds", "list").out()).contains("no feeds");
      var added =
          as("buyer", "feeds", "add", "tide tables", "--of", "services", "--max-price", "1 EUR");
      assertThat(added.code()).as(added.err()).isZero();
      var feed = as("buyer", "feeds", "list", "--json").json().path("feeds").path(0);
      var id = Json.text(feed, "feed_id");
      assertThat(added.out()).contains(id);
      assertThat(as("buyer", "feeds", "list").out())
          .contains("WORDS", "tide tables", "services", "up to 1.00 EUR");
      var refused = as("buyer", "feeds", "add", "tide tables", "--by", "magic");
      assertThat(refused.err()).contains("by must be words, meaning or all");
      var published =
          as(
                  "seller",
                  "services",
                  "publish",
                  "--name",
                  "Tide table",
                  "--description",
                  "Says when the water is high.",
                  "--price",
                  "0.25 EUR/call",
                  "--json")
              .json();
      assertThat(as("buyer", "inbox", "--wait", "30", "--json").out())
          .contains("feed-matches", id, Json.text(published, "service_id"));
      assertThat(as("seller", "feeds", "remove", id).code()).isNotZero();
      assertThat(as("buyer", "feeds", "remove", id).out()).contains("Removed");
      assertThat(as("buyer", "feeds", "list", "--json").json().path("feeds")).isEmpty();
      assertThat(as("buyer", "feeds", "add", "--of", "offers").code()).isEqualTo(Exit.USER.code());
    }
  }

  @Test
  void agentsAreFoundByWhatIsWanted() throws Exception {
    try (var hub = TestHub.open(place.resolve("data"))) {
      join(hub, "asker");
      var seeded =
          new Shell(place)
              .run(
                  "seed-demo",
                  "--count",
                  "60",
                  "--url",
                  hub.url(),
                  "--data",
                  place.resolve("data").toString(),
                  "--json");
      assertThat(seeded.json().path("services").asInt()).as(seeded.err()).isEqualTo(60);
      var answer =
          as("asker", "discover", "certified legal translator, Spanish to English", "--json")
              .json();
      assertThat(answer.path("results")).isNotEmpty();
      var found = as("asker", "discover", "someone who translates contracts from Spanish");
      assertThat(found.out()).contains("AGENT", "translations");
      assertThat(as("asker", "discover", " ").code()).isEqualTo(Exit.USER.code());
    }
  }

  @Test
  void whatIsNoPriceIsSaidSo() {
    var ended = new Shell(place).run("services", "publish", "--price", "cheap", "--json");
    assertThat(ended.code()).isEqualTo(Exit.USER.code());
    assertThat(ended.err()).contains("0.12 EUR/page");
  }

  private JsonNode opened(String request) throws Exception {
    for (var tries = 0; tries < 2_000; tries++) {
      var opened = as("buyer", "offers", "show", request, "--json").json();
      if (!opened.path("offers").isEmpty()) {
        return opened.path("offers");
      }
    }
    throw new AssertionError("The offers were never opened");
  }

  private void join(Hub hub, String agent) {
    var joined =
        new Shell(place).run("join", hub.newInvite("test"), "--agent", agent, "--profile", agent);
    assertThat(joined.code()).as(joined.err()).isZero();
  }

  private Shell.Ended as(String agent, String... words) {
    var line = new ArrayList<>(List.of(words));
    line.addAll(List.of("--profile", agent));
    return new Shell(place).run(line.toArray(String[]::new));
  }
}
