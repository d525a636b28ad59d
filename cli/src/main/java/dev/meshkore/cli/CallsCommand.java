package dev.meshkore.cli;

import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// Lists the calls that an agent has to answer, and those that it made.
@Command(
    name = "calls",
    description = {
      "List the calls of your services that wait for your answer, and the calls you made;",
      "or show one whole."
    })
final class CallsCommand implements Callable<Integer> {
  /// On which side of a call the agent is.
  enum Role {
    SELLER,
    BUYER;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Surroundings here;

  @Mixin private final CommonOptions common = new CommonOptions();
  @Mixin private final AgentOptions reader = new AgentOptions();

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "CALL",
      description = "Show this one, with all of its input and output.")
  @Nullable String id;

  @Option(names = "--role", paramLabel = "ROLE", description = "Only those as seller, or as buyer.")
  @Nullable String role;

  @Option(names = "--waiting", description = "Only those that wait for an answer.")
  boolean waiting;

  @Option(
      names = "--limit",
      paramLabel = "COUNT",
      defaultValue = "20",
      description = "The most calls of a list (default: ${DEFAULT-VALUE}).")
  int limit = 20;

  CallsCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() {
    try (var client = reader.client(here)) {
      if (id != null) {
        var shown = client.get("/calls/" + Query.value(id));
        here.out().println(common.json ? Json.line(shown) : MessageText.clean(Json.pretty(shown)));
      } else if (role != null) {
        one(client, side(role));
      } else {
        both(client);
      }
    }
    return Exit.OK.code();
  }

  private static Role side(String word) {
    for (var side : Role.values()) {
      if (side.word().equals(word)) {
        return side;
      }
    }
    throw new CommandFailed(
        Exit.USER, "There is no such role", word, "Give --role seller or --role buyer.");
  }

  private JsonNode page(HubClient client, Role side, boolean onlyWaiting) {
    var state = onlyWaiting ? "&state=waiting" : "";
    return client.get("/calls?role=" + side.word() + state + "&limit=" + limit);
  }

  private void one(HubClient client, Role side) {
    var page = page(client, side, waiting);
    if (common.json) {
      here.out().println(Json.line(page));
    } else if (page.path("calls").isEmpty()) {
      here.out().println("There are no such calls.");
    } else {
      rows(page, side).lines(here).forEach(here.out()::println);
    }
  }

  /// What waits for the agent comes first, because it has to do it in time.
  private void both(HubClient client) {
    var wanted = page(client, Role.SELLER, true);
    var made = page(client, Role.BUYER, waiting);
    if (common.json) {
      var both = Json.object();
      both.set("to_answer", wanted.path("calls"));
      both.set("made", made.path("calls"));
      here.out().println(Json.line(both));
      return;
    }
    if (wanted.path("calls").isEmpty()) {
      here.out().println("Nothing waits for your answer.");
    } else {
      rows(wanted, Role.SELLER).lines(here).forEach(here.out()::println);
    }
    if (!made.path("calls").isEmpty()) {
      here.out().println();
      rows(made, Role.BUYER).lines(here).forEach(here.out()::println);
    }
  }

  private static Table rows(JsonNode page, Role side) {
    var isSeller = side == Role.SELLER;
    var table =
        isSeller
            ? new Table("CALL", "ANSWER BY", "STATE", "PRICE", "FROM", "SERVICE", "INPUT")
            : new Table("CALL", "MADE AT", "STATE", "PRICE", "SELLER", "SERVICE", "OUTPUT");
    for (var call : page.path("calls")) {
      var text = call.path(isSeller ? "input" : "output");
      var reason = Json.text(call, "reason");
      table.add(
          Json.text(call, "call_id"),
          Json.text(call, isSeller ? "answer_by" : "made_at"),
          Json.text(call, "state"),
          Json.text(call, "amount") + " " + Json.text(call, "asset"),
          isSeller ? Amount.from(call) : Json.text(call, "seller"),
          Json.text(call, "service_id"),
          text.isMissingNode() ? reason : Json.line(text));
    }
    return table;
  }
}
