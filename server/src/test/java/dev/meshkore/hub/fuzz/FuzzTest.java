package dev.meshkore.hub.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.Seeds;
import dev.meshkore.hub.testing.TestDatabase;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Whatever is sent to the hub, it answers in order, betrays nothing of its insides, and loses
/// nothing.
final class FuzzTest {
  private static final Duration TIME = Duration.ofSeconds(Long.getLong("fuzz.seconds", 20));
  private static final JsonMapper JSON = new JsonMapper();
  private static final String MESSAGE =
      "{\"message\":{\"messageId\":\"m1\",\"role\":\"ROLE_USER\",\"contextId\":\"c\","
          + "\"parts\":[{\"text\":\"hi\"},{\"data\":{\"a\":[1]},\"metadata\":{\"k\":1}}],"
          + "\"extensions\":[\"urn:x\"]},\"configuration\":{\"historyLength\":1,"
          + "\"acceptedOutputModes\":[\"text/plain\"],\"returnImmediately\":true}}";
  private static final Map<String, String> OTHERS =
      Map.ofEntries(
          Map.entry(
              "POST /hooks/{client}",
              "{\"hook_event_name\":\"UserPromptSubmit\",\"session_id\":\"s\","
                  + "\"conversation_id\":\"c\",\"stop_hook_active\":false,"
                  + "\"status\":\"completed\",\"loop_count\":0}"),
          Map.entry(
              "POST /acp/runs",
              // Nobody of this name: a run that nobody answers would be waited for.
              "{\"agent_name\":\"zoe\",\"session_id\":\"s\",\"mode\":\"async\","
                  + "\"input\":[{\"parts\":[{\"content\":\"a\"}]}]}"),
          Map.entry(
              "POST /acp/runs/{run_id}",
              "{\"mode\":\"async\",\"await_resume\":"
                  + "{\"message\":{\"parts\":[{\"content\":\"a\"}]}}}"),
          Map.entry(
              "POST /send",
              "{\"to\":\"bob\",\"id\":\"k1\",\"thread\":\"t\",\"reply_to\":\"bob:1\","
                  + "\"expires_in\":60,\"payload\":{\"a\":[1,2]}}"),
          Map.entry("PUT /contacts/policy", "{\"policy\":\"open\"}"),
          Map.entry("POST /contacts/{other}", "{\"note\":\"n\"}"),
          Map.entry("PUT /limits/{scope}", "{\"limit\":1000000,\"window_seconds\":60}"),
          // Of nobody: what is stopped answers no more.
          Map.entry("POST /stop", "{\"scope\":\"agent:zoe\",\"reason\":\"r\"}"),
          Map.entry("POST /resume", "{\"scope\":\"agent:zoe\"}"),
          Map.entry("POST /approvals/{approval_id}", "{\"decision\":\"reject\"}"),
          Map.entry("PUT /holds/{agent_id}", "{\"kinds\":[]}"),
          Map.entry(
              "PUT /channels/{channel_id}/policy",
              "{\"post\":\"member\",\"member_rate_per_minute\":0}"),
          Map.entry("POST /audit/commitments", "{\"sent\":1}"),
          Map.entry(
              "POST /witness/add-checkpoint",
              """
              old 0

              log
              1
              47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=

              \u2014 log AAAAAAAA
              """),
          Map.entry("POST /messages/ack", "{\"sequence\":0}"),
          Map.entry(
              "POST /channels",
              "{\"channel_id\":\"room2\",\"description\":\"d\",\"visibility\":\"open\","
                  + "\"members\":[\"bob\"]}"),
          Map.entry("POST /channels/{channel_id}/send", "{\"id\":\"c1\",\"payload\":[1]}"),
          Map.entry(
              "POST /channels/{channel_id}/members", "{\"agent_id\":\"bob\",\"role\":\"member\"}"),
          Map.entry("PUT /channels/{channel_id}/members/{agent_id}", "{\"role\":\"member\"}"),
          Map.entry(
              "PATCH /profile",
              "{\"description\":\"d\",\"capabilities\":[\"a\"],\"status\":\"away\","
                  + "\"examples\":[\"e\"],\"languages\":[\"es>en\"],\"regions\":[\"ES\"],"
                  + "\"certifications\":[\"sworn\"],\"learns\":true,"
                  + "\"hours\":{\"zone\":\"UTC\",\"from\":\"09:00\",\"to\":\"17:00\"}}"),
          Map.entry(
              "POST /keys",
              "{\"type\":\"ed25519\",\"public_key\":\""
                  + FuzzedHub.KEY
                  + "\",\"challenge\":\"c\","
                  + "\"signature\":\""
                  + FuzzedHub.KEY
                  + FuzzedHub.KEY
                  + "\"}"),
          Map.entry(
              "POST /imports", "{\"server\":{\"name\":\"a/b\",\"version\":\"1\",\"remotes\":[]}}"),
          Map.entry("POST /ard/search", "{\"query\":{\"text\":\"t\",\"filter\":{\"a\":[\"b\"]}}}"),
          Map.entry("POST /ard/explore", "{\"resultType\":{\"facets\":[{\"field\":\"type\"}]}}"),
          Map.entry("POST /invites", "{\"max_uses\":2,\"expires_in\":60,\"label\":\"l\"}"),
          Map.entry("POST /owners", "{\"name\":\"Ada\",\"mandates\":\"required\"}"),
          Map.entry(
              "PATCH /owners/me",
              "{\"name\":\"Ada\",\"public_key\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}"),
          Map.entry("POST /owner", "{\"owner_id\":\"own_nobody\"}"),
          Map.entry(
              "POST /mandates",
              "{\"agent_id\":\"dave\",\"calls\":[\"send\",\"POST /channels\"],"
                  + "\"counterparties\":{\"agents\":[\"bob\",\"#room*\"],\"trust\":\"new\"},"
                  + "\"messages\":{\"lifetime\":5,\"windows\":[{\"seconds\":60,\"count\":1}]},"
                  + "\"spend\":[{\"asset\":\"EUR\",\"amount\":1}],\"expires_in\":60}"),
          Map.entry("POST /mandates/presented", "{\"mandate\":\"" + mandate() + "\"}"),
          Map.entry("PUT /agents/{agent_id}/trust", "{\"trusted\":false}"),
          Map.entry("PUT /owners/{owner_id}/trust", "{\"trusted\":true}"),
          Map.entry(
              "POST /discover",
              "{\"query\":\"who reviews Java?\",\"zone\":\"UTC\",\"limit\":3,"
                  + "\"filters\":{\"languages\":\"es>en\",\"region\":\"ES\"}}"),
          Map.entry("POST /verifications", "{\"method\":\"dns\",\"domain\":\"example.com\"}"),
          Map.entry("POST /agents/{agent_id}/a2a", rpc("SendMessage")),
          Map.entry("POST /agents/{agent_id}/a2a/", rpc("SendStreamingMessage")),
          Map.entry("POST /a2a", rpc("SendMessage")),
          Map.entry("POST /agents/{agent_id}/a2a/message:send", MESSAGE),
          Map.entry("POST /agents/{agent_id}/a2a/message:stream", MESSAGE),
          Map.entry(
              "POST /agents/{agent_id}/a2a/tasks/{task}/pushNotificationConfigs",
              "{\"id\":\"c1\",\"url\":\"https://example.com/\",\"token\":\"t\","
                  + "\"authentication\":{\"scheme\":\"Bearer\",\"credentials\":\"c\"}}"),
          Map.entry("POST /register", "{\"agent_id\":\"alice\",\"api_key\":\"mk_x\"}"),
          Map.entry(
              "POST /join/{nonce}",
              "{\"agent_id\":\"dora\",\"capabilities\":[\"a\"],\"description\":\"d\","
                  + "\"public_key\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}"));

  static final Map<String, String> BODIES = MarketBodies.beside(OTHERS);

  private static final List<String> QUERIES =
      List.of(
          "after",
          "limit",
          "cursor",
          "before",
          "status",
          "trust",
          "q",
          "from",
          "channel",
          "since",
          "until",
          "order",
          "witnesses",
          "watch",
          "token",
          "acknowledge",
          "pageSize",
          "orderBy",
          "filter",
          "kind",
          "pageToken",
          "historyLength",
          "statusTimestampAfter",
          "includeArtifacts",
          "A2A-Version",
          "toolsets",
          "kind",
          "category",
          "seller",
          "asset",
          "max_price",
          "available",
          "facets",
          "format",
          "version",
          "state");

  @TempDir private Path folder;

  private static String mandate() {
    String header = "{\"alg\":\"EdDSA\",\"typ\":\"mandate+jwt\"}";
    String claims =
        "{\"iss\":\"own_x\",\"sub\":\"alice\",\"aud\":\"http://hub\",\"iat\":1,\"exp\":2,"
            + "\"grants\":{\"calls\":[\"send\"],\"messages\":{}}}";
    var encoder = Base64.getUrlEncoder().withoutPadding();
    return encoder.encodeToString(header.getBytes(StandardCharsets.UTF_8))
        + "."
        + encoder.encodeToString(claims.getBytes(StandardCharsets.UTF_8))
        + "."
        + encoder.encodeToString(new byte[64]);
  }

  private static String rpc(String method) {
    return "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\""
        + method
        + "\",\"params\":"
        + MESSAGE
        + "}";
  }

  @Test
  void answersInOrderWhateverIsSent() {
    List<DatabaseUrl> urls = TestDatabase.each(folder).toList();
    Seeds.forAll(1, random -> urls.forEach(url -> fuzz(url, random, TIME.dividedBy(urls.size()))));
  }

  private static void fuzz(DatabaseUrl url, SplittableRandom random, Duration time) {
    try (var hub = FuzzedHub.start(url)) {
      var sent = new ArrayList<String>();
      long end = System.nanoTime() + time.toNanos();
      for (int i = 0; System.nanoTime() < end; i++) {
        if (i % 50 == 0) {
          sent.add(hub.sendToCarol(i));
        }
        RawHttp.Question question = question(hub, random);
        check(hub.raw().send(question), question);
      }
      sent.add(hub.sendToCarol(-1));
      assertThat(hub.inboxOfCarol()).containsExactlyElementsOf(sent);
      assertThat(hub.errors()).isEmpty();
    } catch (IOException failure) {
      throw new UncheckedIOException("The hub does not listen any more", failure);
    }
  }

  private static RawHttp.Question question(FuzzedHub hub, SplittableRandom random) {
    var mutator = new Mutator(random);
    if (random.nextInt(20) == 0) {
      return new RawHttp.Question(mutator.garbage(), false);
    }
    List<Router.Route> routes =
        hub.routes().stream()
            .sorted(Comparator.comparing(Router.Route::pattern).thenComparing(Router.Route::method))
            .toList();
    // Behind one route of MCP is as much as behind all the others.
    Router.Route route =
        random.nextInt(3) == 0 ? McpQuestion.ROUTE : routes.get(random.nextInt(routes.size()));
    String method = random.nextInt(15) == 0 ? oddMethod(random) : route.method();
    var head = new StringBuilder(method).append(' ');
    head.append(path(hub, route, mutator, random)).append(" HTTP/1.1\r\n");
    head.append(random.nextInt(20) == 0 ? "Host: hub\r\n" : "Host: localhost\r\n");
    head.append("Connection: close\r\n");
    boolean isForgoing = FuzzedHub.FORGOING.contains(route.pattern());
    head.append(isForgoing ? hub.forgoing() : authorization(hub, mutator, random));
    if (random.nextInt(20) == 0) {
      head.append("Signature-Input: ").append(mutator.piece()).append("\r\n");
      head.append("Signature: ").append(mutator.piece()).append("\r\n");
    }
    if (random.nextInt(10) > 0) {
      head.append("A2A-Version: ").append(random.nextInt(20) == 0 ? mutator.piece() : "1.0");
      head.append("\r\n");
    }
    if (random.nextInt(10) == 0) {
      head.append("X-Odd: ").append(mutator.piece()).append("\r\n");
    }
    if (random.nextInt(20) == 0) {
      head.append("Last-Event-ID: ").append(mutator.piece()).append("\r\n");
    }
    head.append(hub.paid().header(route, mutator, random));
    String valid =
        hub.paid().of(route).orElseGet(() -> BODIES.get(route.method() + " " + route.pattern()));
    if (route.pattern().equals("/mcp")) {
      McpQuestion call = McpQuestion.any(random);
      valid = route.method().equals("POST") ? call.body() : null;
      head.append(random.nextInt(10) == 0 ? "" : call.headers());
    }
    byte[] body = valid == null ? new byte[0] : mutator.body(valid);
    if (valid == null && random.nextInt(10) == 0) {
      body = mutator.value().getBytes(StandardCharsets.UTF_8);
    }
    String type = random.nextInt(15) == 0 ? mutator.piece() : "application/json";
    head.append("Content-Type: ").append(type).append("\r\n");
    head.append("Content-Length: ").append(body.length).append("\r\n\r\n");
    var out = new ByteArrayOutputStream();
    out.writeBytes(head.toString().getBytes(StandardCharsets.UTF_8));
    out.writeBytes(body);
    byte[] whole = out.toByteArray();
    boolean isWhole = random.nextInt(40) > 0;
    if (!isWhole) {
      whole[random.nextInt(whole.length)] = (byte) random.nextInt(256);
    }
    return new RawHttp.Question(whole, isWhole);
  }

  private static String path(
      FuzzedHub hub, Router.Route route, Mutator mutator, SplittableRandom random) {
    String path = route.pattern();
    while (path.contains("{")) {
      String name = path.substring(path.indexOf('{'), path.indexOf('}') + 1);
      String value = random.nextInt(3) == 0 ? mutator.piece() : hub.known(name);
      // Nobody answers for alice, so a call of her agent would wait for its whole time.
      value = path.contains("/a2a") && value.equals("alice") ? "bob" : value;
      path = path.replace(name, value);
    }
    // What is paid is not waited for.
    boolean isCall = route.pattern().equals(PaidBodies.CALL) || route.pattern().equals("/calls");
    var query = new StringBuilder(isCall ? "?wait=0" : "");
    for (int i = random.nextInt(3); i > 0; i--) {
      query.append(query.isEmpty() ? '?' : '&');
      query.append(QUERIES.get(random.nextInt(QUERIES.size())));
      query.append(random.nextInt(8) == 0 ? "" : "=" + mutator.piece());
    }
    return path + query;
  }

  private static String oddMethod(SplittableRandom random) {
    List<String> methods = List.of("HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "get", "PROPFIND");
    return methods.get(random.nextInt(methods.size()));
  }

  private static String authorization(FuzzedHub hub, Mutator mutator, SplittableRandom random) {
    String start = "Authorization: Bearer ";
    return switch (random.nextInt(15)) {
      case 0 -> "";
      case 1 -> start + mutator.piece() + "\r\n";
      case 2 -> "Authorization: " + mutator.piece() + "\r\n";
      case 3, 4, 5 -> start + hub.adminKey() + "\r\n";
      case 6 -> start + hub.alice() + "\r\n" + start + hub.alice() + "\r\n";
      case 7, 8 -> start + hub.owner() + "\r\n";
      case 9 -> "Authorization: DIDWba " + didWba(mutator) + "\r\n";
      default -> start + hub.alice() + "\r\n";
    };
  }

  private static String didWba(Mutator mutator) {
    return "v=\"1.1\", did=\"did:wba:127.0.0.1:agents:alice\", nonce=\"n\","
        + " timestamp=\"2026-11-21T00:00:00Z\", verification_method=\"key-1\", signature=\""
        + mutator.piece()
        + "\"";
  }

  private static void check(RawHttp.Answer answer, RawHttp.Question question) {
    String asked = new String(question.bytes(), StandardCharsets.UTF_8);
    String about = asked.substring(0, Math.min(asked.length(), 1_500)) + "\n-> " + answer;
    // A seller that declines what is paid for is a gateway's failure, not the hub's.
    boolean isDeclined = answer.body().contains("\"type\":\"/problems/call-failed\"");
    assertThat(answer.status()).as(about).isLessThan(isDeclined ? 503 : 500);
    assertThat(answer.status() > 0 || !question.isWhole()).as(about).isTrue();
    assertThat(answer.head() + answer.body())
        .as(about)
        .doesNotContain("Exception", "dev.meshkore", "java.", "\tat ", "org.postgresql", "SQLITE_");
    boolean hasBody = !asked.startsWith("HEAD ");
    boolean isA2a = asked.lines().findFirst().orElse("").contains("/a2a");
    if (answer.status() >= 400 && hasBody && isA2a && !answer.head().contains("problem+json")) {
      assertA2aError(answer, about);
    } else if (answer.status() >= 400 && hasBody && McpQuestion.isError(answer)) {
      assertThat(asked).as(about).contains("/mcp");
    } else if (answer.status() >= 400 && hasBody) {
      assertThat(answer.head().toLowerCase(java.util.Locale.ROOT))
          .as(about)
          .contains("content-type: application/problem+json");
      assertProblem(answer, about);
    }
  }

  private static void assertA2aError(RawHttp.Answer answer, String about) {
    try {
      JsonNode error = JSON.readTree(answer.body()).get("error");
      assertThat(error.get("code").isIntegralNumber()).as(about).isTrue();
      assertThat(error.get("message").stringValue()).as(about).isNotBlank();
      JsonNode details = error.has("data") ? error.get("data") : error.get("details");
      assertThat(details.get(0).get("reason").stringValue()).as(about).isNotBlank();
    } catch (JacksonException failure) {
      throw new AssertionError("No error of A2A: " + about, failure);
    }
  }

  private static void assertProblem(RawHttp.Answer answer, String about) {
    try {
      JsonNode problem = JSON.readTree(answer.body());
      String type = problem.get("type").stringValue();
      boolean isKnown =
          type.equals("about:blank")
              || ProblemType.of(type.replaceFirst("^/problems/", "")).isPresent();
      assertThat(isKnown).as(about).isTrue();
      assertThat(problem.get("status").intValue()).as(about).isEqualTo(answer.status());
      assertThat(problem.get("title").stringValue()).as(about).isNotBlank();
    } catch (JacksonException failure) {
      throw new AssertionError("No problem: " + about, failure);
    }
  }
}
