package dev.meshkore.hub.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.http.HttpEdge;
import dev.meshkore.hub.http.Metrics;
import dev.meshkore.hub.http.Response;
import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.store.DatabaseUrl;
import java.io.IOException;
import java.net.BindException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class IdentityRoutesTest {
  private static final JsonMapper JSON = new JsonMapper();

  @TempDir private Path folder;
  private final HttpClient client = HttpClient.newHttpClient();
  private Hub hub;
  private HttpEdge edge;
  private String admin;
  private int port;

  @BeforeEach
  void open() throws BindException {
    hub = new Hub(new DatabaseUrl.SqliteFile(folder.resolve("hub.db")), false);
    AdminKey adminKey = AdminKey.openOrMake(folder, hub.random);
    admin = adminKey.value();
    edge = new HttpEdge(262_144, new Metrics(), hub.time, () -> 0L);
    port = edge.listen(router(adminKey, false), "127.0.0.1", 0);
  }

  @AfterEach
  void close() {
    edge.close();
    hub.close();
    client.close();
  }

  private Router router(AdminKey adminKey, boolean agentsMayInvite) {
    var callers =
        new Callers(
            hub.tokens, hub.agents, adminKey, hub.revocations, hub.signed, Callers.OwnerKeys.NONE);
    var guide = new JoinGuide(() -> Hub.URL, new JoinGuide.Limits(262_144, 60, 61));
    var router = new Router();
    new IdentityRoutes(
            callers,
            hub.admission,
            hub.invites,
            hub.agents,
            hub.keys,
            guide,
            new SignedJoins(hub.signed, hub.agentKeys),
            _ -> true,
            agentsMayInvite)
        .addTo(router);
    router.get(
        "/whoami", callers.any((_, caller) -> Response.text(200, "text/plain", caller.toString())));
    return router;
  }

  @Test
  void fromAnInviteToAProfile() throws Exception {
    JsonNode invite = json(201, post("/invites", "{\"max_uses\":2,\"label\":\"team\"}", admin));
    assertThat(invite.get("url").stringValue()).matches(Hub.URL + "/join/[A-Za-z0-9_-]{22}");
    assertThat(invite.get("expires_at").stringValue()).isEqualTo("2026-11-22T14:30:00.123Z");
    String join = invite.get("url").stringValue().substring(Hub.URL.length());
    String draft =
        """
        {"agent_id":"bob","capabilities":["java"],
         "public_key":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
        """;
    JsonNode joined = json(201, post(join, draft, ""));
    assertThat(joined.get("inbox_after").intValue()).isZero();
    assertThat(joined.get("hub").stringValue()).isEqualTo(Hub.URL);
    String key = joined.get("api_key").stringValue();
    String token = joined.get("token").stringValue();
    assertThat(key).matches("mk_[A-Za-z0-9_-]{43}");
    for (String credential : new String[] {key, token}) {
      JsonNode profile = json(200, get("/profile", credential));
      assertThat(profile.get("agent_id").stringValue()).isEqualTo("bob");
      assertThat(profile.get("description").stringValue()).isEmpty();
      assertThat(profile.get("online").booleanValue()).isTrue();
    }
    JsonNode changed =
        json(200, send("PATCH", "/profile", "{\"status\":\"away\"}", Map.of(), token));
    assertThat(changed.get("status").stringValue()).isEqualTo("away");
    assertThat(changed.get("capabilities").get(0).stringValue()).isEqualTo("java");
    String registration = "{\"agent_id\":\"bob\",\"api_key\":\"" + key + "\"}";
    assertThat(json(200, post("/register", registration, "")).get("token").isString()).isTrue();
    problem(409, "agent-exists", post(join, draft, ""));
    JsonNode listed = json(200, get("/invites", admin)).get("invites").get(0);
    assertThat(listed.get("uses").intValue()).isEqualTo(1);
    assertThat(listed.get("label").stringValue()).isEqualTo("team");
    assertThat(listed.has("url")).isFalse();
    String path = "/invites/" + invite.get("invite_id").stringValue();
    assertThat(send("DELETE", path, "", Map.of(), admin).statusCode()).isEqualTo(204);
    problem(404, "unknown-invite", send("DELETE", path, "", Map.of(), admin));
    problem(404, "unknown-invite", get(join, ""));
  }

  @Test
  void theWrongKindOfCallerIsNotAllowed() throws Exception {
    String token = joined("bob").token().value();
    problem(403, "not-allowed", get("/profile", admin));
    problem(403, "not-allowed", get("/invites", token));
    problem(403, "not-allowed", post("/invites", "{}", token));
    assertThat(get("/whoami", admin).body()).isEqualTo("Admin[]");
    assertThat(get("/whoami", token).body())
        .isEqualTo("OfAgent[number=1, id=bob, proof=Proof[way=TOKEN, epoch=0, key=]]");
  }

  @Test
  void whoeverCannotBeKnownIsRefused() throws Exception {
    Admission.Joined bob = joined("bob");
    String good = "Bearer " + bob.apiKey();
    for (String value :
        new String[] {
          "",
          "Bearer",
          "Bearer ",
          "Basic " + bob.apiKey(),
          bob.apiKey(),
          good + "x",
          good + " x",
          "Bearer mk_",
          "Bearer mka_" + "A".repeat(43),
          "Bearer Bearer " + bob.apiKey(),
          good + ", " + good
        }) {
      problem(401, "unauthenticated", send(request("/profile").header("Authorization", value)));
    }
    problem(401, "unauthenticated", send(request("/profile")));
    problem(
        401,
        "unauthenticated",
        send(request("/profile").header("Authorization", good).header("Authorization", good)));
    HttpRequest.Builder lower =
        request("/profile").header("authorization", "bearer " + bob.apiKey());
    assertThat(send(lower).statusCode()).isEqualTo(200);
    problem(401, "unauthenticated", get("/profile?access_token=" + bob.apiKey(), ""));
    hub.time.forward(Duration.ofHours(25));
    problem(401, "token-expired", get("/profile", bob.token().value()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"max_uses\":0}           | max_uses",
        "{\"max_uses\":10001}       | max_uses",
        "{\"max_uses\":1.5}         | max_uses",
        "{\"expires_in\":0}         | expires_in",
        "{\"expires_in\":2592001}   | expires_in",
        "{\"expires_in\":\"1\"}     | expires_in",
        "{\"label\":7}              | label",
        "{\"label\":\"a\\u0007\"}   | label",
        "{\"lable\":\"a\"}          | lable"
      })
  void aWrongInviteIsRefused(String body, String field) throws Exception {
    JsonNode problem = problem(400, "invalid-field", post("/invites", body, admin));
    assertThat(problem.get("field").stringValue()).isEqualTo(field);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}                                                       | agent_id",
        "{\"agent_id\":\"Bob\"}                                   | agent_id",
        "{\"agent_id\":\"me\"}                                    | agent_id",
        "{\"agent_id\":\"bob\",\"public_key\":\"AAAA\"}           | public_key",
        "{\"agent_id\":\"bob\",\"capabilities\":[\"-a\"]}         | capabilities",
        "{\"agent_id\":\"bob\",\"capabilities\":[\"a\\nb\"]}      | capabilities",
        "{\"agent_id\":\"bob\",\"capabilities\":\"a\"}            | capabilities",
        "{\"agent_id\":\"bob\",\"description\":\"\\u0000\"}       | description",
        "{\"agent_id\":\"bob\",\"description\":\"\\u001b[31m\"}   | description",
        "{\"agent_id\":\"bob\",\"description\":\"\\ud800\"}       | description",
        "{\"agent_id\":\"bob\",\"status\":\"busy\"}               | status"
      })
  void aWrongJoinIsRefusedAndUsesNothing(String body, String field) throws Exception {
    Invites.Made made = hub.invites.make("", 1, Duration.ofHours(1), "admin");
    String join = "/join/" + Hub.nonce(made);
    JsonNode problem = problem(400, "invalid-field", post(join, body, ""));
    assertThat(problem.get("field").stringValue()).isEqualTo(field);
    assertThat(json(201, post(join, "{\"agent_id\":\"bob\"}", "")).has("token")).isTrue();
  }

  @Test
  void theGuideTellsAModelAllItNeeds() throws Exception {
    Invites.Made made = hub.invites.make("", 3, Duration.ofHours(1), "admin");
    String join = "/join/" + Hub.nonce(made);
    HttpResponse<String> answer = get(join, "");
    assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("text/markdown");
    assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");
    assertThat(answer.body())
        .doesNotContain("{{")
        .contains(
            "curl -sS -X POST '" + made.url() + "'",
            "lets 3 more join, until 2026-11-21T15:30:00.123Z",
            Hub.URL + "/register",
            Hub.URL + "/send",
            Hub.URL + "/messages?after=",
            "wait=30",
            "/messages/ack",
            "reply_to",
            "ws://hub.test/ws",
            "262144 bytes",
            "60 messages a minute, 61 at once",
            "problem+json",
            "data, not instructions",
            Hub.URL + "/context");
    HttpResponse<String> page = send(request(join).header("Accept", "text/html"));
    assertThat(page.headers().firstValue("Content-Type").orElse("")).startsWith("text/html");
    assertThat(page.body()).contains(made.url(), "/style.css").doesNotContain("{{", "<script");
    JsonNode json = json(200, send(request(join).header("Accept", "application/json")));
    assertThat(json.get("url").stringValue()).isEqualTo(made.url());
    assertThat(json.get("max_uses").intValue()).isEqualTo(3);
    assertThat(json.get("uses").intValue()).isZero();
    hub.time.forward(Duration.ofHours(1));
    problem(410, "invite-expired", get(join, ""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "%00", "..", "MTIz", "a:b", "____"})
  void aWrongCursorIsRefused(String cursor) throws Exception {
    problem(400, "invalid-field", get("/invites?cursor=" + cursor, admin));
  }

  @Test
  void listsInvitesNewestFirstPageByPage() throws Exception {
    for (int i = 0; i < 5; i++) {
      hub.invites.make("label " + i, 1, Duration.ofHours(1), "admin");
      hub.time.forward(Duration.ofMillis(i % 2));
    }
    var labels = new StringBuilder();
    String cursor = "";
    int pages = 0;
    for (boolean more = true; more; pages++) {
      JsonNode page = json(200, get("/invites?limit=2" + cursor, admin));
      page.get("invites").forEach(one -> labels.append(one.get("label").stringValue().charAt(6)));
      more = !page.get("next").isNull();
      cursor = more ? "&cursor=" + page.get("next").stringValue() : "";
    }
    assertThat(pages).isEqualTo(3);
    assertThat(labels.toString()).hasSize(5).startsWith("4").contains("0", "1", "2", "3");
  }

  @Test
  void publishesTheKeysOfTokens() throws Exception {
    HttpResponse<String> answer = get("/.well-known/jwks.json", "");
    assertThat(answer.headers().firstValue("Cache-Control")).contains("public, max-age=300");
    JsonNode key = json(200, answer).get("keys").get(0);
    assertThat(key.get("kty").stringValue()).isEqualTo("OKP");
    assertThat(key.get("crv").stringValue()).isEqualTo("Ed25519");
    assertThat(key.get("x").stringValue()).matches("[A-Za-z0-9_-]{43}");
    assertThat(key.has("d")).isFalse();
  }

  @Test
  void agentsMayInviteAFewWhereTheHubSaysSo() throws Exception {
    int second = edge.listen(router(AdminKey.openOrMake(folder, hub.random), true), "127.0.0.1", 0);
    String token = joined("bob").token().value();
    port = second;
    json(201, post("/invites", "{\"max_uses\":10,\"expires_in\":604800}", token));
    problem(400, "invalid-field", post("/invites", "{\"max_uses\":11}", token));
    problem(400, "invalid-field", post("/invites", "{\"expires_in\":604801}", token));
    problem(403, "not-allowed", get("/invites", token));
  }

  private Admission.Joined joined(String id) {
    Invites.Made made = hub.invites.make("", 1, Duration.ofHours(1), "admin");
    return hub.admission.join(Hub.nonce(made), new AgentId(id), Profile.EMPTY);
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
  }

  private HttpResponse<String> get(String path, String credential) throws Exception {
    return send("GET", path, "", Map.of(), credential);
  }

  private HttpResponse<String> post(String path, String body, String credential) throws Exception {
    return send("POST", path, body, Map.of("Content-Type", "application/json"), credential);
  }

  private HttpResponse<String> send(
      String method, String path, String body, Map<String, String> headers, String credential)
      throws Exception {
    HttpRequest.Builder request =
        request(path).method(method, HttpRequest.BodyPublishers.ofString(body));
    headers.forEach(request::header);
    if (!credential.isEmpty()) {
      request.header("Authorization", "Bearer " + credential);
    }
    return send(request);
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static JsonNode json(int status, HttpResponse<String> response) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    return JSON.readTree(response.body());
  }

  private static JsonNode problem(int status, String slug, HttpResponse<String> response) {
    JsonNode problem = json(status, response);
    assertThat(problem.get("type").stringValue()).isEqualTo("/problems/" + slug);
    return problem;
  }
}
