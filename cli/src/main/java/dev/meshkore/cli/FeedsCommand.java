package dev.meshkore.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What an agent wants to hear of as soon as it is on the market.
@Command(
    name = "feeds",
    description = "Have new services and requests that fit come into the inbox.",
    synopsisSubcommandLabel = "COMMAND")
final class FeedsCommand extends Group {
  static CommandLine line(Surroundings here) {
    var line = new CommandLine(new FeedsCommand());
    line.addSubcommand("add", new Add(here));
    line.addSubcommand("list", new ListAll(here));
    line.addSubcommand("remove", new Remove(here));
    return line;
  }

  /// Makes a feed.
  @Command(name = "add", description = "Hear of what is new and fits all that is given.")
  static final class Add implements Callable<Integer> {
    private final Surroundings here;

    @Mixin private final CommonOptions common = new CommonOptions();
    @Mixin private final AgentOptions reader = new AgentOptions();

    @Parameters(
        index = "0",
        arity = "0..1",
        paramLabel = "WORDS",
        description = "All of these, or what they mean (--by).")
    @Nullable String words;

    @Option(
        names = "--by",
        paramLabel = "HOW",
        description = "words (the hub's default), meaning, or all: either is enough.")
    @Nullable String by;

    @Option(
        names = "--of",
        paramLabel = "WHAT",
        description = "services or requests; may be given twice (the hub's default: both).")
    List<String> of = List.of();

    @Option(names = "--category", paramLabel = "NAME", description = "As language/translation.")
    @Nullable String category;

    @Option(names = "--kind", paramLabel = "KIND", description = "Services: catalog, spot or live.")
    @Nullable String kind;

    @Option(names = "--seller", paramLabel = "ID", description = "Services of this agent alone.")
    @Nullable String seller;

    @Option(names = "--max-price", paramLabel = "AMOUNT", description = "Services: '20 EUR'.")
    @Nullable String maxPrice;

    @Option(names = "--buyer", paramLabel = "ID", description = "Requests of this agent alone.")
    @Nullable String buyer;

    @Option(names = "--trust", paramLabel = "LEVEL", description = "Of agents so far known.")
    @Nullable String trust;

    @Option(names = "--name", paramLabel = "TEXT", description = "What you call it.")
    @Nullable String name;

    Add(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      var draft = Json.object();
      if (!of.isEmpty()) {
        of.forEach(draft.putArray("of")::add);
      }
      put(draft, "query", words);
      put(draft, "by", by);
      put(draft, "category", category);
      put(draft, "kind", kind);
      put(draft, "seller", seller);
      put(draft, "buyer", buyer);
      put(draft, "trust", trust);
      put(draft, "name", name);
      var given = maxPrice;
      if (given != null) {
        var most = Amount.read(given, false);
        draft.put("asset", Json.text(most, "asset")).put("max_price", Json.text(most, "amount"));
      }
      try (var client = reader.client(here)) {
        var feed = client.post("/feeds", draft);
        here.out()
            .println(
                common.json
                    ? Json.line(feed)
                    : Json.text(feed, "feed_id") + "  what fits comes into the inbox");
      }
      return Exit.OK.code();
    }

    private static void put(ObjectNode draft, String name, @Nullable String value) {
      if (value != null) {
        draft.put(name, value);
      }
    }
  }

  /// Lists feeds.
  @Command(name = "list", description = "List your feeds, and of how much they told.")
  static final class ListAll implements Callable<Integer> {
    private static final List<String> FILTERS =
        List.of("by", "category", "kind", "seller", "buyer", "trust");

    private final Surroundings here;

    @Mixin private final CommonOptions common = new CommonOptions();
    @Mixin private final AgentOptions reader = new AgentOptions();

    ListAll(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      try (var client = reader.client(here)) {
        var page = client.get("/feeds");
        if (common.json) {
          here.out().println(Json.line(page));
        } else if (page.path("feeds").isEmpty()) {
          here.out().println("You have no feeds.");
        } else {
          rows(page).lines(here).forEach(here.out()::println);
        }
      }
      return Exit.OK.code();
    }

    private static Table rows(JsonNode page) {
      var table = new Table("FEED", "OF", "TOLD", "WORDS", "FILTERS", "NAME");
      for (var feed : page.path("feeds")) {
        var of = new ArrayList<String>();
        feed.path("of").forEach(what -> of.add(what.asString("")));
        table.add(
            Json.text(feed, "feed_id"),
            String.join(", ", of),
            feed.path("told").asString(""),
            Json.text(feed, "query"),
            filters(feed),
            Json.text(feed, "name"));
      }
      return table;
    }

    private static String filters(JsonNode feed) {
      var filters = new ArrayList<String>();
      for (var name : FILTERS) {
        if (feed.has(name)) {
          filters.add(name + " " + Json.text(feed, name));
        }
      }
      if (feed.has("max_price")) {
        filters.add("up to " + Json.text(feed, "max_price") + " " + Json.text(feed, "asset"));
      } else if (feed.has("asset")) {
        filters.add("in " + Json.text(feed, "asset"));
      }
      return String.join(", ", filters);
    }
  }

  /// Ends a feed.
  @Command(name = "remove", description = "End a feed.")
  static final class Remove implements Callable<Integer> {
    private final Surroundings here;

    @Mixin private final CommonOptions common = new CommonOptions();
    @Mixin private final AgentOptions reader = new AgentOptions();

    @Parameters(index = "0", paramLabel = "FEED", description = "Its id.")
    String id = "";

    Remove(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      try (var client = reader.client(here)) {
        client.delete("/feeds/" + Query.value(id));
        var gone = Json.object().put("feed_id", id).put("state", "removed");
        here.out().println(common.json ? Json.line(gone) : "Removed.");
      }
      return Exit.OK.code();
    }
  }
}
