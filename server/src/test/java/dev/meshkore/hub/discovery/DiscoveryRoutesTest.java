package dev.meshkore.hub.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.TestHub;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class DiscoveryRoutesTest {
  private static final JsonMapper JSON = new JsonMapper();

  private final HttpClient client = HttpClient.newHttpClient();
  private TestHub hub;

  @BeforeEach
  void open() {
    hub = TestHub.start(Map.of());
  }

  @AfterEach
  void close() {
    hub.close();
    client.close();
  }

  private String join(String body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(hub.invite()))
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    return json(201, send(request)).get("api_key").stringValue();
  }

  @Test
  void answersAgentsAsTheContractSays() throws Exception {
    String key = join("{\"agent_id\":\"alice\",\"description\":\"Translates.\"}");
    join("{\"agent_id\":\"bob\",\"capabilities\":[\"code-review\"]}");
    assertThat(json(200, get("/agents", key)).get("agents")).isEmpty();
    json(200, get("/messages", key));
    JsonNode here = json(200, get("/agents", key));
    assertThat(here.get("next").isNull()).isTrue();
    JsonNode alice = here.get("agents").get(0);
    assertThat(alice.propertyNames())
        .containsExactly(
            "agent_id",
            "description",
            "capabilities",
            "status",
            "online",
            "last_seen",
            "joined_at",
            "keys",
            "trust");
    assertThat(alice.get("online").booleanValue()).isTrue();
    assertThat(json(200, get("/agents/alice", hub.adminKey()))).isEqualTo(alice);
    JsonNode found = json(200, get("/agents?q=reviewing+code&status=all", key));
    assertThat(found.get("agents").get(0).get("agent_id").stringValue()).isEqualTo("bob");
    assertThat(found.get("agents").get(0).get("online").booleanValue()).isFalse();
    JsonNode first = json(200, get("/agents?status=all&limit=1", key));
    String cursor = first.get("next").stringValue();
    JsonNode second = json(200, get("/agents?status=all&limit=1&cursor=" + cursor, key));
    assertThat(second.get("agents").get(0).get("agent_id").stringValue()).isEqualTo("bob");
    assertThat(second.get("next").isNull()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "q,''",
    "status,''",
    "status,Online",
    "capability,''",
    "capability,-a",
    "cursor,x",
    "cursor,''",
    "cursor,Kjo",
    "limit,0",
    "limit,201"
  })
  void refusesWhatIsNotInTheContract(String field, String value) throws Exception {
    HttpResponse<String> answer = get("/agents?" + field + "=" + value, hub.adminKey());
    JsonNode problem = json(400, answer);
    assertThat(problem.get("type").stringValue()).isEqualTo("/problems/invalid-field");
    assertThat(problem.get("field").stringValue()).isEqualTo(field);
  }

  @Test
  void wordsHaveALimitInCharacters() throws Exception {
    String key = hub.adminKey();
    assertThat(get("/agents?q=" + encoded("\ud83d\ude42".repeat(400)), key).statusCode())
        .isEqualTo(200);
    assertThat(get("/agents?q=" + "a".repeat(401), key).statusCode()).isEqualTo(400);
    assertThat(get("/agents?q=" + "a".repeat(65_536), key).statusCode()).isEqualTo(414);
  }

  @Test
  void aCursorOfOneListIsNoneOfTheOther() throws Exception {
    String key = join("{\"agent_id\":\"alice\",\"description\":\"Paints.\"}");
    join("{\"agent_id\":\"bob\",\"description\":\"Paints.\"}");
    String byId = json(200, get("/agents?status=all&limit=1", key)).get("next").stringValue();
    String byWords =
        json(200, get("/agents?status=all&limit=1&q=paint", key)).get("next").stringValue();
    json(400, get("/agents?status=all&q=paint&cursor=" + byId, key));
    json(400, get("/agents?status=all&cursor=" + byWords, key));
    json(200, get("/agents?status=all&q=paint&cursor=" + byWords, key));
  }

  @ParameterizedTest
  @ValueSource(strings = {"nobody", "Bob", "a%2Fb", "%00", "%F0%9F%99%82", "admin", "bob%E2%80%AE"})
  void whatNamesNobodyIsUnknown(String id) throws Exception {
    JsonNode problem = json(404, get("/agents/" + id, hub.adminKey()));
    assertThat(problem.get("type").stringValue()).isEqualTo("/problems/unknown-agent");
  }

  @Test
  void nothingIsAtAnEmptyName() throws Exception {
    JsonNode problem = json(404, get("/agents/", hub.adminKey()));
    assertThat(problem.get("type").stringValue()).isEqualTo("about:blank");
  }

  @Test
  void strangersSeeNobody() throws Exception {
    assertThat(get("/agents", "").statusCode()).isEqualTo(401);
    assertThat(get("/agents/alice", "").statusCode()).isEqualTo(401);
  }

  private HttpResponse<String> get(String path, String credential) throws Exception {
    var request = HttpRequest.newBuilder(URI.create(hub.url() + path));
    if (!credential.isEmpty()) {
      request.header("Authorization", "Bearer " + credential);
    }
    return send(request.build());
  }

  private HttpResponse<String> send(HttpRequest request) throws Exception {
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static JsonNode json(int status, HttpResponse<String> response) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    return JSON.readTree(response.body());
  }
}
