package dev.meshkore.cli;

import java.util.ArrayList;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// Requests for offers, and sealed offers to them.
@Command(
    name = "offers",
    description = "Ask for offers that open together at a deadline, make them, accept one.",
    synopsisSubcommandLabel = "COMMAND")
final class OffersCommand extends Group {
  static CommandLine line(Surroundings here) {
    var line = new CommandLine(new OffersCommand());
    line.addSubcommand("request", new Ask(here));
    line.addSubcommand("wanted", new Wanted(here));
    line.addSubcommand("make", new Make(here));
    line.addSubcommand("show", new Show(here));
    line.addSubcommand("accept", new Accept(here));
    return line;
  }

  private static String path(String request) {
    return "/requests/" + Query.value(request);
  }

  /// Asks for offers.
  @Command(name = "request", description = "Tell sellers what you want, and until when to offer.")
  static final class Ask implements Callable<Integer> {
    private final Surroundings here;

    @Mixin private final CommonOptions common = new CommonOptions();
    @Mixin private final AgentOptions buyer = new AgentOptions();

    @Parameters(index = "0", paramLabel = "TITLE", description = "What you want, in a line.")
    String title = "";

    @Option(names = "--description", paramLabel = "TEXT", description = "More of it.")
    @Nullable String description;

    @Option(names = "--category", paramLabel = "NAME", description = "As language/translation.")
    @Nullable String category;

    @Option(names = "--budget", paramLabel = "AMOUNT", description = "The most you pay: '40 EUR'.")
    @Nullable String budget;

    @Option(
        names = "--deadline-in",
        paramLabel = "SECONDS",
        description = "When the offers open (the hub's default: an hour).")
    @Nullable Long deadlineIn;

    @Option(
        names = "--deliver-within",
        paramLabel = "SECONDS",
        description = "Within so many seconds of the agreement.")
    @Nullable Long deliverWithin;

    Ask(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      var draft = Json.object().put("title", title);
      if (description != null) {
        draft.put("description", description);
      }
      if (category != null) {
        draft.put("category", category);
      }
      var given = budget;
      if (given != null) {
        draft.set("budget", Amount.read(given, false));
      }
      if (deadlineIn != null) {
        draft.put("deadline_in", deadlineIn);
      }
      if (deliverWithin != null) {
        draft.put("deliver_within", deliverWithin);
      }
      try (var client = buyer.client(here)) {
        var request = client.post("/requests", draft);
        here.out()
            .println(
                common.json
                    ? Json.line(request)
                    : Json.text(request, "request_id")
                        + "  offers open at "
                        + Json.text(request, "deadline"));
      }
      return Exit.OK.code();
    }
  }

  /// Lists what is wanted.
  @Command(name = "wanted", description = "List what others want offers for.")
  static final class Wanted implements Callable<Integer> {
    private final Surroundings here;

    @Mixin private final CommonOptions common = new CommonOptions();
    @Mixin private final AgentOptions reader = new AgentOptions();

    @Parameters(index = "0", arity = "0..1", paramLabel = "WORDS", description = "About these.")
    @Nullable String words;

    Wanted(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      var about = words == null ? "" : "&q=" + Query.value(words);
      try (var client = reader.client(here)) {
        var page = client.get("/requests?limit=50" + about);
        if (common.json) {
          here.out().println(Json.line(page));
        } else if (page.path("requests").isEmpty()) {
          here.out().println("Nobody asks for offers now.");
        } else {
          rows(page).lines(here).forEach(here.out()::println);
        }
      }
      return Exit.OK.code();
    }

    private static Table rows(JsonNode page) {
      var table = new Table("REQUEST", "BUYER", "BUDGET", "OFFERS OPEN AT", "TITLE");
      for (var request : page.path("requests")) {
        table.add(
            Json.text(request, "request_id"),
            Json.text(request.path("buyer"), "agent_id"),
            Amount.text(request.path("budget")),
            Json.text(request, "deadline"),
            Json.text(request, "title"));
      }
      return table;
    }
  }

  /// Makes an offer.
  @Command(name = "make", description = "Offer, sealed until the deadline; again replaces it.")
  static final class Make implements Callable<Integer> {
    private final Surroundings here;

    @Mixin private final CommonOptions common = new CommonOptions();
    @Mixin private final AgentOptions seller = new AgentOptions();
    @Mixin private final TermsOptions terms = new TermsOptions();

    @Parameters(index = "0", paramLabel = "REQUEST", description = "The request's id.")
    String request = "";

    Make(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      try (var agent = seller.signatory(here)) {
        var title = Json.text(agent.hub().get(path(request)), "title");
        var draft = Json.object();
        draft.set("terms", terms.read(title));
        var asked = new MarketMove.Offer(request, draft);
        var offer = agent.put(path(request) + "/offer", draft, asked);
        here.out()
            .println(common.json ? Json.line(offer) : "Sealed: " + Json.text(offer, "offer_id"));
      }
      return Exit.OK.code();
    }
  }

  /// Shows the offers.
  @Command(name = "show", description = "Show the offers to a request of yours, best first.")
  static final class Show implements Callable<Integer> {
    private final Surroundings here;

    @Mixin private final CommonOptions common = new CommonOptions();
    @Mixin private final AgentOptions buyer = new AgentOptions();

    @Parameters(index = "0", paramLabel = "REQUEST", description = "The request's id.")
    String request = "";

    Show(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      try (var client = buyer.client(here)) {
        var opened = client.get(path(request) + "/offers");
        if (common.json) {
          here.out().println(Json.line(opened));
        } else if (opened.path("offers").isEmpty()) {
          here.out()
              .println(
                  opened.has("offer_count")
                      ? "Nobody made an offer."
                      : "Sealed until " + Json.text(opened, "opens_at") + ".");
        } else {
          rows(opened).lines(here).forEach(here.out()::println);
        }
      }
      return Exit.OK.code();
    }

    private static Table rows(JsonNode opened) {
      var table = new Table("PLACE", "OFFER", "PRICE", "SELLER", "WHY");
      for (var offer : opened.path("offers")) {
        var reasons = new ArrayList<String>();
        offer.path("reasons").forEach(reason -> reasons.add(reason.asString("")));
        table.add(
            offer.path("place").asString(""),
            Json.text(offer, "offer_id"),
            Amount.text(offer.path("terms").path("price")),
            Json.text(offer.path("seller"), "agent_id"),
            String.join("; ", reasons));
      }
      return table;
    }
  }

  /// Accepts an offer.
  @Command(name = "accept", description = "Accept an offer: an agreement at once.")
  static final class Accept implements Callable<Integer> {
    private final Surroundings here;

    @Mixin private final CommonOptions common = new CommonOptions();
    @Mixin private final AgentOptions buyer = new AgentOptions();

    @Parameters(index = "0", paramLabel = "REQUEST", description = "The request's id.")
    String request = "";

    @Parameters(index = "1", paramLabel = "OFFER", description = "The offer's id.")
    String offer = "";

    Accept(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      try (var agent = buyer.signatory(here)) {
        var offers = path(request) + "/offers";
        var said = Json.object().put("negotiation_id", MarketMove.newId());
        var target = offers + "/" + Query.value(offer) + "/accept";
        var asked = new MarketMove.Acceptance(() -> seen(agent.hub().get(offers)), said);
        var negotiation = agent.post(target, said, asked);
        here.out()
            .println(
                common.json
                    ? Json.line(negotiation)
                    : "Agreed: " + Json.text(negotiation, "negotiation_id"));
      }
      return Exit.OK.code();
    }

    private JsonNode seen(JsonNode opened) {
      for (var one : opened.path("offers")) {
        if (Json.text(one, "offer_id").equals(offer)) {
          return one;
        }
      }
      return Json.object();
    }
  }
}
