package dev.meshkore.cli;

import java.nio.file.Files;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/// Owners of agents.
@Command(
    name = "owner",
    description =
        "Answer for agents: make an owner, invite its agents, list them, recover their keys.",
    synopsisSubcommandLabel = "COMMAND")
final class OwnerCommand extends Group {
  static CommandLine line(Surroundings here) {
    var line = new CommandLine(new OwnerCommand());
    line.addSubcommand("new", new New(here));
    line.addSubcommand("show", new Show(here));
    line.addSubcommand("invite", new Invite(here));
    line.addSubcommand("agents", new Agents(here));
    line.addSubcommand("recover", new RecoverCommand(here));
    line.addSubcommand("events", new Events(here));
    return line;
  }

  /// Makes an owner and keeps its key.
  @Command(name = "new", description = "Make an owner and keep its key in a profile.")
  static final class New implements Callable<Integer> {
    private final Surroundings here;

    @Mixin private final CommonOptions common = new CommonOptions();
    @Mixin private final AdminOptions admin = new AdminOptions();

    @Parameters(index = "0", paramLabel = "NAME", description = "What the owner calls itself.")
    String name = "";

    @Option(
        names = "--mandates",
        paramLabel = "WHEN",
        defaultValue = "optional",
        description =
            "`required`: its agents may do only what a mandate allows (default:"
                + " ${DEFAULT-VALUE}).")
    String mandates = "optional";

    @Option(
        names = "--invite",
        paramLabel = "URL",
        description = "An invite for an owner, in place of the admin key.")
    @Nullable String invite;

    @Option(
        names = "--profile",
        paramLabel = "NAME",
        defaultValue = "owner",
        description = "Where to keep the key (default: ${DEFAULT-VALUE}).")
    String profile = "owner";

    @Option(names = "--force", description = "Replace a profile that is there already.")
    boolean force;

    New(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      var file = Profile.file(here, profile);
      if (Files.exists(file) && !force) {
        throw new CommandFailed(
            Exit.USER,
            "There is a profile '" + profile + "' already",
            file.toString(),
            "Choose another name with --profile, or replace it with --force.");
      }
      var draft = Json.object().put("name", name).put("mandates", mandates);
      try (var client = client()) {
        if (invite != null) {
          draft.put("invite", invite);
        }
        var made = client.post("/owners", draft);
        var id = Json.text(made, "owner_id");
        new Profile(client.hub(), id, Json.text(made, "api_key")).save(file);
        if (common.json) {
          var shown = Json.object().put("owner_id", id).put("url", client.hub().toString());
          here.out().println(Json.line(shown.put("profile", file.toString())));
        } else {
          here.out().println("Made the owner " + here.bold(id) + ".");
          here.out().println("The key is kept in " + file + ", readable by you alone.");
          here.out().println("Next: meshkore owner invite");
        }
      }
      return Exit.OK.code();
    }

    private HubClient client() {
      var given = invite;
      return given == null
          ? admin.client(here)
          : new HubClient(HubAddress.ofInvite(HubAddress.read(given)), null);
    }
  }

  /// Shows the owner.
  @Command(name = "show", description = "Show the owner.")
  static final class Show implements Callable<Integer> {
    private final Surroundings here;

    @Mixin private final CommonOptions common = new CommonOptions();
    @Mixin private final OwnerOptions owner = new OwnerOptions();

    Show(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      try (var client = owner.client(here)) {
        var found = client.get("/owners/me");
        if (common.json) {
          here.out().println(Json.line(found));
        } else {
          here.out().println(here.bold(Json.text(found, "owner_id")) + "  " + name(found));
          here.out().println("Mandates are " + Json.text(found, "mandates") + ".");
        }
      }
      return Exit.OK.code();
    }

    private static String name(JsonNode owner) {
      return MessageText.clean(Json.text(owner, "name"));
    }
  }

  /// Makes an invite whose agent the owner holds.
  @Command(name = "invite", description = "Make an invite; the agent that joins is the owner's.")
  static final class Invite implements Callable<Integer> {
    private final Surroundings here;

    @Mixin private final CommonOptions common = new CommonOptions();
    @Mixin private final OwnerOptions owner = new OwnerOptions();

    Invite(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      try (var client = owner.client(here)) {
        var invite = client.post("/invites", Json.object());
        here.out().println(common.json ? Json.line(invite) : here.cyan(Json.text(invite, "url")));
      }
      return Exit.OK.code();
    }
  }

  /// Lists the owner's agents.
  @Command(name = "agents", description = "List the agents that the owner holds.")
  static final class Agents implements Callable<Integer> {
    private final Surroundings here;

    @Mixin private final CommonOptions common = new CommonOptions();
    @Mixin private final OwnerOptions owner = new OwnerOptions();

    Agents(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      ArrayNode all;
      try (var client = owner.client(here)) {
        all = client.all("/owners/me/agents", "agents");
      }
      if (common.json) {
        var list = Json.object();
        list.set("agents", all);
        here.out().println(Json.line(list));
      } else if (all.isEmpty()) {
        here.out().println("No agents yet; `meshkore owner invite` lets one in.");
      } else {
        all.forEach(id -> here.out().println(id.asString()));
      }
      return Exit.OK.code();
    }
  }

  /// Tells what the hub has to tell the owner.
  @Command(name = "events", description = "Show what tripped, or was stopped, of its agents.")
  static final class Events implements Callable<Integer> {
    private final Surroundings here;

    @Mixin private final CommonOptions common = new CommonOptions();
    @Mixin private final OwnerOptions owner = new OwnerOptions();

    Events(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      ArrayNode all;
      try (var client = owner.client(here)) {
        all = client.all("/owners/me/events", "events");
      }
      if (common.json) {
        var list = Json.object();
        list.set("events", all);
        here.out().println(Json.line(list));
      } else if (all.isEmpty()) {
        here.out().println("Nothing happened.");
      } else {
        all.forEach(event -> here.out().println(row(event)));
      }
      return Exit.OK.code();
    }

    private String row(JsonNode event) {
      var notice = event.path("notice");
      var detail = Json.text(notice, "detail");
      var why = detail.isEmpty() ? Json.text(notice, "reason") : detail;
      return Json.text(event, "at")
          + "  "
          + here.bold(Json.text(notice, "notice"))
          + "  "
          + MessageText.clean(Json.text(notice, "scope"))
          + "  "
          + MessageText.clean(why);
    }
  }
}
