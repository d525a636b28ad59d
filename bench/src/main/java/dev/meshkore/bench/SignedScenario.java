package dev.meshkore.bench;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What it costs to prove each request by a signature: `POST /send` with a token, signed by RFC
/// 9421, and signed by NIP-98, in turns. Requests are signed before they are sent and measured, so
/// that the generator's work is the same. In the first two minutes after its start a hub asks its
/// database of every signature whether it was accepted before: a warm-up of 130 seconds is past
/// them.
final class SignedScenario {
  private static final String NAME = "signed";
  private static final int REQUESTS = 65_536;

  private final BenchOptions options;
  private final Progress progress;
  private final InstantSource clock;

  SignedScenario(BenchOptions options, Progress progress, InstantSource clock) {
    this.options = options;
    this.progress = progress;
    this.clock = clock;
  }

  List<Result> run() throws InterruptedException {
    try (HubTarget hub = HubTarget.open(options);
        Loop loop = new Loop()) {
      Result.Conditions conditions = Machine.conditions(options.folder(), hub.durability());
      List<SigningAgent> agents = agents(hub);
      var volley = new Volley(hub, loop, agents.size());
      Map<SigningAgent.Way, Aggregate> figures =
          new Turns<SigningAgent.Way>(NAME, options, hub, progress)
              .measured(
                  List.of(SigningAgent.Way.values()),
                  volley,
                  SigningAgent.Way::label,
                  way -> prepared(way, agents));
      return results(hub, conditions, figures);
    }
  }

  private List<Result> results(
      HubTarget hub, Result.Conditions conditions, Map<SigningAgent.Way, Aggregate> figures) {
    var results = new ArrayList<Result>();
    figures.forEach((way, aggregate) -> {
      var notes = new ArrayList<String>();
      if (!results.isEmpty()) {
        Metric token = results.getFirst().metrics().getFirst();
        double share = 1 / DoorsScenario.ratio(token, aggregate.metrics().getFirst());
        notes.add(
            String.format(
                Locale.ROOT,
                "%s: %.2f of the rate with a token (median of the runs)",
                way.label(),
                share));
      }
      String shape = "POST /send, " + way.label() + ", " + options.connections() + " connections";
      results.add(new Result(NAME, hub.name(), shape, conditions, aggregate.metrics(), notes));
    });
    return results;
  }

  private List<SigningAgent> agents(HubTarget hub) throws InterruptedException {
    var random = new SecureRandom();
    var agents = new ArrayList<SigningAgent>();
    for (Credentials one : hub.newRoster(options.connections()).members()) {
      var agent = new SigningAgent(one, hub.url(), random);
      agent.bind(hub.api());
      agents.add(agent);
    }
    return agents;
  }

  private List<List<byte[]>> prepared(SigningAgent.Way way, List<SigningAgent> agents) {
    String body =
        "{\"to\":\"" + "me" + "\",\"payload\":\"" + "x".repeat(options.payloadBytes()) + "\"}";
    long now = clock.instant().getEpochSecond();
    int each = Math.max(1, REQUESTS / agents.size());
    var prepared = new ArrayList<List<byte[]>>();
    for (SigningAgent agent : agents) {
      String own = body.replace("\"me\"", "\"" + agent.id() + "\"");
      var requests = new ArrayList<byte[]>();
      for (int i = 0; i < each; i++) {
        requests.add(agent.send(way, own, now));
      }
      prepared.add(requests);
    }
    return prepared;
  }
}
