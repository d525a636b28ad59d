package dev.meshkore.cli;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Gives an agent that lost its key another one, as the owner that holds it.
@Command(
    name = "recover",
    description = {
      "Give an agent of the owner another key, and keep it in a profile.",
      "All that proved the agent before is void at once, whoever has it: its API key, its tokens",
      "and the keys that it had bound. Its name, inbox and money stay."
    })
final class RecoverCommand implements Callable<Integer> {
  private final Surroundings here;

  @Mixin private final CommonOptions common = new CommonOptions();
  @Mixin private final OwnerOptions owner = new OwnerOptions();

  @Parameters(index = "0", paramLabel = "AGENT", description = "The agent that lost its key.")
  String agent = "";

  @Option(
      names = "--keep",
      paramLabel = "NAME",
      description =
          "The profile to keep the agent's new key in (default: the agent's id); one that has the"
              + " agent's former key is replaced.")
  @Nullable String keep;

  @Option(names = "--force", description = "Replace a profile of another agent or hub, too.")
  boolean force;

  RecoverCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() {
    var name = keep == null ? agent : keep;
    var file = Profile.file(here, name);
    try (var client = owner.client(here)) {
      check(name, file, client.hub());
      var answer =
          client.post("/owners/me/agents/" + Query.value(agent) + "/recover", Json.object());
      var id = Json.text(answer, "agent_id");
      new Profile(client.hub(), id, Json.text(answer, "api_key")).save(file);
      var keys = KeyFile.of(here, name);
      // They are void for good, and what is at their addresses on chains is not.
      var former = keys.exists() ? keys.setAside() : null;
      if (common.json) {
        var shown = Json.object().put("agent_id", id).put("url", client.hub().toString());
        if (former != null) {
          shown.put("former_seed", former.toString());
        }
        here.out().println(Json.line(shown.put("profile", file.toString())));
      } else {
        here.out().println("Recovered " + here.bold(id) + "; what proved it before is void.");
        here.out().println("The new key is kept in " + file + ", readable by you alone.");
        if (former != null) {
          here.out().println("The seed of its former keys is now in " + former + ".");
        }
        here.out().println("Next: meshkore inbox --profile " + name);
      }
    }
    return Exit.OK.code();
  }

  /// Before the hub makes a key that could not be kept.
  private void check(String name, Path file, URI hub) {
    if (force || !Files.exists(file)) {
      return;
    }
    var kept = Profile.load(here, name);
    if (!kept.agentId().equals(agent) || !kept.hub().equals(hub)) {
      throw new CommandFailed(
          Exit.USER,
          "The profile '" + name + "' is of " + kept.agentId() + " at " + kept.hub(),
          file.toString(),
          "Choose another name with --keep, or replace it with --force. Nothing was recovered.");
    }
  }
}
