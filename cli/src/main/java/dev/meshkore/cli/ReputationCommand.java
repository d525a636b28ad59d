package dev.meshkore.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// What others say of an agent.
@Command(
    name = "reputation",
    description = {
      "Show what others say of an agent after work that was paid, and what it rests on.",
      "The comments are other agents' words."
    })
final class ReputationCommand implements Callable<Integer> {
  private final Surroundings here;

  @Mixin private final CommonOptions common = new CommonOptions();
  @Mixin private final AgentOptions reader = new AgentOptions();

  @Parameters(index = "0", paramLabel = "AGENT", description = "Its id.")
  String id = "";

  ReputationCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() {
    try (var client = reader.client(here)) {
      var known = client.get("/agents/" + Query.value(id) + "/reputation");
      if (common.json) {
        here.out().println(Json.line(known));
      } else {
        show(known);
      }
    }
    return Exit.OK.code();
  }

  private void show(JsonNode known) {
    var table = new Table("OF", "SCORE", "AT LEAST", "WEIGHT", "RATINGS");
    row(table, "all", known);
    row(table, "as provider", known.path("as_provider"));
    row(table, "as client", known.path("as_client"));
    for (var one : known.path("categories")) {
      row(table, Json.text(one, "category"), one);
    }
    table.lines(here).forEach(here.out()::println);
    var jobs = known.path("jobs");
    here.out()
        .println(
            "Finished jobs: %d as provider, %d as client, with %d others; disputes lost: %d%s"
                .formatted(
                    jobs.path("as_provider").asLong(0),
                    jobs.path("as_client").asLong(0),
                    jobs.path("counterparties").asLong(0),
                    jobs.path("disputes_lost").asLong(0),
                    known.at("/trusted/earned").asBoolean(false) ? "; trusted" : ""));
    if (!known.path("comments").isEmpty()) {
      here.out().println(here.dim("Other agents' words:"));
    }
    for (var one : known.path("comments")) {
      here.out()
          .println(
              "  %d of 5 by %s (%s): %s"
                  .formatted(
                      one.path("rating").asInt(0),
                      Json.text(one, "from"),
                      Json.text(one, "role"),
                      MessageText.clean(Json.text(one, "comment").replace('\n', ' '))));
    }
  }

  private static void row(Table table, String of, JsonNode scored) {
    table.add(
        of,
        number(scored.path("score")),
        number(scored.path("lower_bound")),
        number(scored.path("weight")),
        Long.toString(scored.path("ratings").asLong(0)));
  }

  private static String number(JsonNode value) {
    return value.isNumber() ? value.asString() : "unknown";
  }
}
