package dev.meshkore.bench;

import java.util.ArrayList;
import java.util.List;

/// The scenarios that put one steady load on one server: `ws`, with or without peers, and `rest`.
final class Scenarios {
  private final BenchOptions options;
  private final Progress progress;
  private final LoadRun load;

  Scenarios(BenchOptions options, Progress progress) {
    this.options = options;
    this.progress = progress;
    load = new LoadRun(options, progress);
  }

  /// Runs one scenario; a server of our own is started for it and stopped after it.
  List<Result> run(String scenario) throws InterruptedException {
    return switch (scenario) {
      case "ws" -> ws();
      case "rest" -> rest();
      case "channel" -> new ChannelScenario(options, progress).run();
      case "idle" -> new IdleScenario(options, progress).run();
      case "catchup" -> new CatchupScenario(options, progress).run();
      case "start" -> new StartScenario(options, progress).run();
      case "stored" -> new StoredScenario(options, progress).run();
      default -> throw new UsageFailure("there is no scenario " + scenario);
    };
  }

  private List<Result> ws() throws InterruptedException {
    List<Result> results = new ArrayList<>();
    if (options.hub()) {
      try (HubTarget hub = HubTarget.open(options)) {
        results.addAll(shapes(hub));
      }
    }
    for (String name : options.peers()) {
      try (Peer peer = Peer.start(name, options.folder())) {
        progress.say(peer.name() + ": " + peer.durability());
        results.addAll(shapes(peer));
      }
    }
    return results;
  }

  private List<Result> shapes(Target target) throws InterruptedException {
    List<Result> results = new ArrayList<>();
    for (Shape shape : options.shapes()) {
      Result.Conditions conditions = Machine.conditions(options.folder(), target.durability());
      LoadRun.Figures figures = load.run(target, shape, shape.senders(), true);
      List<String> notes = new ArrayList<>(figures.notes());
      if (!options.topologyName().equals("ring")) {
        notes.add("topology " + options.topologyName());
      }
      results.add(
          new Result("ws", target.name(), shape.toString(), conditions, figures.metrics(), notes));
    }
    return results;
  }

  private List<Result> rest() throws InterruptedException {
    try (HubTarget hub = HubTarget.open(options)) {
      Result.Conditions conditions = Machine.conditions(options.folder(), hub.durability());
      Shape shape = new Shape(options.connections(), 1, 0);
      LoadRun.Figures figures = load.run(hub.rest(), shape, options.connections(), false);
      String name = options.connections() + " connections";
      return List.of(
          new Result("rest", hub.name(), name, conditions, figures.metrics(), figures.notes()));
    }
  }
}
