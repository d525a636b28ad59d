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

/// Services are called, paid for and answered on the command line, against a real hub.
@Timeout(120)
final class CallCommandsTest {
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

  private void join(Hub hub, String agent) {
    var ended =
        new Shell(place).run("join", hub.newInvite("test"), "--agent", agent, "--profile", agent);
    assertThat(ended.code()).as(ended.err()).isZero();
  }

  /// A buyer with ten credits, and a seller; the id of the service that it sells.
  private String market(Hub hub) throws Json.Unreadable {
    join(hub, "seller");
    join(hub, "buyer");
    var data = place.resolve("data").toString();
    var deposit =
        new Shell(place).run("deposit", "buyer", "10", "--url", hub.url(), "--data", data);
    assertThat(deposit.code()).as(deposit.err()).isZero();
    var published =
        done(
            "seller",
            "services",
            "publish",
            "--name",
            "Capitals",
            "--description",
            "A text in capitals.",
            "--price",
            "0.01 CREDIT/call",
            "--json");
    return Json.text(published.json(), "service_id");
  }

  private JsonNode waiting() throws Json.Unreadable {
    var page = done("seller", "calls", "--json").json().path("to_answer");
    return page.path(0);
  }

  @Test
  void aCallWaitsForItsAnswerAndPrintsIt() throws Exception {
    try (var hub = TestHub.open(place.resolve("data"))) {
      var service = market(hub);
      var input = "{\"text\":\"hello\"}";
      try (var call =
          LiveCommand.start(
              new Shell(place),
              "call",
              service,
              input,
              "--max",
              "0.05",
              "--wait",
              "60",
              "--profile",
              "buyer")) {
        var found = waiting();
        while (found.isMissingNode()) {
          found = waiting();
        }
        var id = Json.text(found, "call_id");
        assertThat(done("seller", "calls").out())
            .contains("ANSWER BY", id, "CREDIT", "buyer", "hello");
        assertThat(done("seller", "calls", id).out()).contains("\"hello\"");
        var answered = done("seller", "answer", id, "{\"text\":\"HELLO\"}");
        assertThat(answered.out()).contains("answered", id, "paid by buyer");
        assertThat(call.line()).isEqualTo("{\"text\":\"HELLO\"}");
        assertThat(call.ended()).isZero();
      }
      assertThat(done("seller", "wallet").out()).contains("+0.010000 CREDIT");
      assertThat(done("seller", "calls").out()).contains("Nothing waits for your answer.");
      assertThat(done("buyer", "calls").out()).contains("answered", "HELLO", service);
      assertThat(done("buyer", "calls", "--role", "buyer", "--waiting").out())
          .contains("There are no such calls.");
    }
  }

  @Test
  void whatIsNotAnsweredInTimeIsAskedForAgainByTheSameId() throws Exception {
    try (var hub = TestHub.open(place.resolve("data"))) {
      var service = market(hub);
      String[] call = {"call", service, "7", "--max", "0.01", "--id", "c1", "--wait", "0"};
      var first = done("buyer", call);
      assertThat(first.out()).contains("waiting", "call_");
      assertThat(first.err()).contains("--id c1 asks again");
      var id = Json.text(waiting(), "call_id");
      assertThat(first.out()).contains(id);
      done("seller", "answer", id, "[7,\"\u009b31m\"]");
      var again = done("buyer", call);
      assertThat(again.out()).contains("[7,", "\\u009b31m");
      assertThat(done("seller", "answer", id, "[7,\"\u009b31m\"]").out()).contains("answered");
      assertThat(done("buyer", "wallet").out()).contains("9.990000");
    }
  }

  @Test
  void whatIsDeclinedCostsNothingAndEndsAsAFailure() throws Exception {
    try (var hub = TestHub.open(place.resolve("data"))) {
      var service = market(hub);
      String[] call = {"call", service, "--max", "0.01", "--id", "c1", "--wait", "0"};
      done("buyer", call);
      var id = Json.text(waiting(), "call_id");
      assertThat(done("seller", "answer", id, "--decline", "Not today").out())
          .contains("declined", "the money went back to buyer");
      var refused = as("buyer", call);
      assertThat(refused.code()).isEqualTo(Exit.OTHER.code());
      assertThat(refused.err()).contains("The seller declined the call", "Not today");
      var json = as("buyer", "call", service, "--max", "0.01", "--id", "c1", "--json");
      assertThat(json.code()).isEqualTo(Exit.OTHER.code());
      assertThat(Json.text(json.json(), "state")).isEqualTo("declined");
      assertThat(done("buyer", "wallet").out()).contains("10.000000");
    }
  }

  @Test
  void mistakesAreExplained() throws Exception {
    try (var hub = TestHub.open(place.resolve("data"))) {
      var service = market(hub);
      assertThat(as("buyer", "call", service).err()).contains("--max");
      assertThat(as("buyer", "call", service, "{}", "--max", "0.001").err()).contains("your max");
      assertThat(as("buyer", "call", service, "hello", "--max", "1").err()).contains("not JSON");
      assertThat(as("buyer", "call", service, "--max", "1", "--wait", "600").err())
          .contains("120 seconds");
      assertThat(as("seller", "answer", "call_1").err()).contains("--decline");
      assertThat(as("seller", "answer", "call_1", "1").err()).contains("no such call");
      assertThat(as("seller", "calls", "--role", "both").err()).contains("--role seller");
      assertThat(as("buyer", "call", service, "--max", "much").code()).isEqualTo(Exit.USER.code());
    }
  }
}
