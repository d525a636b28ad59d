package dev.meshkore.hub.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.TestHub;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// The ARD interface, as clients of a registry call it.
final class ArdRoutesTest {
  private TestHub hub;
  private Caller asker;

  @BeforeEach
  void start() {
    hub = TestHub.start(Map.of());
    asker = Caller.join(hub, "asker");
    says("lex", "Certified legal translator, Spanish to English", "translation");
    says("tom", "Translator of menus and signs", "translation");
    says("gpu", "GPU inference for open models", "inference");
    String server =
        "{\"server\":{\"name\":\"org.example/glossary\",\"version\":\"1\","
            + "\"description\":\"Glossaries for every translator\","
            + "\"remotes\":[{\"type\":\"sse\",\"url\":\"https://glossary.example.org/sse\"}]}}";
    asker.post(201, "/imports", server);
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  @Test
  void findsEntriesBestFirstWithScoresUpToAHundred() {
    JsonNode answer = search("{\"query\":{\"text\":\"legal translator\"},\"pageSize\":2}");
    JsonNode first = answer.path("results").path(0);
    assertThat(first.path("displayName").asString()).isEqualTo("lex");
    assertThat(first.path("type").asString()).isEqualTo("application/a2a-agent-card+json");
    assertThat(first.path("identifier").asString()).startsWith("urn:air:").endsWith(":lex");
    assertThat(first.path("source").asString()).isEqualTo(hub.url() + "/ard/");
    assertThat(first.path("score").asInt()).isBetween(1, 100);
    assertThat(answer.path("results")).hasSize(2);
    assertThat(answer.path("referrals").isArray()).isTrue();
    String token = answer.path("pageToken").asString();
    JsonNode next =
        search(
            "{\"query\":{\"text\":\"legal translator\"},\"pageSize\":2,\"pageToken\":\""
                + token
                + "\"}");
    assertThat(next.path("results")).isNotEmpty();
    assertThat(next.path("results").path(0)).isNotEqualTo(first);
  }

  @Test
  void filtersByAnyValueOfAKeyAndByEveryKey() {
    String types = "\"type\":[\"application/mcp-server-card+json\",\"nothing\"]";
    JsonNode answer = search("{\"query\":{\"text\":\"translator\",\"filter\":{" + types + "}}}");
    assertThat(answer.path("results")).hasSize(1);
    assertThat(answer.path("results").path(0).path("data").path("name").asString())
        .isEqualTo("org.example/glossary");
    String both = "{" + types + ",\"capabilities\":[\"translation\"]}";
    answer = search("{\"query\":{\"text\":\"translator\",\"filter\":" + both + "}}");
    assertThat(answer.path("results")).isEmpty();
  }

  @Test
  void countsWhatThereIsByFields() {
    String body =
        "{\"resultType\":{\"facets\":[{\"field\":\"capabilities\"},"
            + "{\"field\":\"type\",\"limit\":1}]}}";
    JsonNode facets = asker.post(200, "/ard/explore", body).path("facets");
    assertThat(facets.path("capabilities").path("buckets").path(0).toString())
        .isEqualTo("{\"value\":\"translation\",\"count\":2}");
    assertThat(facets.path("type").path("buckets")).hasSize(1);
    assertThat(facets.path("type").path("otherCount").asInt()).isEqualTo(1);
  }

  @Test
  void listsEntriesInPages() {
    JsonNode all = asker.get(200, "/ard/agents");
    assertThat(all.path("items")).hasSize(5);
    JsonNode page = asker.get(200, "/ard/agents?pageSize=2&orderBy=displayName");
    assertThat(page.path("items").path(0).path("displayName").asString()).isEqualTo("asker");
    String rest = "&pageToken=" + page.path("pageToken").asString();
    page = asker.get(200, "/ard/agents?pageSize=3&orderBy=displayName" + rest);
    assertThat(page.path("items").path(0).path("displayName").asString()).isEqualTo("lex");
    assertThat(page.path("items").path(1).path("data").path("version").asString()).isEqualTo("1");
    assertThat(page.has("pageToken")).isFalse();
    JsonNode some = asker.get(200, "/ard/agents?filter=capabilities%3Dinference");
    assertThat(some.path("items")).hasSize(1);
    assertThat(asker.get(200, "/ard/agents?filter=source%3D" + hub.url() + "/ard/").path("items"))
        .hasSize(5);
    asker.get(400, "/ard/agents?pageToken=4");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"query\":{}}",
        "{\"query\":{\"text\":\" \"}}",
        "{\"query\":{\"text\":\"x\",\"filter\":{\"a\":[{}]}}}",
        "{\"query\":{\"text\":\"x\"},\"pageSize\":101}",
        "{\"query\":{\"text\":\"x\"},\"pageToken\":\"-1\"}",
        "{\"query\":{\"text\":\"x\"},\"federation\":\"yes\"}"
      })
  void refusesWhatIsNoSearch(String body) {
    assertThat(asker.post(400, "/ard/search", body).path("type").asString())
        .isEqualTo("/problems/invalid-field");
  }

  @Test
  void tellsStrangersOnlyThatThereIsAHub() {
    Caller stranger = Caller.withoutKey(hub);
    stranger.post(401, "/ard/search", "{\"query\":{\"text\":\"x\"}}");
    JsonNode server = stranger.get(200, "/.well-known/mcp/server.json");
    assertThat(server.path("name").asString()).matches("[A-Za-z0-9.-]+/meshkore");
    assertThat(server.path("remotes").path(0).path("url").asString()).isEqualTo(hub.url() + "/mcp");
    assertThat(stranger.get(200, "/.well-known/ai-catalog.json").toString())
        .contains("application/ai-registry+json", "/ard")
        .doesNotContain("lex");
  }

  private JsonNode search(String body) {
    return asker.post(200, "/ard/search", body);
  }

  private void says(String id, String description, String capability) {
    Caller agent = Caller.join(hub, id);
    agent.call(
        200,
        "PATCH",
        "/profile",
        "{\"description\":\"" + description + "\",\"capabilities\":[\"" + capability + "\"]}");
  }
}
