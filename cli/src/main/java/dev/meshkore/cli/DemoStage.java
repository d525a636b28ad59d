package dev.meshkore.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.meshkore.hub.Hub;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/// Plays the demo: a hub that nobody else sees, three processes, and what they say.
final class DemoStage {
  private static final String COORDINATOR = "coordinator";
  private static final String PYTHON_WORKER = "python-worker";
  private static final String REST_WORKER = "rest-worker";
  private static final long AWAY_MS = 2_500;

  private final Surroundings here;
  private final Path root;
  private final boolean isAside;
  private long started;
  private final CountDownLatch restWorkerIsBusy = new CountDownLatch(1);

  DemoStage(Surroundings here, Path root, boolean isAside) {
    this.here = here;
    this.root = root;
    this.isAside = isAside;
  }

  JsonNode play(Path document, Path report) throws IOException, InterruptedException {
    var python = python();
    started = here.clock().millis();
    Files.createDirectories(report.toAbsolutePath().getParent());
    try (var folder = TemporaryFolder.make("meshkore-demo");
        var hub = LocalHub.open(here, TrainCommand.throwAway(here, folder));
        var operator = new HubClient(URI.create(hub.url()), hub.adminKey())) {
      say("hub", "listens on " + hub.url());
      var watcher = Thread.ofVirtual().start(() -> watch(operator));
      var summary = folder.path().resolve("summary.json");
      perform(hub, folder.path(), python, document, report, summary);
      watcher.interrupt();
      if (!Files.exists(summary)) {
        throw new CommandFailed(
            Exit.OTHER, "The coordinator did not finish", "Its last words are above", "");
      }
      return Json.read(Files.readString(summary));
    } catch (Json.Unreadable e) {
      throw new IllegalStateException(e);
    }
  }

  private void perform(
      Hub hub, Path folder, String python, Path document, Path report, Path summary)
      throws InterruptedException {
    var restWorker = List.of("sh", root.resolve("demo/rest_agent.sh").toString());
    var restSettings = settings(hub, folder, python, REST_WORKER);
    try (var coordinator =
            DemoProcess.start(
                COORDINATOR,
                coordinator(document, report, summary),
                Map.of("DEMO_INVITE", hub.newInvite(COORDINATOR)),
                this::say);
        var pythonWorker =
            DemoProcess.start(
                PYTHON_WORKER,
                List.of(python, root.resolve("demo/python_agent.py").toString()),
                settings(hub, folder, python, PYTHON_WORKER),
                this::say);
        var first = DemoProcess.start(REST_WORKER, restWorker, restSettings, this::say)) {
      restWorkerIsBusy.await(15, TimeUnit.SECONDS);
      first.kill();
      say("demo", REST_WORKER + " is killed in the middle of its work");
      coordinator.endsWithin(AWAY_MS);
      say("demo", REST_WORKER + " starts again, and goes on from its inbox");
      try (var second = DemoProcess.start(REST_WORKER, restWorker, restSettings, this::say)) {
        coordinator.endsWithin(27_000);
        second.endsWithin(3_000);
        pythonWorker.endsWithin(3_000);
      }
    }
  }

  private Map<String, String> settings(Hub hub, Path folder, String python, String name) {
    return Map.of(
        "DEMO_INVITE",
        hub.newInvite(name),
        "DEMO_AGENT",
        name,
        "DEMO_STATE",
        folder.toString(),
        "DEMO_PYTHON",
        python);
  }

  /// This same program as another process.
  private List<String> coordinator(Path document, Path report, Path summary) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(Meshkore.class.getName(), "demo-agent"));
    command.addAll(List.of("--document", document.toString(), "--report", report.toString()));
    command.addAll(List.of("--summary", summary.toString()));
    command.addAll(List.of("--workers", PYTHON_WORKER + "," + REST_WORKER));
    return command;
  }

  /// Shows the hub's view, until the demo is over.
  private void watch(HubClient operator) {
    try {
      operator.stream(
          "/traffic",
          () -> say("hub", "shows its traffic, which never holds what is in a message"),
          event -> {
            say("hub", TailCommand.route(here, event));
            return true;
          });
    } catch (CommandFailed e) {
      // The hub stops before its last watcher does.
      say("hub", "stops");
    }
  }

  /// The interpreter of the environment that the launcher makes for the Python SDK.
  private String python() throws IOException, InterruptedException {
    var launcher =
        new ProcessBuilder(root.resolve("meshkore").toString(), "python")
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    var process = launcher.start();
    var answer = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
    if (process.waitFor() != 0) {
      throw new CommandFailed(Exit.OTHER, "The Python SDK is not ready", "The reason is above", "");
    }
    return answer;
  }

  private synchronized void say(String who, String what) {
    if (who.equals(REST_WORKER) && what.startsWith("took part")) {
      restWorkerIsBusy.countDown();
    }
    var seconds = "%5.2f s ".formatted((here.clock().millis() - started) / 1000.0);
    var name = "%-14s".formatted(who);
    var coloured =
        switch (who) {
          case COORDINATOR -> here.cyan(name);
          case PYTHON_WORKER -> here.yellow(name);
          case REST_WORKER -> here.green(name);
          default -> here.dim(name);
        };
    (isAside ? here.err() : here.out()).println(here.dim(seconds) + coloured + " " + what);
  }
}
