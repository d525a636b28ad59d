package dev.meshkore.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// Lets what was stopped go on.
@Command(
    name = "resume",
    description = "Let an agent, those of an owner, or the hub go on after a stop.")
final class ResumeCommand implements Callable<Integer> {
  private final Surroundings here;

  @Mixin private final CommonOptions common = new CommonOptions();
  @Mixin private final PersonOptions person = new PersonOptions();
  @Mixin private final Stopped stopped = new Stopped();

  ResumeCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() {
    var order = Json.object().put("scope", stopped.scope());
    try (var client = person.client(here)) {
      Stopped.print(here, common.json, client.post("/resume", order));
    }
    return Exit.OK.code();
  }
}
