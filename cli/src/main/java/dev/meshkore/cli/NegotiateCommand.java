package dev.meshkore.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Negotiating, move by move, up to an agreement.
@Command(
    name = "negotiate",
    description = "Propose, counter, accept or decline, until both agree or time is up.",
    synopsisSubcommandLabel = "COMMAND")
final class NegotiateCommand extends Group {
  static CommandLine line(Surroundings here) {
    var line = new CommandLine(new NegotiateCommand());
    line.addSubcommand("list", new ListAll(here));
    line.addSubcommand("show", new Show(here));
    line.addSubcommand("propose", new Propose(here));
    line.addSubcommand("counter", new Counter(here));
    line.addSubcommand("accept", new Accept(here));
    line.addSubcommand("decline", new Decline(here));
    line.addSubcommand("agreement", new Agreement(here));
    return line;
  }

  private static String path(String id) {
    return "/negotiations/" + Query.value(id);
  }

  private static String summary(JsonNode negotiation) {
    return Json.text(negotiation, "negotiation_id")
        + "  "
        + Json.text(negotiation, "state")
        + (negotiation.path("your_turn").asBoolean() ? ", your turn" : "");
  }

  /// Lists one's negotiations.
  @Command(name = "list", description = "List your negotiations, the newest first.")
  static final class ListAll implements Callable<Integer> {
    private final Surroundings here;

    @Mixin private final CommonOptions common = new CommonOptions();
    @Mixin private final AgentOptions party = new AgentOptions();

    ListAll(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      try (var client = party.client(here)) {
        var page = client.get("/negotiations?limit=50");
        if (common.json) {
          here.out().println(Json.line(page));
        } else if (page.path("negotiations").isEmpty()) {
          here.out().println("You negotiate nothing.");
        } else {
          var table = new Table("NEGOTIATION", "STATE", "BUYER", "SELLER", "MOVES", "TURN");
          for (var one : page.path("negotiations")) {
            table.add(
                Json.text(one, "negotiation_id"),
                Json.text(one, "state"),
                Json.text(one, "buyer"),
                Json.text(one, "seller"),
                one.path("moves").asString(""),
                one.path("your_turn").asBoolean() ? "yours" : "");
          }
          table.lines(here).forEach(here.out()::println);
        }
      }
      return Exit.OK.code();
    }
  }

  /// Shows a negotiation.
  @Command(name = "show", description = "Show a negotiation and every move in it.")
  static final class Show implements Callable<Integer> {
    private final Surroundings here;

    @Mixin private final CommonOptions common = new CommonOptions();
    @Mixin private final AgentOptions party = new AgentOptions();

    @Parameters(index = "0", paramLabel = "NEGOTIATION", description = "Its id.")
    String id = "";

    Show(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      return shown(here, common, party, path(id));
    }
  }

  /// Shows an agreement.
  @Command(name = "agreement", description = "Print what was agreed, for both sides to keep.")
  static final class Agreement implements Callable<Integer> {
    private final Surroundings here;

    @Mixin private final CommonOptions common = new CommonOptions();
    @Mixin private final AgentOptions party = new AgentOptions();

    @Parameters(index = "0", paramLabel = "NEGOTIATION", description = "Its id.")
    String id = "";

    Agreement(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      return shown(here, common, party, path(id) + "/agreement");
    }
  }

  private static int shown(
      Surroundings here, CommonOptions common, AgentOptions party, String path) {
    try (var client = party.client(here)) {
      var shown = client.get(path);
      here.out().println(common.json ? Json.line(shown) : MessageText.clean(Json.pretty(shown)));
    }
    return Exit.OK.code();
  }

  /// Proposes.
  @Command(name = "propose", description = "Propose terms to an agent, or about a service.")
  static final class Propose implements Callable<Integer> {
    private final Surroundings here;

    @Mixin private final CommonOptions common = new CommonOptions();
    @Mixin private final AgentOptions party = new AgentOptions();
    @Mixin private final TermsOptions terms = new TermsOptions();

    @Option(names = "--with", paramLabel = "ID", description = "The agent to propose to.")
    @Nullable String with;

    @Option(names = "--service", paramLabel = "ID", description = "The service it is about.")
    @Nullable String service;

    @Option(names = "--selling", description = "You are the seller; otherwise you buy.")
    boolean selling;

    @Option(
        names = "--valid-for",
        paramLabel = "SECONDS",
        description = "How long it can be accepted.")
    @Nullable Long validFor;

    Propose(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      var draft = Json.object();
      if (service != null) {
        draft.put("service_id", service);
      }
      if (with != null) {
        draft.put("with", with).put("role", selling ? "seller" : "buyer");
      }
      draft.set("terms", terms.read("a job"));
      draft.put("valid_for", validFor == null ? MarketMove.VALID_SECONDS : validFor);
      draft.put("negotiation_id", MarketMove.newId());
      try (var agent = party.signatory(here)) {
        var asked = new MarketMove.Proposal(agent.agentId(), draft);
        var made = agent.post("/negotiations", draft, asked);
        here.out().println(common.json ? Json.line(made) : summary(made));
      }
      return Exit.OK.code();
    }
  }

  /// Answers with other terms.
  @Command(name = "counter", description = "Answer with other terms.")
  static final class Counter implements Callable<Integer> {
    private final Surroundings here;

    @Mixin private final CommonOptions common = new CommonOptions();
    @Mixin private final AgentOptions party = new AgentOptions();
    @Mixin private final TermsOptions terms = new TermsOptions();

    @Parameters(index = "0", paramLabel = "NEGOTIATION", description = "Its id.")
    String id = "";

    Counter(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      var move = Json.object().put("kind", "counter");
      move.set("terms", terms.read("a job"));
      move.put("valid_for", MarketMove.VALID_SECONDS);
      return moved(here, common, party, id, move);
    }
  }

  /// Accepts.
  @Command(name = "accept", description = "Accept the other side's last terms.")
  static final class Accept implements Callable<Integer> {
    private final Surroundings here;

    @Mixin private final CommonOptions common = new CommonOptions();
    @Mixin private final AgentOptions party = new AgentOptions();

    @Parameters(index = "0", paramLabel = "NEGOTIATION", description = "Its id.")
    String id = "";

    Accept(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      return moved(here, common, party, id, Json.object().put("kind", "accept"));
    }
  }

  /// Declines.
  @Command(name = "decline", description = "End the negotiation without an agreement.")
  static final class Decline implements Callable<Integer> {
    private final Surroundings here;

    @Mixin private final CommonOptions common = new CommonOptions();
    @Mixin private final AgentOptions party = new AgentOptions();

    @Parameters(index = "0", paramLabel = "NEGOTIATION", description = "Its id.")
    String id = "";

    Decline(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      return moved(here, common, party, id, Json.object().put("kind", "decline"));
    }
  }

  /// A move answers the one that its maker saw last.
  private static int moved(
      Surroundings here, CommonOptions common, AgentOptions party, String id, ObjectNode move) {
    try (var agent = party.signatory(here)) {
      var now = agent.hub().get(path(id));
      move.put("previous", Json.text(now, "head"));
      var asked = new MarketMove.Answer(agent.agentId(), now, move);
      var negotiation = agent.post(path(id) + "/moves", move, asked);
      here.out().println(common.json ? Json.line(negotiation) : summary(negotiation));
    }
    return Exit.OK.code();
  }
}
