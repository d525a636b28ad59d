package dev.meshkore.hub.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.TestDatabase;
import dev.meshkore.hub.testing.TestHub;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A hub with four agents, of which bob answers A2A tasks, carol is left in peace and dave may lose
/// his key; what it logs as an error is kept.
final class FuzzedHub implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();

  /// A message that is a run of ACP as well.
  private static final String RUN = "607205e5-0d4f-4f0a-9be5-6d9d0a1f2a3b";

  /// Routes after which a credential is good no more.
  static final Set<String> FORGOING = Set.of("/keys/api-key", "/agents/{agent_id}/credentials");

  static final String KEY = "72d224e6da86d5055f1d0c9463a4907df17dc86118494fc0be0041bc7ca5c459";

  private final TestHub hub;
  private final HttpClient client = HttpClient.newHttpClient();
  private final String nonce;
  private final String alice;
  private final String bob;
  private final String carol;
  private final String owner;
  private final String dave;
  private final String service;
  private final String wanted;
  private final String negotiation;
  private final String feed;
  private final String transfer;
  private final String job;
  private final String called;
  private final PaidBodies paid;
  private final Thread answering;
  private final Errors errors = new Errors();

  private FuzzedHub(TestHub hub) throws IOException {
    this.hub = hub;
    String invite = hub.invite();
    this.nonce = invite.substring(invite.lastIndexOf('/') + 1);
    this.alice = join("alice");
    this.bob = join("bob");
    this.carol = join("carol");
    JsonNode made = post("/owners", "{\"name\":\"Ada\"}", hub.adminKey());
    this.owner = made.get("api_key").stringValue();
    this.dave = join("dave");
    post("/channels", "{\"channel_id\":\"room\",\"members\":[\"bob\"]}", alice);
    post("/send", "{\"to\":\"bob\",\"id\":\"" + RUN + "\",\"payload\":1}", alice);
    String money = "\"price\":{\"asset\":\"EUR\",\"atoms\":1%s}";
    String each = money.replace("EUR", "CREDIT").formatted(",\"unit\":\"call\"");
    String sold = "{\"name\":\"n\",\"description\":\"d\"," + each + "}";
    this.service = post("/services", sold, bob).get("service_id").stringValue();
    this.wanted = post("/requests", "{\"title\":\"t\"}", bob).get("request_id").stringValue();
    String put = "{\"with\":\"bob\",\"terms\":{\"subject\":\"s\"," + money.formatted("") + "}}";
    this.negotiation = post("/negotiations", put, alice).get("negotiation_id").stringValue();
    String credits = "{\"id\":\"d\",\"agent_id\":\"alice\",\"atoms\":1000000}";
    post("/deposits", credits, hub.adminKey());
    post("/deposits", credits.replace("\"d\"", "\"e\"").replace("alice", "bob"), hub.adminKey());
    String hold = "{\"id\":\"h\",\"to\":\"bob\",\"atoms\":9,\"hold_seconds\":60}";
    this.transfer = post("/wallet/transfers", hold, alice).get("transfer_id").stringValue();
    String work = "{\"provider\":\"bob\",\"subject\":\"s\",\"atoms\":100}";
    this.job = post("/jobs", work, alice).get("job_id").stringValue();
    this.feed = post("/feeds", "{\"query\":\"n\"}", alice).get("feed_id").stringValue();
    this.called = call(post("/services", sold, alice).get("service_id").stringValue());
    this.paid = new PaidBodies(hub, Caller.of(hub, "alice", alice), service);
    Logger.getLogger("dev.meshkore").addHandler(errors);
    this.answering = Thread.startVirtualThread(this::answerTasks);
  }

  /// A call of a service of alice's that waits for her answer.
  private String call(String service) throws IOException {
    String body = "{\"id\":\"c\",\"service_id\":\"" + service + "\",\"max\":{\"atoms\":9}}";
    HttpRequest.Builder request = request("/calls?wait=0", bob);
    return send(request.POST(HttpRequest.BodyPublishers.ofString(body)), 202)
        .get("call_id")
        .stringValue();
  }

  private void answerTasks() {
    long after = 0;
    while (!Thread.currentThread().isInterrupted()) {
      try {
        JsonNode page = send(request("/messages?wait=5&after=" + after, bob).GET(), 200);
        after = page.get("after").longValue();
        for (JsonNode message : page.get("messages")) {
          JsonNode thread = message.get("thread");
          if (thread != null && thread.stringValue().startsWith("a2a-")) {
            answerTask("{\"to\":\"alice\",\"thread\":" + thread + ",\"payload\":\"done\"}");
          }
          JsonNode notice = message.path("payload");
          if (notice.path("notice").asString("").equals("call")) {
            answer(notice.path("call_id").asString(""));
          }
        }
      } catch (IOException _) {
        return;
      }
    }
  }

  /// Answers a task of alice's, who may have been made to take nothing from bob: without the answer
  /// she would wait for it longer than a question may take.
  private void answerTask(String body) {
    Caller ofBob = Caller.of(hub, "bob", bob);
    if (ofBob.exchange("POST", "/send", body).statusCode() == 403) {
      Caller ofAlice = Caller.of(hub, "alice", alice);
      ofAlice.exchange("PUT", "/contacts/policy", "{\"policy\":\"open\"}");
      ofAlice.exchange("DELETE", "/blocks/bob", null);
      ofAlice.exchange("POST", "/contacts/bob", "{}");
      ofBob.exchange("POST", "/send", body);
    }
  }

  /// Answers a call or declines it; one that is answered already stays so.
  private void answer(String call) {
    boolean isKind = call.hashCode() % 4 != 0;
    Caller.of(hub, "bob", bob)
        .exchange(
            "POST",
            "/calls/" + call + "/answer",
            isKind ? "{\"output\":[\"hi\"]}" : "{\"declined\":\"not today\"}");
  }

  static FuzzedHub start(DatabaseUrl url) throws IOException {
    return new FuzzedHub(
        TestHub.start(
            switch (url) {
              case DatabaseUrl.SqliteFile _ -> Map.of();
              case DatabaseUrl.PostgresqlServer server ->
                  Map.of("database", TestDatabase.setting(server));
            }));
  }

  Set<Router.Route> routes() {
    return hub.hub().router().routes();
  }

  RawHttp raw() {
    return new RawHttp(URI.create(hub.url()).getPort());
  }

  PaidBodies paid() {
    return paid;
  }

  TestHub hub() {
    return hub;
  }

  String alice() {
    return alice;
  }

  String owner() {
    return owner;
  }

  /// The header of an agent whom nobody misses.
  String forgoing() {
    return "Authorization: Bearer " + dave + "\r\n";
  }

  String adminKey() {
    return hub.adminKey();
  }

  /// A value that exists for a name in a route.
  String known(String name) {
    return switch (name) {
      case "{channel_id}" -> "room";
      case "{message_id}" -> "k1";
      case "{other}" -> "carol";
      case "{scope}" -> "thread:t";
      case "{task}", "{approval_id}" -> "nope";
      case "{config}" -> "c1";
      case "{nonce}" -> nonce;
      case "{import_id}" -> "imp_nothing";
      case "{client}" -> "claude";
      case "{owner_id}" -> "own_nobody";
      case "{mandate_id}" -> "mnd_nothing";
      case "{verification_id}" -> "vrf_nothing";
      case "{public_key}" -> KEY;
      case "{service_id}" -> service;
      case "{request_id}" -> wanted;
      case "{negotiation_id}" -> negotiation;
      case "{offer_id}" -> "off_nothing";
      case "{feed_id}" -> feed;
      case "{transfer_id}" -> transfer;
      case "{job_id}" -> job;
      case "{call_id}" -> called;
      case "{batch_id}" -> "b1";
      case "{run_id}" -> RUN;
      case "{level}", "{index}" -> "0";
      case "{a}" -> "000.p";
      case "{b}" -> "1";
      case "{c}", "{d}", "{e}" -> "000";
      default -> "bob";
    };
  }

  String sendToCarol(int number) throws IOException {
    String payload = "{\"n\":" + number + "}";
    JsonNode sent = post("/send", "{\"to\":\"carol\",\"payload\":" + payload + "}", alice);
    return sent.get("id").stringValue();
  }

  /// Ids of what alice sent and carol can read, in order. The hub tells her of requests, too.
  List<String> inboxOfCarol() throws IOException {
    var ids = new ArrayList<String>();
    long after = 0;
    boolean more = true;
    while (more) {
      JsonNode page = send(request("/messages?limit=1000&after=" + after, carol).GET(), 200);
      for (JsonNode message : page.get("messages")) {
        String from = message.get("from").stringValue();
        assertThat(from).isIn("alice", "hub");
        if (from.equals("alice")) {
          ids.add(message.get("id").stringValue());
        }
      }
      after = page.get("after").longValue();
      more = page.get("more").booleanValue();
    }
    return ids;
  }

  List<String> errors() {
    return errors.messages;
  }

  @Override
  public void close() {
    answering.interrupt();
    Logger.getLogger("dev.meshkore").removeHandler(errors);
    client.close();
    hub.close();
  }

  private String join(String name) throws IOException {
    JsonNode joined = post("/join/" + nonce, "{\"agent_id\":\"" + name + "\"}", "");
    return joined.get("api_key").stringValue();
  }

  private JsonNode post(String path, String body, String key) throws IOException {
    return send(request(path, key).POST(HttpRequest.BodyPublishers.ofString(body)), 201);
  }

  private HttpRequest.Builder request(String path, String key) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(hub.url() + path));
    return key.isEmpty() ? request : request.header("Authorization", "Bearer " + key);
  }

  private JsonNode send(HttpRequest.Builder request, int status) throws IOException {
    try {
      HttpResponse<String> answer =
          client.send(request.build(), HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
      return JSON.readTree(answer.body());
    } catch (InterruptedException failure) {
      Thread.currentThread().interrupt();
      throw new IOException(failure);
    }
  }

  private static final class Errors extends Handler {
    private final List<String> messages = new CopyOnWriteArrayList<>();

    @Override
    public void publish(LogRecord line) {
      if (line.getLevel().intValue() >= Level.SEVERE.intValue()) {
        messages.add(line.getMessage() + " " + line.getThrown());
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
