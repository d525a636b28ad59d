package dev.meshkore.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What an agent has, and what it paid and was paid.
@Command(
    name = "wallet",
    description = "Show the test credits of an agent, worth nothing, and its newest transfers.")
final class WalletCommand implements Callable<Integer> {
  private final Surroundings here;

  @Mixin private final CommonOptions common = new CommonOptions();
  @Mixin private final AgentOptions reader = new AgentOptions();

  @Option(
      names = "--limit",
      paramLabel = "COUNT",
      defaultValue = "20",
      description = "The most transfers to show (default: ${DEFAULT-VALUE}).")
  int limit = 20;

  private WalletCommand(Surroundings here) {
    this.here = here;
  }

  static CommandLine line(Surroundings here) {
    var line = new CommandLine(new WalletCommand(here));
    line.addSubcommand("statement", new StatementCommand(here));
    return line;
  }

  @Override
  public Integer call() {
    try (var client = reader.client(here)) {
      var wallet = client.get("/wallet");
      var page = client.get("/wallet/transfers?limit=" + limit);
      if (common.json) {
        var both = ((ObjectNode) wallet).deepCopy();
        here.out().println(Json.line(both.setAll((ObjectNode) page)));
        return Exit.OK.code();
      }
      var balances = new Table("ASSET", "AVAILABLE", "HELD", "EXPECTED");
      for (var one : wallet.path("balances")) {
        balances.add(
            Json.text(one, "asset"),
            Json.text(one, "available"),
            Json.text(one, "held"),
            Json.text(one, "expected"));
      }
      balances.lines(here).forEach(here.out()::println);
      here.out().println();
      if (page.path("transfers").isEmpty()) {
        here.out().println("Nothing was paid yet.");
      } else {
        rows(page, Json.text(wallet, "agent_id")).lines(here).forEach(here.out()::println);
      }
    }
    return Exit.OK.code();
  }

  private static Table rows(JsonNode page, String me) {
    var table = new Table("TRANSFER", "WHEN", "WHAT", "STATE", "AMOUNT", "WITH", "ABOUT");
    for (var one : page.path("transfers")) {
      var isPaidByMe = Json.text(one, "from").equals(me);
      table.add(
          Json.text(one, "transfer_id"),
          Json.text(one, "made_at"),
          Json.text(one, "purpose"),
          state(one),
          (isPaidByMe ? "-" : "+") + Amount.text(one),
          Json.text(one, isPaidByMe ? "to" : "from"),
          Json.text(one, "about"));
    }
    return table;
  }

  private static String state(JsonNode transfer) {
    var state = Json.text(transfer, "state");
    if (state.equals("held")) {
      return state + " until " + Json.text(transfer, "held_until");
    }
    var isPart = transfer.has("paid");
    return isPart ? state + " " + Json.text(transfer.path("paid"), "amount") : state;
  }
}
