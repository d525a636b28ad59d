package dev.meshkore.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What idle WebSocket agents cost the hub in memory.
final class IdleScenario {
  private static final int OPEN_AT_ONCE = 500;
  private static final int OTHER_FILES = 200;

  private final BenchOptions options;
  private final Progress progress;

  IdleScenario(BenchOptions options, Progress progress) {
    this.options = options;
    this.progress = progress;
  }

  List<Result> run() throws InterruptedException {
    requireFiles(options.idle());
    try (HubTarget hub = HubTarget.open(options);
        Loop loop = new Loop()) {
      Result.Conditions conditions = Machine.conditions(options.folder(), hub.durability());
      progress.say("idle: " + options.idle() + " agents join");
      Roster roster = hub.newRoster(options.idle());
      Traffic traffic = new Traffic(loop, new Shape(1, 1, 0), Topology.RING, options.idle(), true);
      long before = hub.usage().residentBytes();
      long start = System.nanoTime();
      List<HubAgent> agents = open(hub, loop, roster, traffic);
      double seconds = (System.nanoTime() - start) / 1e9;
      long opened = hub.usage().residentBytes();
      LoadRun.pause(loop, traffic, options.runTime());
      Usage idle = hub.usage();
      LoadRun.pause(loop, traffic, options.runTime());
      Usage after = hub.usage();
      agents.forEach(HubAgent::close);
      Aggregate aggregate =
          new Aggregate()
              .add("RSS before MB", before / 1048576.0)
              .add("RSS opened MB", opened / 1048576.0)
              .add("RSS idle MB", after.residentBytes() / 1048576.0)
              .add("KB per agent", (after.residentBytes() - before) / 1024.0 / options.idle())
              .add("server cores", after.coresSince(idle, options.runTime().toNanos()))
              .add("opened/s", options.idle() / seconds);
      String name = String.format(Locale.ROOT, "%,d agents", options.idle());
      return List.of(
          new Result("idle", hub.name(), name, conditions, aggregate.metrics(), List.of()));
    }
  }

  private List<HubAgent> open(HubTarget hub, Loop loop, Roster roster, Traffic traffic)
      throws InterruptedException {
    Payload payload = new Payload(Payload.BYTES_MIN);
    List<HubAgent> agents = new ArrayList<>();
    for (int first = 0; first < options.idle(); first += OPEN_AT_ONCE) {
      List<HubAgent> group = new ArrayList<>();
      for (int i = first; i < Math.min(options.idle(), first + OPEN_AT_ONCE); i++) {
        Place place = hub.place(i, loop, payload, traffic);
        HubAgent agent = new HubAgent(place, roster.members().get(i), roster.recipient(), "/ws");
        loop.connect(agent, hub.address());
        group.add(agent);
      }
      LoadRun.awaitReady(group, LoadRun.OPEN);
      agents.addAll(group);
      if (agents.size() % 5_000 == 0) {
        progress.say("idle: " + agents.size() + " open");
      }
    }
    return agents;
  }

  /// Both this process and the hub need a file for each connection.
  private static void requireFiles(int connections) {
    long most = Machine.openFilesMax();
    if (most < connections + OTHER_FILES) {
      throw new BenchFailure(
          String.format(
              Locale.ROOT,
              "%d connections need as many open files, and this process may have %d. Raise the"
                  + " limit (`ulimit -n %d`, as root or in limits.conf) before starting the hub"
                  + " and this command, or ask for fewer with --idle",
              connections,
              most,
              connections + 10_000));
    }
  }
}
