package dev.meshkore.hub.market;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.TestHub;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import tools.jackson.databind.JsonNode;

/// What tests of the market do again and again.
final class Stall {
  static final String DESCRIPTION =
      "Certified legal translation from Spanish to English by sworn translators with a stamp";

  private Stall() {}

  static String draft(String name, String more) {
    return "{\"name\":\""
        + name
        + "\",\"description\":\""
        + DESCRIPTION
        + "\",\"category\":\"language/translation\","
        + "\"price\":{\"asset\":\"EUR\",\"amount\":\"12.50\","
        + "\"unit\":\"page\"}"
        + more
        + "}";
  }

  /// A service as the database keeps it.
  static Listing listing(String id, long seller, long listedAtMs) {
    byte[] draft = draft(id, ",\"sla\":{\"latency_ms\":500}").getBytes(StandardCharsets.UTF_8);
    ServiceTerms terms = ServiceTerms.read(Fields.read(draft), Json.tree(draft));
    return new Listing(
        0,
        id,
        seller,
        true,
        1,
        terms,
        terms.quantity(),
        0,
        0,
        Optional.empty(),
        0,
        listedAtMs,
        listedAtMs);
  }

  static String publish(Caller seller, String name, String more) {
    return seller.post(201, "/services", draft(name, more)).get("service_id").stringValue();
  }

  static String terms(long quantity, String amount) {
    return "{\"subject\":\"Pages\",\"quantity\":"
        + quantity
        + ",\"price\":{\"asset\":\"EUR\",\"amount\":\""
        + amount
        + "\"},\"deliver_within\":3600}";
  }

  static String slug(JsonNode problem) {
    String type = problem.get("type").stringValue();
    return type.substring(type.lastIndexOf('/') + 1);
  }

  static void refused(Caller caller, int status, String slug, String path, String body) {
    assertThat(slug(caller.post(status, path, body))).isEqualTo(slug);
  }

  /// Notices of the market in an inbox, waited for until there are so many.
  static List<JsonNode> notices(Caller agent, String notice, int least) {
    Instant deadline = Instant.now().plus(Duration.ofSeconds(20));
    var found = new ArrayList<JsonNode>();
    do {
      found.clear();
      for (JsonNode message :
          agent.get(200, "/messages?after=0&limit=1000&wait=1").get("messages")) {
        JsonNode payload = message.get("payload");
        if (message.get("from").stringValue().equals("hub")
            && payload.path("notice").asString("").equals(notice)) {
          found.add(payload);
        }
      }
    } while (found.size() < least && Instant.now().isBefore(deadline));
    assertThat(found).hasSizeGreaterThanOrEqualTo(least);
    return found;
  }

  /// Does something so many times at once.
  static List<HttpResponse<String>> atOnce(int count, IntFunction<HttpResponse<String>> ask)
      throws Exception {
    var barrier = new CyclicBarrier(count);
    var asked = new ArrayList<Future<HttpResponse<String>>>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < count; i++) {
        int which = i;
        Callable<HttpResponse<String>> one =
            () -> {
              barrier.await();
              return ask.apply(which);
            };
        asked.add(threads.submit(one));
      }
    }
    var answers = new ArrayList<HttpResponse<String>>();
    for (Future<HttpResponse<String>> each : asked) {
      answers.add(each.get());
    }
    return answers;
  }

  static List<Caller> join(TestHub hub, String... names) {
    return List.of(names).stream().map(name -> Caller.join(hub, name)).toList();
  }
}
