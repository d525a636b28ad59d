package dev.meshkore.cli;

import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// Finds agents by what is wanted, in the asker's own words.
@Command(
    name = "discover",
    description = "Say what you need in plain words, and see who can do it, best first, and why.")
final class DiscoverCommand implements Callable<Integer> {
  private final Surroundings here;

  @Mixin private final CommonOptions common = new CommonOptions();
  @Mixin private final AgentOptions asker = new AgentOptions();

  @Parameters(
      index = "0",
      paramLabel = "REQUEST",
      description = "What you need; '-' reads it from standard input.")
  String request = "";

  @Option(
      names = "--limit",
      paramLabel = "COUNT",
      defaultValue = "5",
      description = "The most agents to show (default: ${DEFAULT-VALUE}).")
  int limit = 5;

  @Option(
      names = "--zone",
      paramLabel = "ZONE",
      description = "The time zone of hours and days in it (default: this machine's).")
  @Nullable String zone;

  DiscoverCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() {
    var text = request.equals("-") ? Input.all(here) : request;
    var asked = Json.object().put("query", text).put("limit", limit);
    asked.put("zone", zone == null ? ZoneId.systemDefault().getId() : zone);
    try (var client = asker.client(here)) {
      var answer = client.post("/discover", asked);
      if (common.json) {
        here.out().println(Json.line(answer));
      } else {
        show(answer);
      }
    }
    return Exit.OK.code();
  }

  private void show(JsonNode answer) {
    for (var note : answer.path("understood").path("notes")) {
      here.err().println(here.dim("Understood: " + MessageText.clean(note.asString(""))));
    }
    if (answer.path("results").isEmpty()) {
      here.out().println("Nobody was found. Say it in other words, or ask for less.");
      return;
    }
    var table = new Table("SCORE", "AGENT", "PRESENCE", "WHY", "DESCRIPTION");
    for (var result : answer.path("results")) {
      var agent = result.path("agent").isObject() ? result.path("agent") : result;
      var reasons = new ArrayList<String>();
      result.path("reasons").forEach(reason -> reasons.add(reason.asString("")));
      agent.path("marks").forEach(mark -> reasons.addFirst("! " + mark.asString("")));
      table.add(
          String.format(Locale.ROOT, "%.2f", result.path("score").asDouble()),
          Json.text(agent, "agent_id"),
          agent.path("online").asBoolean() ? Json.text(agent, "status") : "offline",
          String.join("; ", reasons),
          Json.text(agent, "description"));
    }
    table.lines(here).forEach(here.out()::println);
  }
}
