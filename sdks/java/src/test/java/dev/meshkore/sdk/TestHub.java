package dev.meshkore.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.Hub;
import dev.meshkore.hub.HubConfig;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A real hub on a free port, and agents at it.
final class TestHub implements AutoCloseable {
  private final Hub hub;
  private final Path folder;
  private final List<MeshKoreAgent> agents = new ArrayList<>();

  private TestHub(Hub hub, Path folder) {
    this.hub = hub;
    this.folder = folder;
  }

  static TestHub start(Path folder) throws Exception {
    return start(folder, false);
  }

  /// A hub at which an unknown agent is made with the key it brings.
  static TestHub open(Path folder) throws Exception {
    return start(folder, true);
  }

  private static TestHub start(Path folder, boolean open) throws Exception {
    var settings =
        Map.of(
            "port",
            "0",
            "data",
            folder.resolve("hub").toString(),
            "rate-per-minute",
            "0",
            "open",
            Boolean.toString(open));
    return new TestHub(Hub.open(HubConfig.read(settings, Map.of())), folder);
  }

  URI url() {
    return URI.create(hub.url());
  }

  URI invite() {
    return URI.create(hub.newInvite("test"));
  }

  /// An invite for several agents.
  URI invite(int uses) throws Exception {
    return URI.create(
        asOperator("/invites", Json.object().put("max_uses", uses)).path("url").asString());
  }

  /// Gives an agent test credits.
  void deposit(MeshKoreAgent agent, String amount) throws Exception {
    ObjectNode body = Json.object().put("id", "d-" + agent.id()).put("agent_id", agent.id());
    assertThat(asOperator("/deposits", body.put("amount", amount)).path("state").asString(""))
        .isNotEmpty();
  }

  private JsonNode asOperator(String path, ObjectNode body) throws Exception {
    return post(path, hub.adminKey(), body);
  }

  /// What the hub answers to an agent's call.
  JsonNode call(MeshKoreAgent agent, String path, ObjectNode body) throws Exception {
    return post(path, agent.apiKey().orElseThrow(), body);
  }

  private JsonNode post(String path, String key, ObjectNode body) throws Exception {
    var request =
        HttpRequest.newBuilder(url().resolve(path))
            .header("Authorization", "Bearer " + key)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(Json.text(body)))
            .build();
    try (var http = HttpClient.newHttpClient()) {
      return Json.of(Json.read(http.send(request, BodyHandlers.ofString()).body()));
    }
  }

  /// An agent with pins of its own, and keys that are bound to its name.
  MeshKoreAgent agent(String id) {
    MeshKoreAgent agent = unbound(id);
    agent.bindKeys();
    return agent;
  }

  /// An agent with keys of which the hub does not know.
  MeshKoreAgent unbound(String id) {
    return kept(MeshKoreAgent.join(invite(), id, trust(id)));
  }

  MeshKoreAgent kept(MeshKoreAgent agent) {
    agents.add(agent);
    return agent;
  }

  /// The same agent in a later process.
  MeshKoreAgent again(MeshKoreAgent agent) {
    String apiKey = agent.apiKey().orElseThrow();
    return kept(MeshKoreAgent.of(url(), agent.id(), apiKey, trust(agent.id())));
  }

  /// The same agent without its keys.
  MeshKoreAgent plain(String id, MeshKoreAgent agent) {
    return kept(MeshKoreAgent.of(url(), id, agent.apiKey().orElseThrow()));
  }

  MeshKoreAgent.Trust trust(String id) {
    Path seed = folder.resolve(id + ".seed");
    return new MeshKoreAgent.Trust(Keys.open(seed), pins(id));
  }

  Pins pins(String id) {
    return Pins.open(folder.resolve(id + ".pins"), url());
  }

  static Keys strangersKeys() {
    byte[] seed = new byte[32];
    new SecureRandom().nextBytes(seed);
    return Keys.ofSeed(seed);
  }

  @Override
  public void close() {
    agents.forEach(MeshKoreAgent::close);
    hub.close();
  }
}
