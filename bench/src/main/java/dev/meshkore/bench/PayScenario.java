package dev.meshkore.bench;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// What a payment costs: `POST /send` with a token, a payment by an agent of nobody, one under an
/// owner's mandate with four limits, and a nanopayment that its buyer signed, which the hub
/// verifies and takes at its facilitator, in turns. Each agent pays the next one, one payment after
/// another; each is a transfer of the ledger with its leaf and the notice to whoever is paid.
final class PayScenario {
  private static final String NAME = "pay";
  private static final int REQUESTS = 32_768;
  private static final String LIMITS =
      "\"calls\":[\"send\"],\"messages\":{},\"counterparties\":{},"
          + "\"spend\":[{\"asset\":\"CREDIT\",\"amount\":1000000000000,\"per_payment\":1000000,"
          + "\"windows\":[{\"seconds\":3600,\"amount\":1000000000000},"
          + "{\"calendar\":\"day\",\"amount\":1000000000000}]}]";

  /// What is asked for.
  private enum Way {
    MESSAGE("a message"),
    PAYMENT("a payment"),
    UNDER_MANDATE("a payment under a mandate"),
    SIGNED("a nanopayment");

    private final String label;

    Way(String label) {
      this.label = label;
    }
  }

  private final BenchOptions options;
  private final Progress progress;
  private int sent;
  private long signed;

  PayScenario(BenchOptions options, Progress progress) {
    this.options = options;
    this.progress = progress;
  }

  List<Result> run() throws InterruptedException {
    try (HubTarget hub = HubTarget.open(options);
        Loop loop = new Loop()) {
      Result.Conditions conditions = Machine.conditions(options.folder(), hub.durability());
      List<Credentials> free = hub.newRoster(options.connections()).members();
      List<Credentials> owned = hub.api().joinOwned("owned", options.connections(), LIMITS);
      for (List<Credentials> some : List.of(free, owned)) {
        for (Credentials one : some) {
          hub.api().deposit(one, 1_000_000_000_000L);
        }
      }
      List<NanoBuyer> buyers = buyers(hub, free);
      JsonNode seller = hub.api().payTo(owned.getFirst());
      long had = hub.api().available(owned.getFirst());
      var volley = new Volley(hub, loop, free.size());
      Map<Way, Aggregate> figures =
          new Turns<Way>(NAME, options, hub, progress)
              .measured(
                  List.of(Way.values()),
                  volley,
                  way -> way.label,
                  way ->
                      way == Way.SIGNED
                          ? signed(buyers, seller)
                          : prepared(way, way == Way.UNDER_MANDATE ? owned : free));
      hub.api().checkBooks();
      requireTaken(hub.api().available(owned.getFirst()) - had);
      return results(hub, conditions, figures);
    }
  }

  private static List<NanoBuyer> buyers(HubTarget hub, List<Credentials> agents)
      throws InterruptedException {
    var random = new SecureRandom();
    var buyers = new ArrayList<NanoBuyer>();
    for (Credentials agent : agents) {
      var buyer = new NanoBuyer(agent, random);
      buyer.bind(hub.api());
      buyers.add(buyer);
    }
    return buyers;
  }

  private List<List<byte[]>> signed(List<NanoBuyer> buyers, JsonNode seller) {
    int each = Math.max(1, REQUESTS / buyers.size());
    long seconds = Instant.now().getEpochSecond();
    var prepared = new ArrayList<List<byte[]>>();
    for (NanoBuyer buyer : buyers) {
      var requests = new ArrayList<byte[]>();
      for (int j = 0; j < each; j++) {
        requests.add(buyer.settle(seller, seconds));
      }
      signed += each;
      prepared.add(requests);
    }
    return prepared;
  }

  /// The facilitator answers 200 to what it refuses, too. Its seller pays and is paid an atom in
  /// each turn of the agents under a mandate, which changes nothing.
  private void requireTaken(long got) {
    if (got != signed) {
      throw new BenchFailure("of " + signed + " nanopayments " + got + " were taken");
    }
  }

  private List<Result> results(
      HubTarget hub, Result.Conditions conditions, Map<Way, Aggregate> figures) {
    var results = new ArrayList<Result>();
    figures.forEach((way, aggregate) -> {
      var notes = new ArrayList<String>();
      if (!results.isEmpty()) {
        Metric before = results.getLast().metrics().getFirst();
        double share = 1 / DoorsScenario.ratio(before, aggregate.metrics().getFirst());
        notes.add(
            String.format(
                Locale.ROOT,
                "%s: %.2f of the rate of the one before (median of the runs)",
                way.label,
                share));
      }
      String shape = way.label + ", " + options.connections() + " connections";
      results.add(new Result(NAME, hub.name(), shape, conditions, aggregate.metrics(), notes));
    });
    return results;
  }

  private List<List<byte[]>> prepared(Way way, List<Credentials> agents) {
    int each = Math.max(1, REQUESTS / agents.size());
    var prepared = new ArrayList<List<byte[]>>();
    for (int i = 0; i < agents.size(); i++) {
      Credentials agent = agents.get(i);
      String to = agents.get((i + 1) % agents.size()).agentId();
      var requests = new ArrayList<byte[]>();
      for (int j = 0; j < each; j++) {
        requests.add(request(way, agent, to));
      }
      prepared.add(requests);
    }
    return prepared;
  }

  private byte[] request(Way way, Credentials agent, String to) {
    String body =
        way == Way.MESSAGE
            ? "{\"to\":\"%s\",\"payload\":\"%s\"}".formatted(to, "x".repeat(options.payloadBytes()))
            : "{\"id\":\"b%d\",\"to\":\"%s\",\"atoms\":1}".formatted(sent++, to);
    String head =
        """
        POST %s HTTP/1.1
        host: hub
        authorization: Bearer %s
        content-type: application/json
        content-length: %d

        """
            .formatted(
                way == Way.MESSAGE ? "/send" : "/wallet/transfers", agent.token(), body.length());
    return (head.replace("\n", "\r\n") + body).getBytes(StandardCharsets.US_ASCII);
  }
}
