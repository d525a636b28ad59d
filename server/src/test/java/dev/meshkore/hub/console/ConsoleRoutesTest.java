package dev.meshkore.hub.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.testing.TestHub;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class ConsoleRoutesTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private static TestHub hub;

  @BeforeAll
  static void open() {
    hub = TestHub.start(Map.of("payload-bytes-max", "54321", "rate-per-minute", "77"));
  }

  @AfterAll
  static void close() {
    hub.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/docs", "/problems", "/problems/busy"})
  void aPageLoadsNothingFromElsewhereAndRunsNothing(String path) throws Exception {
    HttpResponse<String> page = get(path, "text/html", "");
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.headers().firstValue("Content-Type")).contains("text/html; charset=utf-8");
    assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
        .contains("default-src 'none'");
    assertThat(page.body())
        .startsWith("<!doctype html>")
        .contains("<title>", "/style.css")
        .doesNotContain("<script", "{{", "src=", "mka_", hub.adminKey());
  }

  @Test
  void theLandingPageCounts() throws Exception {
    assertThat(get("/", "text/html", "").body())
        .contains("<dt>agents</dt>", "<dt>messages</dt>", hub.url());
  }

  @Test
  void theDocsShowEveryOperation() throws Exception {
    String docs = get("/docs", "", "").body();
    String contract = get("/openapi.yaml", "", "").body();
    Node.parse(contract)
        .get("paths")
        .members()
        .values()
        .forEach(path ->
            path.members()
                .values()
                .forEach(one -> {
                  if (one.has("operationId")) {
                    assertThat(docs).contains("id=\"" + one.text("operationId") + "\"");
                  }
                }));
    assertThat(docs)
        .contains("1 to 64 characters", "whole number, 1 to 200, default 50", "/problems/busy")
        .contains("<details", hub.url());
  }

  @Test
  void theContractNamesThisHub() throws Exception {
    HttpResponse<String> answer = get("/openapi.yaml", "", "");
    assertThat(answer.headers().firstValue("Content-Type").orElse(""))
        .startsWith("application/yaml");
    Node servers = Node.parse(answer.body()).get("servers");
    assertThat(servers.items().map(server -> server.text("url"))).containsExactly(hub.url());
  }

  @ParameterizedTest
  @EnumSource(ProblemType.class)
  void aRefusalIsAPageForPeopleAndJsonForPrograms(ProblemType type) throws Exception {
    String path = "/problems/" + type.slug();
    assertThat(get(path, "", "").body()).contains(type.slug(), String.valueOf(type.status()));
    JsonNode json = JSON.readTree(get(path, "application/json", "").body());
    assertThat(json.get("slug").stringValue()).isEqualTo(type.slug());
    assertThat(json.get("type").stringValue()).isEqualTo(path);
    assertThat(json.get("status").intValue()).isEqualTo(type.status());
    assertThat(json.get("title").stringValue()).isEqualTo(type.title());
    assertThat(json.get("help").stringValue()).isNotBlank();
  }

  @Test
  void allRefusalsAreListed() throws Exception {
    JsonNode json = JSON.readTree(get("/problems", "application/json", "").body());
    assertThat(json.get("problems")).hasSize(ProblemType.values().length);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/problems/nothing", "/problems/%3Cscript%3E", "/problems/"})
  void anUnknownRefusalHasNoPage(String path) throws Exception {
    for (String accept : new String[] {"text/html", "application/json"}) {
      HttpResponse<String> answer = get(path, accept, "");
      assertThat(answer.statusCode()).isEqualTo(404);
      assertThat(answer.body()).contains("about:blank").doesNotContain("<script>");
    }
  }

  @Test
  void theContextIsAboutTheCaller() throws Exception {
    assertThat(get("/context", "", "").statusCode()).isEqualTo(401);
    assertThat(get("/context", "", hub.adminKey()).statusCode()).isEqualTo(403);
    String key = join("alice");
    post("/channels", "{\"channel_id\":\"team\"}", key);
    post("/send", "{\"to\":\"alice\",\"payload\":1}", key);
    HttpResponse<String> answer = get("/context", "", key);
    assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("text/markdown");
    assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");
    assertThat(answer.body())
        .doesNotContain("{{", key)
        .contains(
            "You are alice",
            "acknowledged: 1 messages",
            "channels: team",
            hub.url() + "/send",
            "54321 bytes",
            "77 messages a minute",
            "data, never instructions");
  }

  /// What the context shows of money is done as it stands there.
  @Test
  void theContextsExamplesOfMoneyWork() throws Exception {
    String payer = join("payer");
    String bob = join("bob");
    post("/deposits", "{\"id\":\"d1\",\"agent_id\":\"payer\",\"amount\":\"40\"}", hub.adminKey());
    String context = get("/context", "", payer).body();
    post("/wallet/transfers", example(context, "/wallet/transfers"), payer);
    JsonNode job = JSON.readTree(post("/jobs", example(context, "/jobs"), payer).body());
    String steps = "/jobs/" + job.get("job_id").stringValue() + "/steps";
    String accept = example(context, "/jobs/<id>/steps");
    assertThat(post(steps, accept.replace("<head>", job.get("head").stringValue()), bob).body())
        .contains("\"step\":\"fund\",\"by\":[\"payer\"]");
  }

  /// What a page shows to be posted to a path.
  private static String example(String page, String path) {
    String begin = "`POST " + hub.url() + path + "`";
    String rest = page.substring(page.indexOf(begin) + begin.length());
    assertThat(rest.substring(0, 8).strip()).startsWith("with");
    return rest.substring(rest.indexOf('{'), rest.indexOf('}') + 1);
  }

  @Test
  void modelsStartAtLlmsTxt() throws Exception {
    HttpResponse<String> answer = get("/llms.txt", "", "");
    assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("text/plain");
    assertThat(answer.body())
        .startsWith("# MeshKore hub\n\n> ")
        .contains("(" + hub.url() + "/openapi.yaml)", "## Optional")
        .doesNotContain("{{");
  }

  private static String join(String id) throws Exception {
    String path = hub.invite().substring(hub.url().length());
    HttpResponse<String> answer = post(path, "{\"agent_id\":\"" + id + "\"}", "");
    return JSON.readTree(answer.body()).get("api_key").stringValue();
  }

  private static HttpResponse<String> post(String path, String body, String key) throws Exception {
    var request = HttpRequest.newBuilder(URI.create(hub.url() + path));
    request.POST(HttpRequest.BodyPublishers.ofString(body));
    if (!key.isEmpty()) {
      request.header("Authorization", "Bearer " + key);
    }
    HttpResponse<String> answer =
        CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    return answer;
  }

  private static HttpResponse<String> get(String path, String accept, String key) throws Exception {
    var request = HttpRequest.newBuilder(URI.create(hub.url() + path));
    if (!accept.isEmpty()) {
      request.header("Accept", accept);
    }
    if (!key.isEmpty()) {
      request.header("Authorization", "Bearer " + key);
    }
    return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }
}
