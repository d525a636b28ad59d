package dev.meshkore.cli;

import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What moved on an agent's account in a time, with what there was before and after it.
@Command(
    name = "statement",
    description = {
      "Show what moved in a time, and the balances:",
      "meshkore wallet statement --from 2026-11-01T00:00:00Z --csv > november.csv"
    })
final class StatementCommand implements Callable<Integer> {
  private static final Pattern NEXT = Pattern.compile("<([^>]+)>; rel=\"next\"");

  private final Surroundings here;

  @Mixin private final CommonOptions common = new CommonOptions();
  @Mixin private final AgentOptions reader = new AgentOptions();

  @Option(
      names = "--from",
      paramLabel = "TIME",
      description = "From when on, by RFC 3339 (default: 30 days before the end).")
  @Nullable String from;

  @Option(names = "--to", paramLabel = "TIME", description = "Before when (default: now).")
  @Nullable String to;

  @Option(names = "--csv", description = "Write CSV, as spreadsheets read it.")
  boolean csv;

  StatementCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() {
    try (var client = reader.client(here)) {
      if (csv) {
        writeCsv(client);
      } else if (common.json) {
        here.out().println(Json.line(whole(client)));
      } else {
        print(whole(client));
      }
    }
    return Exit.OK.code();
  }

  private String path(String format) {
    return "/wallet/statement?limit=1000&format="
        + format
        + (from == null ? "" : "&from=" + Query.value(from))
        + (to == null ? "" : "&to=" + Query.value(to));
  }

  /// Its pages, one after the other, are one file.
  private void writeCsv(HubClient client) {
    var path = path("csv");
    while (!path.isEmpty()) {
      var page = client.whole(path);
      here.out().print(page.body());
      var link = NEXT.matcher(page.headers().firstValue("Link").orElse(""));
      path = link.find() ? link.group(1) : "";
    }
    here.out().flush();
  }

  /// All pages as one.
  private JsonNode whole(HubClient client) {
    var first = (ObjectNode) client.get(path("json"));
    // The pages that follow are of the same time, also where it was not said.
    var path =
        "/wallet/statement?limit=1000&from="
            + Query.value(Json.text(first, "from"))
            + "&to="
            + Query.value(Json.text(first, "to"))
            + "&cursor=";
    var lines = first.withArray("lines");
    JsonNode last = first;
    while (!Json.text(last, "next").isEmpty()) {
      last = client.get(path + Query.value(Json.text(last, "next")));
      last.path("lines").forEach(lines::add);
    }
    for (var one : first.path("balances")) {
      for (var end : last.path("balances")) {
        if (one.path("asset").equals(end.path("asset"))) {
          ((ObjectNode) one).set("closing_atoms", end.path("closing_atoms"));
          ((ObjectNode) one).set("closing", end.path("closing"));
        }
      }
    }
    first.remove("next");
    return first;
  }

  private void print(JsonNode statement) {
    for (var one : statement.path("balances")) {
      here.out()
          .printf(
              "%s: %s on %s, %s on %s%n",
              Json.text(one, "asset"),
              Json.text(one, "opening"),
              Json.text(statement, "from"),
              Json.text(one, "closing"),
              Json.text(statement, "to"));
    }
    here.out().println();
    if (statement.path("lines").isEmpty()) {
      here.out().println("Nothing moved.");
      return;
    }
    var table = new Table("WHEN", "TRANSFER", "WHAT", "WITH", "ABOUT", "CHANGE", "BALANCE");
    for (var one : statement.path("lines")) {
      var change = Json.text(one, "change");
      table.add(
          Json.text(one, "made_at"),
          Json.text(one, "transfer_id"),
          Json.text(one, "purpose"),
          Json.text(one, "with"),
          Json.text(one, "about"),
          (change.startsWith("-") ? "" : "+") + change + " " + Json.text(one, "asset"),
          Json.text(one, "balance"));
    }
    table.lines(here).forEach(here.out()::println);
  }
}
