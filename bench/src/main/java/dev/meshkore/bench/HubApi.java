package dev.meshkore.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The calls that prepare a hub for a measurement; few of them are measured.
final class HubApi implements AutoCloseable {
  private static final int JOINS_AT_ONCE = 32;
  private static final int INVITE_USES = 10_000;
  private static final int FIRST_MEMBERS = 1_000;
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final JsonMapper json = new JsonMapper();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(PATIENCE).build();
  private final URI base;
  private final String adminKey;

  HubApi(URI base, String adminKey) {
    this.base = base;
    this.adminKey = adminKey;
  }

  /// Makes agents, many at once.
  Roster join(String prefix, int count) throws InterruptedException {
    return new Roster(
        prefix, join(count, i -> newcomer().put("agent_id", Roster.agentId(prefix, i))));
  }

  /// Makes agents with these descriptions, by their ids, many at once.
  List<Credentials> join(Map<String, String> descriptions) throws InterruptedException {
    List<String> ids = List.copyOf(descriptions.keySet());
    return join(
        ids.size(),
        i ->
            newcomer()
                .put("agent_id", ids.get(i))
                .put("description", descriptions.get(ids.get(i))));
  }

  private ObjectNode newcomer() {
    return json.createObjectNode();
  }

  private List<Credentials> join(int count, IntFunction<ObjectNode> newcomers)
      throws InterruptedException {
    List<Credentials> members = new ArrayList<>();
    try (ExecutorService workers =
        Executors.newFixedThreadPool(JOINS_AT_ONCE, Thread.ofVirtual().factory())) {
      for (int first = 0; first < count; first += INVITE_USES) {
        String nonce = invite();
        List<Future<Credentials>> joins = new ArrayList<>();
        for (int i = first; i < Math.min(count, first + INVITE_USES); i++) {
          ObjectNode newcomer = newcomers.apply(i);
          joins.add(workers.submit(() -> join(nonce, newcomer)));
        }
        for (Future<Credentials> join : joins) {
          members.add(join.get());
        }
      }
    } catch (ExecutionException e) {
      throw new BenchFailure("an agent could not join: " + BenchFailure.causeOf(e), e);
    }
    return members;
  }

  private String invite() throws InterruptedException {
    String body = "{\"max_uses\":" + INVITE_USES + "}";
    JsonNode answer = call("POST", "/invites", adminKey, body);
    String url = answer.path("url").asString("");
    return url.substring(url.lastIndexOf('/') + 1);
  }

  private Credentials join(String nonce, ObjectNode newcomer) throws InterruptedException {
    JsonNode answer = call("POST", "/join/" + nonce, "", newcomer.toString());
    return new Credentials(
        newcomer.path("agent_id").asString(),
        answer.path("api_key").asString(),
        answer.path("token").asString());
  }

  /// Makes agents that one owner holds, each with a mandate of these limits.
  List<Credentials> joinOwned(String prefix, int count, String limits) throws InterruptedException {
    String key =
        call("POST", "/owners", adminKey, "{\"name\":\"Bench\"}").path("api_key").asString();
    var members = new ArrayList<Credentials>();
    for (int i = 0; i < count; i++) {
      String id = Roster.agentId(prefix, i);
      String url = call("POST", "/invites", key, "{}").path("url").asString("");
      String nonce = url.substring(url.lastIndexOf('/') + 1);
      members.add(join(nonce, newcomer().put("agent_id", id)));
      call("POST", "/mandates", key, "{\"agent_id\":\"" + id + "\"," + limits + "}");
    }
    return members;
  }

  /// Puts test credits into an agent's account.
  void deposit(Credentials agent, long atoms) throws InterruptedException {
    ObjectNode body = json.createObjectNode().put("id", agent.agentId()).put("atoms", atoms);
    call("POST", "/deposits", adminKey, body.put("agent_id", agent.agentId()).toString());
  }

  /// What an agent says to those who pay it by x402.
  JsonNode payTo(Credentials agent) throws InterruptedException {
    return call("GET", "/wallet/x402", agent.token(), "");
  }

  /// What an agent may pay now, in atoms.
  long available(Credentials agent) throws InterruptedException {
    JsonNode balances = call("GET", "/wallet", agent.token(), "").path("balances");
    return balances.path(0).path("available_atoms").asLong(0);
  }

  /// Fails where the sums of accounts are not those of their transfers.
  void checkBooks() throws InterruptedException {
    JsonNode found = call("GET", "/ledger", adminKey, "").path("differences");
    if (!found.isEmpty()) {
      throw new BenchFailure("the books differ: " + found);
    }
  }

  /// Changes what an agent says of itself.
  void profile(Credentials agent, ObjectNode change) throws InterruptedException {
    call("PATCH", "/profile", agent.token(), change.toString());
  }

  /// Asks for agents.
  JsonNode discover(ObjectNode wish) throws InterruptedException {
    return call("POST", "/discover", adminKey, wish.toString());
  }

  /// Makes a channel of which all in the roster are members; the first one owns it.
  void channel(String channelId, Roster roster) throws InterruptedException {
    Credentials owner = roster.members().getFirst();
    List<Credentials> others = roster.members().subList(1, roster.members().size());
    int first = Math.min(FIRST_MEMBERS, others.size());
    ObjectNode draft = json.createObjectNode().put("channel_id", channelId);
    ArrayNode members = draft.putArray("members");
    others.subList(0, first).forEach(member -> members.add(member.agentId()));
    call("POST", "/channels", owner.token(), draft.toString());
    for (Credentials member : others.subList(first, others.size())) {
      String body = "{\"agent_id\":\"" + member.agentId() + "\"}";
      call("POST", "/channels/" + channelId + "/members", owner.token(), body);
    }
  }

  /// Binds a key to an agent.
  void bindKey(Credentials agent, String type, String key, UnaryOperator<String> signer)
      throws InterruptedException {
    String challenge =
        call("POST", "/keys/challenge", agent.token(), "").path("challenge").asString();
    ObjectNode body = json.createObjectNode().put("type", type).put("public_key", key);
    body.put("challenge", challenge).put("signature", signer.apply(challenge));
    call("POST", "/keys", agent.apiKey(), body.toString());
  }

  /// Polls an inbox and returns the bytes of the answer.
  byte[] poll(Credentials agent, String query) throws InterruptedException {
    return get("/messages" + query, "Authorization", "Bearer " + agent.token());
  }

  /// Reads what is there for everybody.
  byte[] get(String path) throws InterruptedException {
    return get(path, "Accept", "*/*");
  }

  private byte[] get(String path, String header, String value) throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(base.resolve(path)).header(header, value).timeout(PATIENCE).build();
    String what = path.contains("?") ? path.substring(0, path.indexOf('?')) : path;
    try {
      HttpResponse<byte[]> answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
      if (answer.statusCode() != 200) {
        throw new BenchFailure("GET " + what + " answered " + answer.statusCode());
      }
      return answer.body();
    } catch (IOException e) {
      throw new BenchFailure("GET " + what + " failed: " + e, e);
    }
  }

  /// Calls a tool without arguments and returns the bytes of the answer.
  byte[] tool(Credentials agent, String name) throws InterruptedException {
    String body =
        """
        {"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"%s","arguments":{}}}\
        """
            .formatted(name);
    return post(agent, "/mcp", body);
  }

  /// Asks as Claude Code does at a prompt of a new session.
  byte[] hook(Credentials agent, int session) throws InterruptedException {
    String body =
        """
        {"hook_event_name":"UserPromptSubmit","session_id":"s%d","prompt":"hello"}\
        """
            .formatted(session);
    return post(agent, "/hooks/claude", body);
  }

  private byte[] post(Credentials agent, String path, String body) throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(base.resolve(path))
            .header("Authorization", "Bearer " + agent.token())
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .timeout(PATIENCE)
            .build();
    try {
      HttpResponse<byte[]> answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
      if (answer.statusCode() != 200) {
        throw new BenchFailure("POST " + path + " answered " + answer.statusCode());
      }
      return answer.body();
    } catch (IOException e) {
      throw new BenchFailure("POST " + path + " failed: " + e, e);
    }
  }

  private JsonNode call(String method, String path, String credential, String body)
      throws InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(base.resolve(path))
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .header("Content-Type", "application/json")
            .timeout(PATIENCE);
    if (!credential.isEmpty()) {
      request.header("Authorization", "Bearer " + credential);
    }
    String shown = path.startsWith("/join/") ? "/join/{nonce}" : path;
    try {
      HttpResponse<String> answer =
          client.send(request.build(), HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() / 100 != 2) {
        throw new BenchFailure(
            method + " " + shown + " answered " + answer.statusCode() + ": " + answer.body());
      }
      return json.readTree(answer.body().isEmpty() ? "{}" : answer.body());
    } catch (IOException e) {
      throw new BenchFailure(method + " " + shown + " failed: " + e, e);
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
