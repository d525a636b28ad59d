package dev.meshkore.hub.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.TestHub;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Whoever may not see a thing learns not even that it is there: what there is not and what is
/// another's is answered with the same bytes and headers.
final class EnumerationTest {
  private static final String NOBODYS_RUN = "11111111-2222-4333-8444-555555555555";

  private TestHub hub;
  private Caller alice;
  private Caller eve;
  private Caller owner;
  private Caller otherOwner;

  @BeforeEach
  void begin() {
    hub = TestHub.start(Map.of());
    alice = Caller.join(hub, "alice");
    Caller.join(hub, "bob");
    eve = Caller.join(hub, "eve");
    owner = owner("Ada");
    otherOwner = owner("Eve");
  }

  @AfterEach
  void end() {
    hub.close();
  }

  private Caller owner(String name) {
    JsonNode made = Caller.admin(hub).post(201, "/owners", "{\"name\":\"" + name + "\"}");
    return Caller.of(hub, made.get("owner_id").stringValue(), made.get("api_key").stringValue());
  }

  @Test
  void messagesChannelsTasksAndRunsOfOthersAreLikeNone() {
    String run = "607205e5-0d4f-4f0a-9be5-6d9d0a1f2a3b";
    alice.post(201, "/send", "{\"to\":\"bob\",\"id\":\"secret-1\",\"payload\":1}");
    alice.post(201, "/send", "{\"to\":\"bob\",\"id\":\"" + run + "\",\"payload\":1}");
    alice.post(
        201,
        "/channels",
        "{\"channel_id\":\"room\",\"visibility\":\"private\",\"members\":[\"bob\"]}");
    alice.post(201, "/channels/room/send", "{\"id\":\"c1\",\"payload\":1}");
    String task = task();
    var differing = new ArrayList<String>();
    String member = "{\"agent_id\":\"bob\"}";
    for (List<String> ask :
        List.of(
            List.of("GET", "/receipts/%s", "bob:1", "bob:1000"),
            List.of("GET", "/receipts/%s", "secret-1", "secret-9"),
            List.of("DELETE", "/messages/%s", "bob:1", "bob:1000"),
            List.of("DELETE", "/messages/%s", "secret-1", "secret-9"),
            List.of("GET", "/channels/%s", "room", "none"),
            List.of("GET", "/channels/%s/members", "room", "none"),
            List.of("GET", "/channels/%s/history", "room", "none"),
            List.of("POST", "/channels/%s/join", "room", "none"),
            List.of("POST", "/channels/%s/leave", "room", "none"),
            List.of("POST", "/channels/%s/send", "room", "none", "{\"payload\":1}"),
            List.of("POST", "/channels/%s/members", "room", "none", member),
            List.of("DELETE", "/channels/%s/members/bob", "room", "none"),
            List.of("PUT", "/channels/%s/policy", "room", "none", "{\"post\":\"member\"}"),
            List.of("GET", "/agents/bob/a2a/tasks/%s", task, "none"),
            List.of("POST", "/agents/bob/a2a/tasks/%s:cancel", task, "none"),
            List.of("GET", "/agents/bob/a2a/tasks/%s/pushNotificationConfigs", task, "none"),
            List.of("GET", "/acp/runs/%s", run, NOBODYS_RUN),
            List.of("GET", "/acp/runs/%s/events", run, NOBODYS_RUN),
            List.of("POST", "/acp/runs/%s/cancel", run, NOBODYS_RUN))) {
      compare(eve, ask, differing);
    }
    assertThat(differing).isEmpty();
  }

  @Test
  void whatBelongsToAnotherOwnerIsLikeNothing() {
    JsonNode invite = owner.post(201, "/invites", "{}");
    String url = invite.get("url").stringValue();
    String path = url.substring(url.indexOf("/join/"));
    Caller.withoutKey(hub).post(201, path, "{\"agent_id\":\"held\"}");
    String mandate =
        owner
            .post(201, "/mandates", "{\"agent_id\":\"held\",\"calls\":[\"profile\"]}")
            .get("mandate_id")
            .stringValue();
    String asked = "{\"method\":\"dns\",\"domain\":\"example.com\"}";
    String verification =
        owner.post(201, "/verifications", asked).get("verification_id").stringValue();
    var differing = new ArrayList<String>();
    String body = "{\"scope\":\"agent:%s\"}";
    for (List<String> ask :
        List.of(
            List.of("GET", "/mandates/%s", mandate, "mnd_nothing"),
            List.of("DELETE", "/mandates/%s", mandate, "mnd_nothing"),
            List.of("GET", "/verifications/%s", verification, "vrf_nothing"),
            List.of("DELETE", "/verifications/%s", verification, "vrf_nothing"),
            List.of("POST", "/verifications/%s/check", verification, "vrf_nothing"),
            List.of("GET", "/holds/%s", "held", "nobody"),
            List.of("DELETE", "/owners/me/agents/%s", "held", "nobody"),
            List.of("POST", "/owners/me/agents/%s/recover", "held", "nobody"),
            List.of("POST", "/stop", "held", "nobody", body),
            List.of("POST", "/resume", "held", "nobody", body))) {
      compare(otherOwner, ask, differing);
      if (!ask.get(1).startsWith("/holds") && ask.size() == 4 && !ask.get(1).contains("owners")) {
        compare(eve, ask, differing);
      }
    }
    assertThat(differing).isEmpty();
  }

  /// A task that alice has given to bob.
  private String task() {
    String message =
        "{\"message\":{\"messageId\":\"m1\",\"role\":\"ROLE_USER\",\"parts\":[{\"text\":\"hi\"}]},"
            + "\"configuration\":{\"returnImmediately\":true}}";
    String rpc =
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"message/send\",\"params\":"
            + message.replace("ROLE_USER", "user")
            + "}";
    JsonNode answer =
        alice.post(
            200,
            "/agents/bob/a2a",
            rpc.replace("\"returnImmediately\":true", "\"blocking\":false"));
    return answer.get("result").get("id").stringValue();
  }

  /// Asks for what there is and for what there is not; names in the answers stand for themselves.
  private static void compare(Caller caller, List<String> ask, List<String> differing) {
    String there = seen(caller, ask, ask.get(2));
    String notThere = seen(caller, ask, ask.get(3));
    if (!there.equals(notThere) || there.startsWith("2")) {
      differing.add(caller.id() + " " + ask + "\n" + there + "\n" + notThere);
    }
  }

  private static String seen(Caller caller, List<String> ask, String name) {
    String body = ask.size() > 4 ? ask.get(4).replace("%s", name) : null;
    HttpResponse<String> answer =
        caller.exchange(ask.getFirst(), ask.get(1).replace("%s", name), body);
    var headers = new TreeMap<>(answer.headers().map());
    headers.remove("date");
    headers.remove("content-length");
    return answer.statusCode() + " " + headers + " " + answer.body().replace(name, "X");
  }
}
