package dev.meshkore.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Pulls the plug on an agent, on those of an owner, or on the hub.
@Command(
    name = "stop",
    description = {
      "Stop an agent, those of an owner, or the whole hub: nothing it sends is taken from now on.",
      "It can read its inbox, where it is told why; mail for it is kept."
    })
final class StopCommand implements Callable<Integer> {
  private final Surroundings here;

  @Mixin private final CommonOptions common = new CommonOptions();
  @Mixin private final PersonOptions person = new PersonOptions();
  @Mixin private final Stopped stopped = new Stopped();

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      defaultValue = "",
      description = "Why; the agent is told.")
  String reason = "";

  StopCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() {
    var order = Json.object().put("scope", stopped.scope()).put("reason", reason);
    try (var client = person.client(here)) {
      Stopped.print(here, common.json, client.post("/stop", order));
    }
    return Exit.OK.code();
  }
}
