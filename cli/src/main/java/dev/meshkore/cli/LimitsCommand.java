package dev.meshkore.cli;

import java.util.LinkedHashSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/// What an agent may still do: what is left of every limit of its mandates, and when more is free.
@Command(
    name = "limits",
    description = "Show what is left of the limits of an agent's mandates, and when more is free.")
final class LimitsCommand implements Callable<Integer> {
  private final Surroundings here;

  @Mixin private final CommonOptions common = new CommonOptions();
  @Mixin private final AgentOptions reader = new AgentOptions();

  LimitsCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() {
    // Two mandates may be parts of one, whose limits are shown once.
    var limits = new LinkedHashSet<JsonNode>();
    var count = 0;
    try (var client = reader.client(here)) {
      for (var mandate : client.all("/mandates", "mandates")) {
        if (Json.text(mandate, "status").equals("live")) {
          var shown = client.get("/mandates/" + Query.value(Json.text(mandate, "mandate_id")));
          shown.path("remaining").forEach(limits::add);
          count++;
        }
      }
    }
    if (common.json) {
      var all = Json.object();
      var list = all.putArray("limits");
      limits.forEach(list::add);
      here.out().println(Json.line(all));
    } else if (count == 0) {
      here.out().println("It has no mandates.");
    } else {
      print(limits);
    }
    return Exit.OK.code();
  }

  private void print(Iterable<JsonNode> limits) {
    var table = new Table("MANDATE", "LIMIT", "PER", "UNIT", "LEFT", "OF", "MORE FROM");
    for (var one : limits) {
      table.add(
          Json.text(one, "mandate_id"),
          Left.name(one),
          Left.per(one),
          Json.text(one, "unit"),
          Left.left(one),
          Left.limit(one),
          Json.text(one, "resets_at"));
    }
    table.lines(here).forEach(here.out()::println);
  }
}
