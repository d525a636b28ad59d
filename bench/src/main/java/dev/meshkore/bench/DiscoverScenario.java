package dev.meshkore.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;

/// How quickly `POST /discover` answers among very many agents, and how often it is right.
final class DiscoverScenario {
  private static final int REQUESTS_MAX = 300;
  private static final String MEANING = "meaning";
  private static final String ALL = "all";

  private final BenchOptions options;
  private final Progress progress;

  DiscoverScenario(BenchOptions options, Progress progress) {
    this.options = options;
    this.progress = progress;
  }

  void run(Consumer<Result> results) throws InterruptedException {
    Path labelled = options.labelled();
    if (labelled != null) {
      labelled(LabelledRequests.read(labelled), results);
    } else if (options.url() != null) {
      try (HubTarget hub = HubTarget.open(options)) {
        results.accept(many(hub, "vectors by the hub's own means"));
      }
    } else {
      try (StandInVectors vectors = StandInVectors.start();
          HubTarget hub = HubTarget.open(options, vectors.hubOptions())) {
        results.accept(many(hub, "vectors by a stand-in beside the hub, 384 numbers each"));
      } catch (IOException e) {
        throw new BenchFailure("the stand-in for vectors did not start: " + e.getMessage(), e);
      }
    }
  }

  private Result many(HubTarget hub, String note) throws InterruptedException {
    Result.Conditions conditions = Machine.conditions(options.folder(), hub.durability());
    int requests = Math.min(REQUESTS_MAX, options.agents() / (2 * MadeUpAgents.GROUP));
    var agents = new MadeUpAgents(options.agents(), requests);
    var asking = new Asking(hub.api());
    progress.say("discover: " + options.agents() + " agents join");
    long start = System.nanoTime();
    hub.api().join(agents.descriptions());
    double joined = (System.nanoTime() - start) / 1e9;
    progress.say("discover: they have joined");
    asking.awaitIndex();
    double built = (System.nanoTime() - start) / 1e9;
    progress.say("discover: all can be found");
    for (int i = 0; i < requests; i++) {
      asking.ask(agents.otherRequest(i), ALL);
    }
    asking.takeTimes();
    int found = 0;
    for (int i = 0; i < requests; i++) {
      asking.ask(agents.request(i), ALL);
    }
    Histogram unknown = asking.takeTimes();
    for (int run = 0; run < options.runs(); run++) {
      for (int i = 0; i < requests; i++) {
        asking.ask(agents.request(i), ALL);
      }
    }
    Histogram known = asking.takeTimes();
    for (int i = 0; i < requests; i++) {
      List<String> ids = asking.ask(agents.request(i), MEANING);
      found += (int) ids.stream().filter(agents.meantBy(i)::contains).count();
    }
    Aggregate aggregate =
        new Aggregate()
            .add("new request p50 ms", unknown.getValueAtPercentile(50) / 1e6)
            .add("new request p99 ms", unknown.getValueAtPercentile(99) / 1e6)
            .add("again p50 ms", known.getValueAtPercentile(50) / 1e6)
            .add("again p99 ms", known.getValueAtPercentile(99) / 1e6)
            .add("recall@10 %", 100.0 * found / requests / MadeUpAgents.GROUP)
            .add("joined in s", joined)
            .add("all found after s", built)
            .add("server RSS MB", hub.usage().residentBytes() / 1048576.0)
            .add("disk MB", hub.storedBytes() / 1048576.0);
    String name = String.format(Locale.ROOT, "%,d agents", options.agents());
    return new Result("discover", hub.name(), name, conditions, aggregate.metrics(), List.of(note));
  }

  private void labelled(LabelledRequests requests, Consumer<Result> results)
      throws InterruptedException {
    try (HubTarget hub = HubTarget.open(options)) {
      var asking = new Asking(hub.api());
      progress.say("discover: " + requests.descriptions().size() + " agents join");
      List<Credentials> agents = hub.api().join(requests.descriptions());
      asking.awaitIndex();
      for (String by : List.of("words", MEANING, ALL)) {
        Result.Conditions conditions = Machine.conditions(options.folder(), hub.durability());
        var figures = new Figures();
        for (LabelledRequests.Asked asked : requests.asked()) {
          figures.add(asking.ask(asked.text(), by), asked.agentId());
        }
        results.accept(result(hub, "by " + by, conditions, figures.metrics(asking)));
      }
      Result.Conditions conditions = Machine.conditions(options.folder(), hub.durability());
      var figures = new Figures();
      for (int fold = 0; fold < LabelledRequests.FOLDS; fold++) {
        for (Credentials agent : agents) {
          hub.api().profile(agent, requests.examples(agent.agentId(), fold));
        }
        asking.awaitIndex();
        for (LabelledRequests.Asked asked : requests.asked()) {
          if (asked.fold() == fold) {
            figures.add(asking.ask(asked.text(), ALL), asked.agentId());
          }
        }
        progress.say("discover: part " + (fold + 1) + " of " + LabelledRequests.FOLDS);
      }
      String shape = "by all, its agent's other requests as examples";
      results.accept(result(hub, shape, conditions, figures.metrics(asking)));
    }
  }

  private static Result result(
      HubTarget hub, String shape, Result.Conditions conditions, List<Metric> metrics) {
    return new Result("discover", hub.name(), shape, conditions, metrics, List.of());
  }

  /// How often the agent that is meant comes first, and so on.
  private static final class Figures {
    private static final int RANKED = 10;
    private final Map<Integer, Integer> byRank = new LinkedHashMap<>();
    private int count;

    void add(List<String> ids, String meant) {
      int rank = ids.indexOf(meant);
      count++;
      if (rank >= 0 && rank < RANKED) {
        byRank.merge(rank, 1, Integer::sum);
      }
    }

    List<Metric> metrics(Asking asking) {
      double reciprocals = 0;
      double firstFive = 0;
      for (Map.Entry<Integer, Integer> one : byRank.entrySet()) {
        reciprocals += one.getValue() / (one.getKey() + 1.0);
        firstFive += one.getKey() < 5 ? one.getValue() : 0;
      }
      double whole = Math.max(1, count) / 100.0;
      Histogram times = asking.takeTimes();
      var metrics = new ArrayList<Metric>();
      metrics.add(Metric.once("requests", count));
      metrics.add(Metric.once("hit@1 %", byRank.getOrDefault(0, 0) / whole));
      metrics.add(Metric.once("hit@5 %", firstFive / whole));
      metrics.add(Metric.once("MRR@10 %", reciprocals / whole));
      metrics.add(Metric.once("p50 ms", times.getValueAtPercentile(50) / 1e6));
      metrics.add(Metric.once("p99 ms", times.getValueAtPercentile(99) / 1e6));
      return metrics;
    }
  }
}
