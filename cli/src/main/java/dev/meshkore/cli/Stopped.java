package dev.meshkore.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// What to stop or to let go on: one agent, all that one owner holds, or the whole hub.
final class Stopped {
  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "AGENT",
      description = {
        "The agent, or owner:ID for all that the owner holds, now and later;",
        "without it, --hub."
      })
  @Nullable String named;

  @Option(names = "--hub", description = "The whole hub, with every agent.")
  boolean hub;

  String scope() {
    if ((named == null) != hub) {
      throw new CommandFailed(
          Exit.USER,
          "Nothing was changed",
          "It needs an agent, or owner: and an owner's id, or --hub",
          "Name one agent or owner, or give --hub for all of them.");
    }
    if (named == null) {
      return "hub";
    }
    return named.startsWith("owner:") ? named : "agent:" + named;
  }

  static void print(Surroundings here, boolean isJson, JsonNode stops) {
    if (isJson) {
      here.out().println(Json.line(stops));
      return;
    }
    if (stops.path("stops").isEmpty()) {
      here.out().println("Nothing is stopped.");
      return;
    }
    var table = new Table("STOPPED", "SINCE", "BY", "REASON");
    for (var stop : stops.path("stops")) {
      table.add(
          Json.text(stop, "scope"),
          Json.text(stop, "stopped_at"),
          Json.text(stop, "stopped_by"),
          Json.text(stop, "reason"));
    }
    table.lines(here).forEach(here.out()::println);
  }
}
