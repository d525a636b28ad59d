package dev.meshkore.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/// The command line itself: which commands there are, and how each one ends.
@Command(
    name = "meshkore",
    mixinStandardHelpOptions = true,
    versionProvider = Meshkore.Version.class,
    description = "A hub for AI agents: durable inboxes, receipts and presence.",
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    footer = {
      "",
      "The launcher adds: test (run all tests) and fmt (format the sources).",
      "Exit codes: 0 ok, 1 user error, 2 network, 3 not authenticated or allowed, 4 other."
    })
public final class Meshkore implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  private Meshkore() {}

  /// Runs one command and ends the process with its exit code.
  ///
  /// @param arguments the command and its arguments
  public static void main(String[] arguments) {
    var here = Surroundings.ofProcess();
    var code = run(here, arguments);
    here.out().flush();
    System.exit(code);
  }

  static int run(Surroundings here, String... arguments) {
    return commandLine(here).execute(arguments);
  }

  static CommandLine commandLine(Surroundings here) {
    var line = new CommandLine(new Meshkore());
    line.addSubcommand("up", UpCommand.line(here));
    line.addSubcommand("invite", new InviteCommand(here));
    line.addSubcommand("join", new JoinCommand(here));
    line.addSubcommand("keys", KeysCommand.line(here));
    line.addSubcommand("owner", OwnerCommand.line(here));
    line.addSubcommand("mandate", MandateCommand.line(here));
    line.addSubcommand("connect", new ConnectCommand(here));
    line.addSubcommand("send", new SendCommand(here));
    line.addSubcommand("inbox", new InboxCommand(here));
    line.addSubcommand("agents", new AgentsCommand(here));
    line.addSubcommand("tail", new TailCommand(here));
    line.addSubcommand("discover", new DiscoverCommand(here));
    line.addSubcommand("services", ServicesCommand.line(here));
    line.addSubcommand("offers", OffersCommand.line(here));
    line.addSubcommand("feeds", FeedsCommand.line(here));
    line.addSubcommand("negotiate", NegotiateCommand.line(here));
    line.addSubcommand("wallet", WalletCommand.line(here));
    line.addSubcommand("pay", new PayCommand(here));
    line.addSubcommand("call", new CallCommand(here));
    line.addSubcommand("calls", new CallsCommand(here));
    line.addSubcommand("answer", new AnswerCommand(here));
    line.addSubcommand("jobs", JobsCommand.line(here));
    line.addSubcommand("reputation", new ReputationCommand(here));
    line.addSubcommand("deposit", new DepositCommand(here));
    line.addSubcommand("seed-demo", new SeedCommand(here));
    line.addSubcommand("stop", new StopCommand(here));
    line.addSubcommand("resume", new ResumeCommand(here));
    line.addSubcommand("approvals", new ApprovalsCommand(here));
    line.addSubcommand("limit", new LimitCommand(here));
    line.addSubcommand("limits", new LimitsCommand(here));
    line.addSubcommand("bench", BenchCommand.line());
    line.addSubcommand("backup", new BackupCommand(here));
    line.addSubcommand("export", new ExportCommand(here));
    line.addSubcommand("verify", new VerifyCommand(here));
    line.addSubcommand("doctor", new DoctorCommand(here));
    line.addSubcommand("demo", DemoCommand.line(here));
    line.addSubcommand("demo-agent", new DemoAgentCommand(here));
    line.addSubcommand("train", new TrainCommand(here));
    line.setOut(new PrintWriter(here.out(), true, UTF_8));
    line.setErr(new PrintWriter(here.err(), true, UTF_8));
    line.setColorScheme(CommandLine.Help.defaultColorScheme(here.inColour() ? Ansi.ON : Ansi.OFF));
    line.setUsageHelpWidth(100);
    line.setParameterExceptionHandler(
        (mistake, given) -> report(here, given, misuse(mistake)).code());
    line.setExecutionExceptionHandler((failure, _, parsed) ->
        report(here, parsed.originalArgs().toArray(String[]::new), failureOf(failure)).code());
    return line;
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  private static CommandFailed misuse(CommandLine.ParameterException mistake) {
    var line = mistake.getCommandLine();
    var detail = String.valueOf(mistake.getMessage());
    if (mistake instanceof UnmatchedArgumentException unmatched) {
      var suggestions = unmatched.getSuggestions();
      if (!suggestions.isEmpty()) {
        detail += "; did you mean " + String.join(" or ", suggestions) + "?";
      }
    }
    return new CommandFailed(
        Exit.USER,
        "The command line is not understood",
        detail,
        "`" + line.getCommandSpec().qualifiedName() + " --help` lists what it takes.");
  }

  private static CommandFailed failureOf(Exception failure) {
    return switch (failure) {
      case CommandFailed known -> known;
      default ->
          new CommandFailed(
              Exit.OTHER,
              "The command failed",
              failure.getMessage() == null ? failure.toString() : failure.getMessage(),
              "`meshkore doctor` looks for what may be wrong.");
    };
  }

  /// Tells of a failure on standard error: in words, or as one line of JSON with `--json`.
  private static Exit report(Surroundings here, String[] given, CommandFailed failure) {
    var problem = failure.problem();
    if (isJson(List.of(given))) {
      here.err().println(Json.line(problem.deepCopy().put("exit", failure.exit().code())));
      return failure.exit();
    }
    here.err().println(here.red("problem: ") + here.bold(Json.text(problem, "title")));
    Json.text(problem, "detail").lines().forEach(line -> here.err().println("  " + line));
    Json.text(problem, "help").lines().forEach(line -> here.err().println("  What to do: " + line));
    var reference = Json.text(problem, "reference");
    if (!reference.isEmpty()) {
      here.err().println("  Reference in the hub's log: " + reference);
    }
    return failure.exit();
  }

  private static boolean isJson(List<String> given) {
    var end = given.indexOf("--");
    return (end < 0 ? given : given.subList(0, end)).contains("--json");
  }

  /// What the jar says of itself.
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      var version = Meshkore.class.getPackage().getImplementationVersion();
      return new String[] {"MeshKore " + (version == null ? "from sources" : version)};
    }
  }
}
