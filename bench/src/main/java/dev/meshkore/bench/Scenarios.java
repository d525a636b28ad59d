package dev.meshkore.bench;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// The scenarios that put one steady load on one server: `ws`, with or without peers, and `rest`.
final class Scenarios {
  private final BenchOptions options;
  private final Progress progress;
  private final LoadRun load;
  private final Consumer<Result> results;

  /// @param results takes each result as soon as there is one
  Scenarios(BenchOptions options, Progress progress, Consumer<Result> results) {
    this.options = options;
    this.progress = progress;
    this.results = results;
    load = new LoadRun(options, progress);
  }

  /// Runs one scenario; a server of our own is started for it and stopped after it. False when a
  /// part of it failed, which has been told then.
  boolean run(String scenario) throws InterruptedException {
    try {
      switch (scenario) {
        case "ws" -> {
          return ws();
        }
        case "rest" -> rest();
        case "channel" -> new ChannelScenario(options, progress).run().forEach(results);
        case "idle" -> new IdleScenario(options, progress).run().forEach(results);
        case "catchup" -> new CatchupScenario(options, progress).run().forEach(results);
        case "start" -> new StartScenario(options, progress).run(results);
        case "doors" -> new DoorsScenario(options, progress).run().forEach(results);
        case "pay" -> new PayScenario(options, progress).run().forEach(results);
        case "signed" ->
            new SignedScenario(options, progress, InstantSource.system()).run().forEach(results);
        case "proofs" -> new ProofsScenario(options, progress).run().forEach(results);
        case "stored" -> new StoredScenario(options, progress).run().forEach(results);
        case "discover" -> new DiscoverScenario(options, progress).run(results);
        default -> throw new UsageFailure("there is no scenario " + scenario);
      }
      return true;
    } catch (BenchFailure e) {
      progress.say(scenario + " FAILED: " + e.getMessage());
      return false;
    }
  }

  private boolean ws() throws InterruptedException {
    boolean whole = true;
    if (options.hub()) {
      try (HubTarget hub = HubTarget.open(options)) {
        whole = shapes(hub);
      }
    }
    for (String name : options.peers()) {
      try (Peer peer = Peer.start(name, options.folder())) {
        progress.say(peer.name() + ": " + peer.durability());
        whole &= shapes(peer);
      } catch (BenchFailure e) {
        progress.say(name + " LEFT OUT: " + e.getMessage());
        whole = false;
      }
    }
    return whole;
  }

  private boolean shapes(Target target) throws InterruptedException {
    boolean whole = true;
    for (Shape shape : options.shapes()) {
      Result.Conditions conditions = Machine.conditions(options.folder(), target.durability());
      try {
        LoadRun.Figures figures = load.run(target, shape, shape.senders(), true);
        List<String> notes = new ArrayList<>(figures.notes());
        if (!options.topologyName().equals("ring")) {
          notes.add("topology " + options.topologyName());
        }
        String name = shape.toString();
        results.accept(new Result("ws", target.name(), name, conditions, figures.metrics(), notes));
      } catch (BenchFailure e) {
        progress.say(target.name() + " " + shape + " FAILED: " + e.getMessage());
        whole = false;
      }
    }
    return whole;
  }

  private void rest() throws InterruptedException {
    try (HubTarget hub = HubTarget.open(options)) {
      Result.Conditions conditions = Machine.conditions(options.folder(), hub.durability());
      Shape shape = new Shape(options.connections(), 1, 0);
      LoadRun.Figures figures =
          load.run(hub.rest(RestAgent.Form.REST), shape, options.connections(), false);
      String name = options.connections() + " connections";
      results.accept(
          new Result("rest", hub.name(), name, conditions, figures.metrics(), figures.notes()));
    }
  }
}
