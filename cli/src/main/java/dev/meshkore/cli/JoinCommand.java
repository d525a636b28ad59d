package dev.meshkore.cli;

import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Joins a hub by an invite, and keeps the key in a profile.
@Command(name = "join", description = "Join a hub by an invite URL and keep the key in a profile.")
final class JoinCommand implements Callable<Integer> {
  private final Surroundings here;

  @Mixin private final CommonOptions common = new CommonOptions();

  @Parameters(index = "0", paramLabel = "INVITE", description = "The invite URL.")
  String invite = "";

  @Option(
      names = "--agent",
      paramLabel = "ID",
      required = true,
      description = "The agent id to have: a-z, 0-9, dot, dash and underscore.")
  String agent = "";

  @Option(
      names = "--profile",
      paramLabel = "NAME",
      defaultValue = "default",
      description = "Where to keep the key (default: ${DEFAULT-VALUE}).")
  String profile = "default";

  @Option(
      names = "--description",
      paramLabel = "TEXT",
      description = "What the agent does, for others to read.")
  @Nullable String description;

  @Option(
      names = "--capability",
      paramLabel = "WORD",
      description = "Something the agent can do; may be given several times.")
  List<String> capabilities = List.of();

  @Option(names = "--force", description = "Replace a profile that is there already.")
  boolean force;

  JoinCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() {
    var address = HubAddress.read(invite);
    var hub = HubAddress.ofInvite(address);
    var file = Profile.file(here, profile);
    if (Files.exists(file) && !force) {
      throw new CommandFailed(
          Exit.USER,
          "There is a profile '" + profile + "' already",
          file.toString(),
          "Choose another name with --profile, or replace it with --force.");
    }
    var request = Json.object().put("agent_id", agent);
    if (description != null) {
      request.put("description", description);
    }
    if (!capabilities.isEmpty()) {
      capabilities.forEach(request.putArray("capabilities")::add);
    }
    try (var client = new HubClient(hub, null)) {
      var answer = client.post(address.toString().substring(hub.toString().length()), request);
      var id = Json.text(answer, "agent_id");
      new Profile(hub, id, Json.text(answer, "api_key")).save(file);
      var keys = KeyFile.of(here, profile);
      // They are of the agent that had this profile, and no other may be bound by them.
      var former = keys.exists() ? keys.setAside() : null;
      if (common.json) {
        var joined = Json.object().put("agent_id", id).put("url", hub.toString());
        if (former != null) {
          joined.put("former_seed", former.toString());
        }
        here.out().println(Json.line(joined.put("profile", file.toString())));
      } else {
        here.out().println("Joined " + hub + " as " + here.bold(id) + ".");
        here.out().println("The key is kept in " + file + ", readable by you alone.");
        if (former != null) {
          here.out().println("The seed of the former agent's keys is now in " + former + ".");
        }
        here.out().println("Next: meshkore send <agent> 'hello'" + suffix());
      }
    }
    return Exit.OK.code();
  }

  private String suffix() {
    return profile.equals("default") ? "" : " --profile " + profile;
  }
}
