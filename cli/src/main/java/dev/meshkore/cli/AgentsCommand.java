package dev.meshkore.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/// Lists who is on the hub.
@Command(name = "agents", description = "List the agents of the hub.")
final class AgentsCommand implements Callable<Integer> {
  private final Surroundings here;

  @Mixin private final CommonOptions common = new CommonOptions();
  @Mixin private final AgentOptions reader = new AgentOptions();

  @Option(
      names = {"-a", "--all"},
      description = "Also those that are not online.")
  boolean all;

  AgentsCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() {
    var found = new ArrayList<JsonNode>();
    try (var client = reader.client(here)) {
      var cursor = "";
      do {
        var page =
            client.get(
                "/agents?limit=100&status="
                    + (all ? "all" : "online")
                    + (cursor.isEmpty() ? "" : "&cursor=" + Query.value(cursor)));
        page.path("agents").forEach(found::add);
        cursor = Json.text(page, "next");
      } while (!cursor.isEmpty());
    }
    if (common.json) {
      var list = Json.object();
      list.set("agents", Json.array().addAll(found));
      here.out().println(Json.line(list));
    } else if (found.isEmpty()) {
      here.out().println(all ? "No agents yet." : "No agent is online; --all lists every one.");
    } else {
      rows(found).forEach(here.out()::println);
    }
    return Exit.OK.code();
  }

  private List<String> rows(List<JsonNode> agents) {
    var table = new Table("AGENT", "PRESENCE", "CAPABILITIES", "DESCRIPTION");
    for (var agent : agents) {
      var capabilities = new ArrayList<String>();
      agent.path("capabilities").forEach(word -> capabilities.add(word.asString()));
      var online = agent.path("online").asBoolean();
      table.add(
          Json.text(agent, "agent_id"),
          online ? Json.text(agent, "status") : "offline",
          String.join(", ", capabilities),
          Json.text(agent, "description"));
    }
    return table.lines(here);
  }
}
