package dev.meshkore.cli;

import java.util.ArrayList;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/// Keys of an agent's own, by which it signs what binds it.
@Command(
    name = "keys",
    description = {
      "Show the keys of an agent: its did:key, npub, EVM and Solana address, and whether they are",
      "bound at the hub. With keys, steps of jobs and moves of negotiations are signed; without",
      "them they are the hub's word. The seed stays on this machine, and is never shown."
    })
final class KeysCommand implements Callable<Integer> {
  private final Surroundings here;

  @Mixin private final CommonOptions common = new CommonOptions();
  @Mixin private final Whose whose = new Whose();

  private KeysCommand(Surroundings here) {
    this.here = here;
  }

  static CommandLine line(Surroundings here) {
    var line = new CommandLine(new KeysCommand(here));
    line.addSubcommand("show", new Show(here));
    line.addSubcommand("new", new New(here));
    line.addSubcommand("rotate", new Rotate(here));
    return line;
  }

  @Override
  public Integer call() {
    return shown(here, common, whose);
  }

  /// Of which profile.
  static final class Whose {
    @Option(
        names = "--profile",
        paramLabel = "NAME",
        defaultValue = "default",
        description = "The profile that `join` kept (default: ${DEFAULT-VALUE}).")
    String profile = "default";

    AgentKeys keys(Surroundings here) {
      return new AgentKeys(Profile.load(here, profile), file(here));
    }

    KeyFile file(Surroundings here) {
      return KeyFile.of(here, profile);
    }
  }

  /// Shows them.
  @Command(name = "show", description = "Show the keys, as `meshkore keys` does.")
  static final class Show implements Callable<Integer> {
    private final Surroundings here;

    @Mixin private final CommonOptions common = new CommonOptions();
    @Mixin private final Whose whose = new Whose();

    Show(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      return shown(here, common, whose);
    }
  }

  /// Makes and binds them.
  @Command(
      name = "new",
      description = {
        "Make a seed beside the profile, and bind its keys to the agent at the hub.",
        "A seed that is there is used, also one that an SDK made; given again, it changes nothing."
      })
  static final class New implements Callable<Integer> {
    private final Surroundings here;

    @Mixin private final CommonOptions common = new CommonOptions();
    @Mixin private final Whose whose = new Whose();

    @Option(
        names = "--replace",
        description =
            "Also where the agent has keys of another seed, which are void then for good.")
    boolean replace;

    New(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      try (var keys = whose.keys(here)) {
        var bound = keys.bind(replace);
        if (common.json) {
          here.out().println(Json.line(bound));
        } else {
          tell(here, bound, whose.file(here));
          here.out().println("Whoever has the seed is this agent, and it is kept nowhere else.");
        }
      }
      return Exit.OK.code();
    }
  }

  /// Replaces them.
  @Command(
      name = "rotate",
      description = {
        "Bind keys of a new seed in the place of those that there are, which are void then.",
        "Name and inbox stay. The addresses on chains are others; the former seed is kept for",
        "what is at the former ones."
      })
  static final class Rotate implements Callable<Integer> {
    private final Surroundings here;

    @Mixin private final CommonOptions common = new CommonOptions();
    @Mixin private final Whose whose = new Whose();

    Rotate(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      try (var keys = whose.keys(here)) {
        var bound = keys.rotate();
        if (common.json) {
          here.out().println(Json.line(bound));
        } else {
          tell(here, bound, whose.file(here));
          here.out().println("The former seed is in " + Json.text(bound, "former_seed") + ".");
        }
      }
      return Exit.OK.code();
    }
  }

  private static int shown(Surroundings here, CommonOptions common, Whose whose) {
    try (var keys = whose.keys(here)) {
      var shown = keys.show();
      if (common.json) {
        here.out().println(Json.line(shown));
      } else {
        tell(here, shown, whose.file(here));
      }
    }
    return Exit.OK.code();
  }

  private static void tell(Surroundings here, JsonNode keys, KeyFile file) {
    var out = here.out();
    out.println(here.bold(Json.text(keys, "agent_id")) + " at " + Json.text(keys, "url"));
    if (keys.path("keys").isEmpty()) {
      out.println("There are no keys here yet. " + file.command("keys new") + " makes them.");
    } else {
      out.println("did:key  " + Json.text(keys, "did_key"));
      out.println("npub     " + Json.text(keys, "npub"));
      out.println("EVM      " + Json.text(keys, "evm_address"));
      out.println("Solana   " + Json.text(keys, "solana_address"));
      out.println("seed     " + Json.text(keys, "seed") + ", readable by you alone");
      out.println("bound    " + bound(here, keys, file));
    }
    for (var other : keys.path("others")) {
      out.println(
          here.yellow("not here ")
              + Json.text(other, "type")
              + " "
              + Json.text(other, "public_key")
              + ", which the hub knows as the agent's");
    }
  }

  private static String bound(Surroundings here, JsonNode keys, KeyFile file) {
    var words = new ArrayList<String>();
    for (var key : keys.path("keys")) {
      if (!key.path("bound").asBoolean(false)) {
        return here.yellow("not yet") + "; " + file.command("keys new") + " binds them";
      }
      words.add(Json.text(key, "type") + " since " + Json.text(key, "bound_at"));
    }
    return String.join(", ", words);
  }
}
