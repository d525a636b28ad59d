package dev.meshkore.cli;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What is sold on the hub.
@Command(
    name = "services",
    description = "Find what agents sell, and sell: list, show, publish, update, withdraw, take.",
    synopsisSubcommandLabel = "COMMAND")
final class ServicesCommand extends Group {
  static CommandLine line(Surroundings here) {
    var line = new CommandLine(new ServicesCommand());
    line.addSubcommand("list", new ListAll(here));
    line.addSubcommand("show", new Show(here));
    line.addSubcommand("publish", new Publish(here));
    line.addSubcommand("update", new Update(here));
    line.addSubcommand("withdraw", new Withdraw(here));
    line.addSubcommand("take", new Take(here));
    return line;
  }

  private static String path(String id) {
    return "/services/" + Query.value(id);
  }

  private static String agreed(JsonNode negotiation) {
    return "Agreed: " + Json.text(negotiation, "negotiation_id");
  }

  /// Finds services.
  @Command(name = "list", description = "List services, those that fit the words best first.")
  static final class ListAll implements Callable<Integer> {
    private final Surroundings here;

    @Mixin private final CommonOptions common = new CommonOptions();
    @Mixin private final AgentOptions reader = new AgentOptions();

    @Parameters(index = "0", arity = "0..1", paramLabel = "WORDS", description = "What it is for.")
    @Nullable String words;

    @Option(names = "--kind", paramLabel = "KIND", description = "catalog, spot or live.")
    @Nullable String kind;

    @Option(names = "--category", paramLabel = "NAME", description = "As language/translation.")
    @Nullable String category;

    @Option(names = "--seller", paramLabel = "ID", description = "Only those of this agent.")
    @Nullable String seller;

    @Option(
        names = "--limit",
        paramLabel = "COUNT",
        defaultValue = "20",
        description = "The most services to show (default: ${DEFAULT-VALUE}).")
    int limit = 20;

    ListAll(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      var path = new StringBuilder("/services?limit=" + limit);
      put(path, "q", words);
      put(path, "kind", kind);
      put(path, "category", category);
      put(path, "seller", seller);
      try (var client = reader.client(here)) {
        var page = client.get(path.toString());
        if (common.json) {
          here.out().println(Json.line(page));
        } else if (page.path("services").isEmpty()) {
          here.out().println("No service fits.");
        } else {
          rows(page).lines(here).forEach(here.out()::println);
        }
      }
      return Exit.OK.code();
    }

    private static void put(StringBuilder path, String name, @Nullable String value) {
      if (value != null) {
        path.append('&').append(name).append('=').append(Query.value(value));
      }
    }

    private static Table rows(JsonNode page) {
      var table = new Table("SERVICE", "PRICE", "KIND", "SELLER", "ANSWERS", "ONLINE", "NAME");
      for (var service : page.path("services")) {
        var isMarked = !service.path("marks").isEmpty();
        table.add(
            Json.text(service, "service_id"),
            Amount.text(service.path("price")),
            Json.text(service, "kind"),
            Json.text(service.path("seller"), "agent_id"),
            answers(service.path("measured")),
            online(service.path("measured")),
            (isMarked ? "! " : "") + Json.text(service, "name"));
      }
      return table;
    }

    /// How calls of it were answered, as the hub measured.
    private static String answers(JsonNode measured) {
      if (!measured.has("calls")) {
        return "-";
      }
      var counts =
          measured.path("calls_answered").asString("") + "/" + measured.path("calls").asString("");
      return measured.has("call_ms")
          ? counts + " in " + time(measured.path("call_ms").asLong(0))
          : counts;
    }

    private static String time(long millis) {
      return millis < 1_000
          ? millis + " ms"
          : String.format(Locale.ROOT, "%.1f s", millis / 1_000.0);
    }

    /// How much of the time its seller was online.
    private static String online(JsonNode measured) {
      return measured.has("online_basis_points")
          ? String.format(
              Locale.ROOT, "%.1f %%", measured.path("online_basis_points").asLong(0) / 100.0)
          : "-";
    }
  }

  /// Shows a service.
  @Command(name = "show", description = "Show a service with all that the hub knows of it.")
  static final class Show implements Callable<Integer> {
    private final Surroundings here;

    @Mixin private final CommonOptions common = new CommonOptions();
    @Mixin private final AgentOptions reader = new AgentOptions();

    @Parameters(index = "0", paramLabel = "SERVICE", description = "Its id.")
    String id = "";

    Show(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      try (var client = reader.client(here)) {
        var service = client.get(path(id));
        var text = common.json ? Json.line(service) : MessageText.clean(Json.pretty(service));
        here.out().println(text);
      }
      return Exit.OK.code();
    }
  }

  /// What a seller says of a service.
  static final class Terms {
    @Option(names = "--name", paramLabel = "TEXT", description = "What it is called, in a line.")
    @Nullable String name;

    @Option(names = "--description", paramLabel = "TEXT", description = "What it does.")
    @Nullable String description;

    @Option(names = "--price", paramLabel = "PRICE", description = "Such as '0.12 EUR/page'.")
    @Nullable String price;

    @Option(names = "--category", paramLabel = "NAME", description = "As language/translation.")
    @Nullable String category;

    @Option(
        names = "--tag",
        paramLabel = "WORD",
        description = "A word for it; may be given several times.")
    List<String> tags = List.of();

    @Option(
        names = "--example",
        paramLabel = "TEXT",
        description = "A request that it is for; may be given several times.")
    List<String> examples = List.of();

    @Option(names = "--quantity", paramLabel = "COUNT", description = "How many there are of it.")
    @Nullable Long quantity;

    @Option(
        names = "--document",
        paramLabel = "FILE",
        description = "The whole as JSON; '-' reads it from standard input.")
    @Nullable String document;

    ObjectNode read(Surroundings here) {
      var given = document;
      var terms = given == null ? Json.object() : Document.read(here, given);
      put(terms, "name", name);
      put(terms, "description", description);
      put(terms, "category", category);
      var givenPrice = price;
      if (givenPrice != null) {
        terms.set("price", Amount.read(givenPrice, true));
      }
      if (!tags.isEmpty()) {
        tags.forEach(terms.putArray("tags")::add);
      }
      if (!examples.isEmpty()) {
        examples.forEach(terms.putArray("examples")::add);
      }
      if (quantity != null) {
        terms.put("quantity", quantity);
      }
      return terms;
    }

    private static void put(ObjectNode terms, String name, @Nullable String value) {
      if (value != null) {
        terms.put(name, value);
      }
    }
  }

  /// Publishes a service.
  @Command(name = "publish", description = "Offer a service to all agents of the hub.")
  static final class Publish implements Callable<Integer> {
    private final Surroundings here;

    @Mixin private final CommonOptions common = new CommonOptions();
    @Mixin private final AgentOptions seller = new AgentOptions();
    @Mixin private final Terms terms = new Terms();

    @Option(
        names = "--kind",
        paramLabel = "KIND",
        description = "catalog (always there), spot (for a while), live (while you are online).")
    @Nullable String kind;

    @Option(
        names = "--expires-in",
        paramLabel = "SECONDS",
        description = "How long a spot offer is there.")
    @Nullable Long expiresIn;

    Publish(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      var draft = terms.read(here);
      if (kind != null) {
        draft.put("kind", kind);
      }
      if (expiresIn != null) {
        draft.put("expires_in", expiresIn);
      }
      try (var client = seller.client(here)) {
        var service = client.post("/services", draft);
        here.out().println(common.json ? Json.line(service) : listed(here, service));
      }
      return Exit.OK.code();
    }
  }

  private static String listed(Surroundings here, JsonNode service) {
    return here.green("listed")
        + "  "
        + Json.text(service, "service_id")
        + "  version "
        + service.path("version").asLong()
        + ", "
        + Amount.text(service.path("price"));
  }

  /// Changes a service.
  @Command(name = "update", description = "Change a service; what it was stays readable.")
  static final class Update implements Callable<Integer> {
    private final Surroundings here;

    @Mixin private final CommonOptions common = new CommonOptions();
    @Mixin private final AgentOptions seller = new AgentOptions();
    @Mixin private final Terms terms = new Terms();

    @Parameters(index = "0", paramLabel = "SERVICE", description = "Its id.")
    String id = "";

    Update(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      try (var client = seller.client(here)) {
        var service = client.patch(path(id), terms.read(here));
        here.out().println(common.json ? Json.line(service) : listed(here, service));
      }
      return Exit.OK.code();
    }
  }

  /// Withdraws a service.
  @Command(name = "withdraw", description = "Take a service of yours off the list.")
  static final class Withdraw implements Callable<Integer> {
    private final Surroundings here;

    @Mixin private final CommonOptions common = new CommonOptions();
    @Mixin private final AgentOptions seller = new AgentOptions();

    @Parameters(index = "0", paramLabel = "SERVICE", description = "Its id.")
    String id = "";

    Withdraw(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      try (var client = seller.client(here)) {
        client.delete(path(id));
        var gone = Json.object().put("service_id", id).put("state", "withdrawn");
        here.out().println(common.json ? Json.line(gone) : "Withdrawn.");
      }
      return Exit.OK.code();
    }
  }

  /// Takes a service at its price.
  @Command(name = "take", description = "Take a service at its price: an agreement at once.")
  static final class Take implements Callable<Integer> {
    private final Surroundings here;

    @Mixin private final CommonOptions common = new CommonOptions();
    @Mixin private final AgentOptions buyer = new AgentOptions();

    @Parameters(index = "0", paramLabel = "SERVICE", description = "Its id.")
    String id = "";

    @Option(
        names = "--quantity",
        paramLabel = "COUNT",
        defaultValue = "1",
        description = "How many (default: ${DEFAULT-VALUE}).")
    long quantity = 1;

    Take(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      try (var agent = buyer.signatory(here)) {
        var service = agent.hub().get(path(id));
        var order = Json.object().put("version", service.path("version").asLong());
        order.put("quantity", quantity).put("negotiation_id", MarketMove.newId());
        var asked = new MarketMove.Taking(service, order);
        var negotiation = agent.post(path(id) + "/take", order, asked);
        here.out().println(common.json ? Json.line(negotiation) : agreed(negotiation));
      }
      return Exit.OK.code();
    }
  }
}
