package dev.meshkore.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// The demo's coordinator as a process of its own, which talks to the hub over WebSocket.
@Command(name = "demo-agent", hidden = true, description = "The coordinator of the demo.")
final class DemoAgentCommand implements Callable<Integer> {
  private final Surroundings here;

  @Option(names = "--help", usageHelp = true, description = "Show this help.")
  boolean help;

  @Option(names = "--document", required = true, description = "What to work on.")
  Path document = Path.of("");

  @Option(names = "--report", required = true, description = "Where to put the merged results.")
  Path report = Path.of("");

  @Option(names = "--summary", required = true, description = "Where to put the summary, in JSON.")
  Path summary = Path.of("");

  @Option(names = "--workers", required = true, split = ",", description = "Who works.")
  List<String> workers = List.of();

  DemoAgentCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() throws IOException, HubSocket.Closed, InterruptedException {
    var invite = here.variable("DEMO_INVITE");
    if (invite == null) {
      throw new CommandFailed(Exit.USER, "DEMO_INVITE is missing", "", "Use `meshkore demo`.");
    }
    var split = DemoDocument.split(Files.readString(document));
    var results = new DemoResults(split);
    var hub = HubAddress.ofInvite(HubAddress.read(invite));
    try (var client = TrainCommand.join(hub, invite, "coordinator")) {
      here.out()
          .println("joined over WebSocket; the document has " + split.parts().size() + " parts");
      try (var socket = HubSocket.connect(client)) {
        new DemoCoordinator(here, client, socket, results, workers)
            .run(split, document.toAbsolutePath().getParent());
      }
    }
    Files.writeString(report, results.report(String.valueOf(document.getFileName())));
    Files.writeString(summary, Json.pretty(results.summary()));
    here.out().println("merged the results into " + report);
    return (results.areExactlyOnce() ? Exit.OK : Exit.OTHER).code();
  }
}
