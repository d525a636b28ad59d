package dev.meshkore.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// Paid work, from its opening to its payment.
@Command(
    name = "jobs",
    description = {
      "Paid work: the money waits in escrow until what was agreed is delivered.",
      "`show` says who may do what next, until when, and what it costs."
    },
    synopsisSubcommandLabel = "COMMAND")
final class JobsCommand extends Group {
  static CommandLine line(Surroundings here) {
    var line = new CommandLine(new JobsCommand());
    line.addSubcommand("list", new ListAll(here));
    line.addSubcommand("show", new Show(here));
    line.addSubcommand("open", new JobOpenCommand(here));
    line.addSubcommand("accept", new JobSteps.Accept(here));
    line.addSubcommand("fund", new JobSteps.Fund(here));
    line.addSubcommand("submit", new JobSubmitCommand(here));
    line.addSubcommand("complete", new JobSteps.Complete(here));
    line.addSubcommand("reject", new JobSteps.Reject(here));
    line.addSubcommand("dispute", new JobSteps.Dispute(here));
    line.addSubcommand("evidence", new JobSteps.Evidence(here));
    line.addSubcommand("resolve", new JobSteps.Resolve(here));
    line.addSubcommand("receipt", new Receipt(here));
    line.addSubcommand("rate", new JobRateCommand(here));
    return line;
  }

  static String path(String id) {
    return "/jobs/" + Query.value(id);
  }

  /// Lists one's jobs.
  @Command(
      name = "list",
      description = "List your jobs, the newest first, and what fees there are.")
  static final class ListAll implements Callable<Integer> {
    private final Surroundings here;

    @Mixin private final CommonOptions common = new CommonOptions();
    @Mixin private final AgentOptions party = new AgentOptions();

    @Option(
        names = "--role",
        paramLabel = "ROLE",
        description = "Only those as client, provider, evaluator or arbiter.")
    @Nullable String role;

    @Option(
        names = "--state",
        paramLabel = "STATE",
        description = "Only those that are open, funded, submitted, disputed, completed, …")
    @Nullable String state;

    @Option(
        names = "--limit",
        paramLabel = "COUNT",
        defaultValue = "20",
        description = "The most jobs to show (default: ${DEFAULT-VALUE}).")
    int limit = 20;

    ListAll(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      var wanted = role == null ? "" : "&role=" + Query.value(role);
      wanted += state == null ? "" : "&state=" + Query.value(state);
      try (var client = party.client(here)) {
        var page = client.get("/jobs?limit=" + limit + wanted);
        if (common.json) {
          here.out().println(Json.line(page));
          return Exit.OK.code();
        }
        if (page.path("jobs").isEmpty()) {
          here.out().println("There is no such job of yours.");
        } else {
          rows(page).lines(here).forEach(here.out()::println);
        }
        here.out().println(here.dim(JobText.conditions(page.path("conditions"))));
      }
      return Exit.OK.code();
    }

    private static Table rows(JsonNode page) {
      var table = new Table("JOB", "STATE", "YOU ARE", "WITH", "PRICE", "SUBJECT", "NEXT");
      for (var job : page.path("jobs")) {
        table.add(
            Json.text(job, "job_id"),
            Json.text(job, "state"),
            JobText.words(job.path("your_roles")),
            JobText.other(job),
            Amount.text(job.path("price")),
            Json.text(job, "subject"),
            JobText.nextInShort(job));
      }
      return table;
    }
  }

  /// Shows a job.
  @Command(
      name = "show",
      description = "Show a job: its money, its fees, its steps, and who may do what next.")
  static final class Show implements Callable<Integer> {
    private final Surroundings here;

    @Mixin private final CommonOptions common = new CommonOptions();
    @Mixin private final AgentOptions party = new AgentOptions();

    @Parameters(index = "0", paramLabel = "JOB", description = "Its id.")
    String id = "";

    Show(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      try (var client = party.client(here)) {
        var job = client.get(path(id));
        if (common.json) {
          here.out().println(Json.line(job));
        } else {
          JobText.lines(here, job).forEach(here.out()::println);
        }
      }
      return Exit.OK.code();
    }
  }

  /// Prints the receipt.
  @Command(
      name = "receipt",
      description = "Print what a stranger can verify: terms, steps, transfers, signatures.")
  static final class Receipt implements Callable<Integer> {
    private final Surroundings here;

    @Mixin private final CommonOptions common = new CommonOptions();
    @Mixin private final AgentOptions party = new AgentOptions();

    @Parameters(index = "0", paramLabel = "JOB", description = "Its id.")
    String id = "";

    Receipt(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      try (var client = party.client(here)) {
        var receipt = client.get(path(id) + "/receipt");
        here.out()
            .println(common.json ? Json.line(receipt) : MessageText.clean(Json.pretty(receipt)));
      }
      return Exit.OK.code();
    }
  }
}
