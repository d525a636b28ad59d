package dev.meshkore.cli;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/// What an owner allows its agents.
@Command(
    name = "mandate",
    description = "Allow agents something: give a mandate, watch what remains of it, revoke it.",
    synopsisSubcommandLabel = "COMMAND")
final class MandateCommand extends Group {
  static CommandLine line(Surroundings here) {
    var line = new CommandLine(new MandateCommand());
    line.addSubcommand("give", new Give(here));
    line.addSubcommand("list", new ListAll(here));
    line.addSubcommand("show", new Show(here));
    line.addSubcommand("revoke", new Revoke(here));
    return line;
  }

  /// Gives a mandate.
  @Command(
      name = "give",
      description = {
        "Give an agent a mandate:",
        "meshkore mandate give writer --to reader --messages 20",
        "meshkore mandate give writer --to 'shop-*' --spend 'CREDIT 100' --per-day 10"
      })
  static final class Give implements Callable<Integer> {
    private final Surroundings here;

    @Mixin private final CommonOptions common = new CommonOptions();
    @Mixin private final OwnerOptions owner = new OwnerOptions();
    @Mixin private final SpendOptions spend = new SpendOptions();

    @Parameters(index = "0", paramLabel = "AGENT", description = "The agent it is for.")
    String agent = "";

    @Option(
        names = "--calls",
        paramLabel = "WORD",
        split = ",",
        description =
            "What it may do: send, outside, channels, profile, invites (default: send, or nothing"
                + " but to spend).")
    List<String> calls = List.of();

    @Option(
        names = "--to",
        paramLabel = "ID",
        split = ",",
        description = "With whom: ids of agents, #channels, or beginnings before a *.")
    List<String> to = List.of();

    @Option(
        names = "--trust",
        paramLabel = "LEVEL",
        description = "Only with agents known as far: verified:social, verified:domain, trusted.")
    @Nullable String trust;

    @Option(names = "--messages", paramLabel = "COUNT", description = "How many messages in all.")
    @Nullable Long messages;

    @Option(
        names = "--per",
        paramLabel = "SECONDS=COUNT",
        description = "How many messages in any time of a length; may be given several times.")
    Map<Long, Long> windows = Map.of();

    @Option(
        names = "--depth",
        paramLabel = "COUNT",
        defaultValue = "0",
        description = "How often it may be handed on (default: ${DEFAULT-VALUE}).")
    int depth;

    @Option(
        names = "--expires-in",
        paramLabel = "SECONDS",
        defaultValue = "86400",
        description = "How long it is good for (default: ${DEFAULT-VALUE}, a day).")
    long expiresIn = 86_400;

    Give(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      var draft =
          Json.object()
              .put("agent_id", agent)
              .put("delegation_depth", depth)
              .put("expires_in", expiresIn);
      var isToSpend = spend.addTo(draft);
      var isToWrite = !calls.isEmpty() || !isToSpend || messages != null || !windows.isEmpty();
      (calls.isEmpty() && isToWrite ? List.of("send") : calls)
          .forEach(draft.putArray("calls")::add);
      var counterparties = draft.putObject("counterparties");
      var ids = counterparties.putArray("agents");
      (to.isEmpty() && trust != null ? List.of("*") : to).forEach(ids::add);
      if (trust != null) {
        counterparties.put("trust", trust);
      }
      if (isToWrite) {
        var limits = draft.putObject("messages");
        if (messages != null) {
          limits.put("lifetime", messages);
        }
        var list = limits.putArray("windows");
        windows.forEach(
            (seconds, count) -> list.addObject().put("seconds", seconds).put("count", count));
      }
      try (var client = owner.client(here)) {
        var given = client.post("/mandates", draft);
        if (common.json) {
          here.out().println(Json.line(given));
        } else {
          describe(here, given);
        }
      }
      return Exit.OK.code();
    }
  }

  /// Lists mandates.
  @Command(name = "list", description = "List the mandates that the owner gave.")
  static final class ListAll implements Callable<Integer> {
    private final Surroundings here;

    @Mixin private final CommonOptions common = new CommonOptions();
    @Mixin private final OwnerOptions owner = new OwnerOptions();

    ListAll(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      ArrayNode all;
      try (var client = owner.client(here)) {
        all = client.all("/mandates", "mandates");
      }
      if (common.json) {
        var list = Json.object();
        list.set("mandates", all);
        here.out().println(Json.line(list));
      } else if (all.isEmpty()) {
        here.out().println("No mandates yet.");
      } else {
        var table = new Table("MANDATE", "AGENT", "STATUS", "CALLS", "EXPIRES");
        for (var one : all) {
          table.add(
              Json.text(one, "mandate_id"),
              Json.text(one, "agent_id"),
              Json.text(one, "status"),
              words(one.path("calls")),
              Json.text(one, "expires_at"));
        }
        table.lines(here).forEach(here.out()::println);
      }
      return Exit.OK.code();
    }
  }

  /// Shows a mandate.
  @Command(name = "show", description = "Show a mandate and what remains of it.")
  static final class Show implements Callable<Integer> {
    private final Surroundings here;

    @Mixin private final CommonOptions common = new CommonOptions();
    @Mixin private final OwnerOptions owner = new OwnerOptions();

    @Parameters(index = "0", paramLabel = "MANDATE", description = "Its id.")
    String id = "";

    Show(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      try (var client = owner.client(here)) {
        var found = client.get("/mandates/" + Query.value(id));
        if (common.json) {
          here.out().println(Json.line(found));
        } else {
          describe(here, found);
        }
      }
      return Exit.OK.code();
    }
  }

  /// Revokes a mandate.
  @Command(name = "revoke", description = "Make a mandate, and all made of it, void at once.")
  static final class Revoke implements Callable<Integer> {
    private final Surroundings here;

    @Mixin private final CommonOptions common = new CommonOptions();
    @Mixin private final OwnerOptions owner = new OwnerOptions();

    @Parameters(index = "0", paramLabel = "MANDATE", description = "Its id.")
    String id = "";

    Revoke(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      try (var client = owner.client(here)) {
        client.delete("/mandates/" + Query.value(id));
        here.out()
            .println(
                common.json
                    ? Json.line(Json.object().put("mandate_id", id).put("status", "revoked"))
                    : "Revoked " + id + ".");
      }
      return Exit.OK.code();
    }
  }

  private static void describe(Surroundings here, JsonNode mandate) {
    here.out().println(here.bold(Json.text(mandate, "mandate_id")));
    here.out()
        .println(
            Json.text(mandate, "agent_id")
                + " may "
                + (mandate.path("calls").isEmpty() ? "spend" : words(mandate.path("calls")))
                + " with "
                + words(mandate.path("counterparties").path("agents"))
                + ", until "
                + Json.text(mandate, "expires_at")
                + " ("
                + Json.text(mandate, "status")
                + ")");
    mandate.path("remaining").forEach(one -> here.out().println(Left.line(one)));
  }

  private static String words(JsonNode list) {
    var words = new java.util.ArrayList<String>();
    list.forEach(word -> words.add(word.asString()));
    return words.isEmpty() ? "nobody" : String.join(", ", words);
  }
}
