package dev.meshkore.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// Shows and sets budgets of messages.
@Command(
    name = "limit",
    description = {
      "Show the budgets of messages, or set one:",
      "meshkore limit agent:bob 100 --per 3600."
    })
final class LimitCommand implements Callable<Integer> {
  private final Surroundings here;

  @Mixin private final CommonOptions common = new CommonOptions();
  @Mixin private final AdminOptions admin = new AdminOptions();

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "SCOPE",
      description = "hub, agent:ID, pair:A,B, channel:ID or thread:NAME.")
  @Nullable String scope;

  @Parameters(index = "1", arity = "0..1", paramLabel = "COUNT", description = "How many messages.")
  @Nullable Long count;

  @Option(
      names = "--per",
      paramLabel = "SECONDS",
      defaultValue = "0",
      description = "In how long; without it, once and for all.")
  long seconds;

  @Option(names = "--rolling", description = "Count the time before now, not from the full hour.")
  boolean rolling;

  LimitCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() {
    try (var client = admin.client(here)) {
      if (scope == null) {
        print(client.get("/limits"));
      } else if (count == null) {
        throw new CommandFailed(
            Exit.USER, "Nothing was set", "It needs a count", "meshkore limit SCOPE COUNT");
      } else {
        var limit =
            Json.object()
                .put("limit", count)
                .put("window_seconds", seconds)
                .put("rolling", rolling && seconds > 0);
        print(client.put("/limits/" + Query.value(scope), limit));
      }
    }
    return Exit.OK.code();
  }

  private void print(JsonNode answer) {
    if (common.json) {
      here.out().println(Json.line(answer));
      return;
    }
    if (answer.path("limits").isEmpty()) {
      here.out().println("There are no budgets.");
      return;
    }
    var table = new Table("SCOPE", "LIMIT", "PER", "USED", "LEFT");
    for (var one : answer.path("limits")) {
      var window = one.path("window_seconds").asLong();
      table.add(
          Json.text(one, "scope"),
          one.path("limit").asString(),
          window == 0 ? "ever" : window + " s",
          one.path("used").asString(),
          one.path("remaining").asString());
    }
    table.lines(here).forEach(here.out()::println);
  }
}
