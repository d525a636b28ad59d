package dev.meshkore.hub.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.TestHub;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Every route that names something: who has no part in it is answered as if there were nothing,
/// and changes nothing. The routes are the router's own, so a new one is tried by itself, and a new
/// kind of name fails until somebody says whose it is.
final class TenancyTest {
  private static final Pattern NAME = Pattern.compile("\\{[a-z_]+}");

  /// What anybody may ask for, or what is one's own whatever it is called: agents, the open market,
  /// what was imported, the audit log, links, relations of the caller.
  private static final Set<String> OPEN =
      Set.of(
          "{agent_id}",
          "{owner_id}",
          "{service_id}",
          "{request_id}",
          "{public_key}",
          "{nonce}",
          "{other}",
          "{peer}",
          "{client}",
          "{config}",
          "{session_id}",
          "{slug}",
          "{batch_id}",
          "{import_id}",
          "{index}",
          "{level}",
          "{a}",
          "{b}",
          "{c}",
          "{d}",
          "{e}");

  /// What is open to all and changed by its own alone.
  private static final List<String> OWNED = List.of("{service_id}", "{request_id}", "{import_id}");

  /// What anybody may do with it.
  private static final Set<String> FOR_ALL =
      Set.of(
          "GET /services/{service_id}",
          "GET /services/{service_id}/call",
          "POST /services/{service_id}/call",
          "POST /services/{service_id}/take",
          "GET /requests/{request_id}",
          "PUT /requests/{request_id}/offer",
          "GET /imports/{import_id}");

  private static final Map<String, String> OTHERS =
      Map.of("{config}", "c1", "{client}", "claude", "{batch_id}", "b1", "{index}", "0");

  private final Map<String, String> there = new LinkedHashMap<>();
  private final Map<String, String> none = new HashMap<>();

  @Test
  void whoHasNoPartInAThingLearnsAndChangesNothing() {
    try (var hub = TestHub.start(Map.of("rate-per-minute", "1000000"))) {
      Caller admin = Caller.admin(hub);
      Caller alice = Caller.join(hub, "alice");
      Caller bob = Caller.join(hub, "bob");
      Caller ada = owner(hub, "Ada");
      List<Caller> parties = List.of(alice, bob, ada, admin);
      messages(alice, admin);
      market(alice, bob, admin);
      owned(hub, ada);
      List<Caller> strangers =
          List.of(Caller.join(hub, "eve"), owner(hub, "Eve"), Caller.withoutKey(hub));
      List<Router.Route> routes =
          hub.hub().router().routes().stream()
              .filter(route -> NAME.matcher(route.pattern()).find())
              .sorted(Comparator.comparing(Router.Route::pattern))
              .toList();
      Map<String, String> before = seenBy(parties, routes);
      var differing = new ArrayList<String>();
      int asked = 0;
      for (Router.Route route : routes) {
        for (String name : names(route)) {
          if (OPEN.contains(name)) {
            continue;
          }
          assertThat(there).as("whose the %s of %s is", name, route).containsKey(name);
          for (Caller stranger : strangers) {
            asked++;
            compare(stranger, route, name, differing);
          }
        }
      }
      assertThat(differing).isEmpty();
      assertThat(changed(strangers, routes))
          .as("what strangers may do with what is open")
          .isEmpty();
      assertThat(asked).isGreaterThan(150);
      Map<String, String> after = seenBy(parties, routes);
      after.entrySet().removeIf(one -> one.getValue().equals(before.get(one.getKey())));
      assertThat(after).as("what has changed for those who have a part").isEmpty();
    }
  }

  private void put(String name, String id, String nothing) {
    there.put(name, id);
    none.put(name, nothing);
  }

  private static Caller owner(TestHub hub, String name) {
    JsonNode made = Caller.admin(hub).post(201, "/owners", "{\"name\":\"" + name + "\"}");
    return Caller.of(hub, made.get("owner_id").stringValue(), made.get("api_key").stringValue());
  }

  private static String id(JsonNode made, String name) {
    return made.get(name).stringValue();
  }

  private void messages(Caller alice, Caller admin) {
    String run = "607205e5-0d4f-4f0a-9be5-6d9d0a1f2a3b";
    alice.post(201, "/send", "{\"to\":\"bob\",\"id\":\"secret-1\",\"payload\":1}");
    alice.post(201, "/send", "{\"to\":\"bob\",\"id\":\"" + run + "\",\"payload\":1}");
    put("{message_id}", "secret-1", "secret-9");
    put("{run_id}", run, "11111111-2222-4333-8444-555555555555");
    String room = "{\"channel_id\":\"room\",\"visibility\":\"private\",\"members\":[\"bob\"]}";
    alice.post(201, "/channels", room);
    put("{channel_id}", "room", "none");
    String task =
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"message/send\",\"params\":{\"message\":"
            + "{\"messageId\":\"m1\",\"role\":\"user\",\"parts\":[{\"text\":\"hi\"}]},"
            + "\"configuration\":{\"blocking\":false}}}";
    put("{task}", id(alice.post(200, "/agents/bob/a2a", task).get("result"), "id"), "none");
    admin.call(200, "PUT", "/holds/alice", "{\"kinds\":[\"message\"]}");
    JsonNode held = alice.post(202, "/send", "{\"to\":\"bob\",\"payload\":\"waits\"}");
    put("{approval_id}", id(held, "approval_id"), "apr_nothing");
    admin.call(200, "PUT", "/holds/alice", "{\"kinds\":[]}");
    put("{scope}", "agent:alice", "agent:nobody");
  }

  private void market(Caller alice, Caller bob, Caller admin) {
    admin.post(201, "/deposits", "{\"id\":\"d\",\"agent_id\":\"alice\",\"atoms\":1000000}");
    String sold =
        "{\"name\":\"Echo\",\"description\":\"d\","
            + "\"price\":{\"asset\":\"CREDIT\",\"atoms\":5,\"unit\":\"call\"}}";
    String service = id(bob.post(201, "/services", sold), "service_id");
    String call = "{\"id\":\"c\",\"service_id\":\"" + service + "\",\"max\":{\"atoms\":5}}";
    put("{call_id}", id(alice.post(202, "/calls?wait=0", call), "call_id"), "call_nothing");
    String wanted = id(alice.post(201, "/requests", "{\"title\":\"t\"}"), "request_id");
    String terms = "{\"subject\":\"s\",\"price\":{\"asset\":\"EUR\",\"atoms\":1}}";
    String offer = "{\"terms\":" + terms + "}";
    JsonNode made = bob.call(201, "PUT", "/requests/" + wanted + "/offer", offer);
    put("{offer_id}", id(made, "offer_id"), "off_nothing");
    there.put("{request_id}", wanted);
    there.put("{service_id}", service);
    String proposed = "{\"with\":\"bob\",\"terms\":" + terms + "}";
    JsonNode negotiation = alice.post(201, "/negotiations", proposed);
    put("{negotiation_id}", id(negotiation, "negotiation_id"), "neg_nothing");
    JsonNode feed = alice.post(201, "/feeds", "{\"query\":\"n\"}");
    put("{feed_id}", id(feed, "feed_id"), "feed_nothing");
    String hold = "{\"id\":\"h\",\"to\":\"bob\",\"atoms\":9,\"hold_seconds\":86400}";
    JsonNode transfer = alice.post(201, "/wallet/transfers", hold);
    put("{transfer_id}", id(transfer, "transfer_id"), "t999999");
    awaitLeaf(alice, id(transfer, "transfer_id"));
    String work = "{\"provider\":\"bob\",\"subject\":\"s\",\"atoms\":100}";
    put("{job_id}", id(alice.post(201, "/jobs", work), "job_id"), "job_nothing");
    String server = "{\"server\":{\"name\":\"a/b\",\"version\":\"1\",\"remotes\":[]}}";
    JsonNode imported = alice.post(201, "/imports", server).get("imports").get(0);
    there.put("{import_id}", id(imported, "import_id"));
  }

  /// A transfer tells its leaf once the leaf is in the tree, which is after the answer.
  private static void awaitLeaf(Caller payer, String transfer) {
    Instant deadline = Instant.now().plusSeconds(30);
    while (payer.get(200, "/wallet/transfers/" + transfer).get("leaf").isNull()) {
      assertThat(Instant.now()).isBefore(deadline);
    }
  }

  private void owned(TestHub hub, Caller ada) {
    JsonNode invite = ada.post(201, "/invites", "{\"max_uses\":2}");
    String url = invite.get("url").stringValue();
    Caller.withoutKey(hub)
        .post(201, url.substring(url.indexOf("/join/")), "{\"agent_id\":\"held\"}");
    put("{invite_id}", id(invite, "invite_id"), "inv_nothing");
    String mandate = "{\"agent_id\":\"held\",\"calls\":[\"profile\"]}";
    put("{mandate_id}", id(ada.post(201, "/mandates", mandate), "mandate_id"), "mnd_nothing");
    String asked = "{\"method\":\"dns\",\"domain\":\"example.com\"}";
    JsonNode verification = ada.post(201, "/verifications", asked);
    put("{verification_id}", id(verification, "verification_id"), "vrf_nothing");
  }

  private static List<String> names(Router.Route route) {
    return NAME.matcher(route.pattern()).results().map(found -> found.group()).toList();
  }

  /// The path with what there is, but for one name that may stand for something else.
  private String path(Router.Route route, String name, String value) {
    return NAME.matcher(route.pattern())
        .replaceAll(found -> {
          String one = found.group();
          String known = there.getOrDefault(one, OTHERS.getOrDefault(one, "bob"));
          return Matcher.quoteReplacement(one.equals(name) ? value : known);
        });
  }

  private void compare(Caller stranger, Router.Route route, String name, List<String> differing) {
    String mine = there.getOrDefault(name, "");
    String nothing = none.getOrDefault(name, "");
    String found = seen(stranger, route, path(route, name, mine), mine);
    String missed = seen(stranger, route, path(route, name, nothing), nothing);
    if (!found.equals(missed)) {
      differing.add("%s %s, %s:\n%s\n%s".formatted(stranger.id(), route, name, found, missed));
    }
  }

  private static String seen(Caller caller, Router.Route route, String path, String name) {
    String method = route.method();
    String body =
        FuzzTest.BODIES.getOrDefault(
            method + " " + route.pattern(), method.startsWith("P") ? "{}" : null);
    HttpResponse<String> answer = caller.exchange(method, path, body);
    var headers = new TreeMap<>(answer.headers().map());
    headers.keySet().removeAll(Set.of("date", "content-length"));
    headers.keySet().removeIf(one -> one.startsWith("ratelimit"));
    return answer.statusCode() + " " + headers + " " + answer.body().replace(name, "X");
  }

  /// What is not refused to those who may read a thing, and own nothing of it.
  private List<String> changed(List<Caller> strangers, List<Router.Route> routes) {
    var done = new ArrayList<String>();
    for (Router.Route route : routes) {
      String call = route.method() + " " + route.pattern();
      if (FOR_ALL.contains(call) || OWNED.stream().noneMatch(route.pattern()::contains)) {
        continue;
      }
      for (Caller stranger : strangers) {
        String body =
            FuzzTest.BODIES.getOrDefault(call, route.method().startsWith("P") ? "{}" : null);
        HttpResponse<String> answer = stranger.exchange(route.method(), path(route, "", ""), body);
        if (!Set.of(401, 403, 404).contains(answer.statusCode())) {
          done.add(stranger.id() + " " + call + " " + answer.statusCode() + " " + answer.body());
        }
      }
    }
    return done;
  }

  /// What those see who have a part in things; what the hub measures of open ones goes on changing.
  private Map<String, String> seenBy(List<Caller> parties, List<Router.Route> routes) {
    var all = new LinkedHashMap<String, String>();
    for (Router.Route route : routes) {
      if (!route.method().equals("GET") || names(route).stream().noneMatch(none::containsKey)) {
        continue;
      }
      for (Caller party : parties) {
        String path = path(route, "", "");
        HttpResponse<String> answer = party.exchange("GET", path, null);
        all.put(party.id() + " " + path, answer.statusCode() + " " + answer.body());
      }
    }
    return all;
  }
}
