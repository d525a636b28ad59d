package dev.meshkore.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// Shows three agents at work together on a document, one of which is away for a while.
@Command(
    name = "demo",
    description = {
      "Watch three agents work together on a document.",
      "A coordinator (Java, WebSocket) splits it; two workers (Python SDK; shell and curl)",
      "describe the parts; one of them is killed and comes back; the coordinator merges.",
      "`meshkore demo shopping` is another one: a deal of two agents, paid by escrow."
    })
final class DemoCommand implements Callable<Integer> {
  private final Surroundings here;

  @Mixin private final CommonOptions common = new CommonOptions();

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "FILE",
      description = "A text or Markdown file (default: README.md).")
  @Nullable Path file;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "Where to put the report (default: .build/demo-report.md).")
  @Nullable Path report;

  DemoCommand(Surroundings here) {
    this.here = here;
  }

  static CommandLine line(Surroundings here) {
    var line = new CommandLine(new DemoCommand(here));
    line.addSubcommand("shopping", new DemoShoppingCommand(here));
    return line;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    var root = here.root();
    if (root == null || !Files.exists(root.resolve("demo/rest_agent.sh"))) {
      throw new CommandFailed(
          Exit.USER,
          "The demo's agents are not here",
          "They are in the project's folder demo/",
          "Run the demo as ./meshkore demo, from the project.");
    }
    var document = file == null ? root.resolve("README.md") : file;
    if (!Files.isReadable(document) || Files.isDirectory(document)) {
      throw new CommandFailed(
          Exit.USER, "There is no such document", document.toString(), "Name a text file.");
    }
    if (DemoDocument.split(Files.readString(document)).parts().isEmpty()) {
      throw new CommandFailed(
          Exit.USER, "The document is empty", document.toString(), "Name another file.");
    }
    var target = report == null ? root.resolve(".build/demo-report.md") : report;
    var started = here.clock().millis();
    var summary = new DemoStage(here, root, common.json).play(document, target);
    show(summary, target, here.clock().millis() - started);
    return (summary.path("exactly_once").asBoolean() ? Exit.OK : Exit.OTHER).code();
  }

  private void show(JsonNode summary, Path target, long tookMs) {
    if (common.json) {
      here.out().println(Json.line(summary));
      return;
    }
    var table = new Table("PART", "TITLE", "WORKER", "WORDS", "BACK AFTER", "TIMES");
    for (var part : summary.path("parts")) {
      table.add(
          Json.text(part, "part"),
          Json.text(part, "title"),
          Json.text(part, "worker"),
          part.path("result").path("words").asString(""),
          part.has("took_ms") ? Json.text(part, "took_ms") + " ms" : "never",
          Json.text(part, "times"));
    }
    here.out().println();
    table.lines(here).forEach(here.out()::println);
    here.out().println();
    here.out()
        .println(
            summary.path("exactly_once").asBoolean()
                ? here.green("Every part came back exactly once")
                    + ", in %.1f s. The report: %s".formatted(tookMs / 1000.0, target)
                : here.red("Not every part came back exactly once."));
  }
}
