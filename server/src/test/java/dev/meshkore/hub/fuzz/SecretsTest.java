package dev.meshkore.hub.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.Heard;
import dev.meshkore.hub.testing.TestDatabase;
import dev.meshkore.hub.testing.TextSocket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/// Secrets go through every route and every door, in every place where somebody may put one, and
/// are found nowhere afterwards: in no answer to anybody, no line of the log, no leaf, no number,
/// no row and no file.
final class SecretsTest {
  /// Within everything that is no credential here but looks like one.
  private static final String MARK = "SeCrEtMaRk0";

  private static final String FILLED = MARK + "A".repeat(43 - MARK.length());
  private static final String HOOK_TOKEN = "hook-token-" + MARK;
  private static final String HOOK_CREDENTIALS = "hook-credentials-" + MARK;

  /// What the hub hands out: keys, tokens, invites.
  private static final Pattern HANDED_OUT =
      Pattern.compile(
          "mk[ao]?_[A-Za-z0-9_-]{43}"
              + "|eyJ[A-Za-z0-9_-]{10,}\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]{40,}"
              + "|(?<=/join/)[A-Za-z0-9_-]{20,}");

  private static final List<String> WRONG_PROOFS =
      List.of(
          "Authorization: Bearer mk_" + FILLED + "\r\n",
          "Authorization: Bearer mka_" + FILLED + "\r\n",
          "Authorization: Bearer mko_" + FILLED + "\r\n",
          "Authorization: Bearer eyJhbGciOiJFZERTQSJ9." + MARK + "." + FILLED + "\r\n",
          "Authorization: Basic " + MARK + "\r\n",
          "Authorization: " + MARK + "\r\n",
          "Authorization: Nostr " + base64("{\"id\":\"" + MARK + "\"}") + "\r\n",
          "Authorization: DIDWba v=\"1.1\", did=\"did:wba:h:"
              + MARK
              + "\", nonce=\""
              + MARK
              + "\", timestamp=\"2026-11-21T00:00:00Z\", verification_method=\"key-1\","
              + " signature=\""
              + MARK
              + "\"\r\n",
          "Signature-Input: sig1=(\"@method\" \"@target-uri\");created=1;nonce=\""
              + MARK
              + "\";keyid=\""
              + MARK
              + "\"\r\nSignature: sig1=:"
              + MARK
              + ":\r\n",
          "Signature-Input: " + MARK + "\r\nSignature: " + MARK + "\r\n",
          "Cookie: session=" + MARK + "\r\nX-Api-Key: " + MARK + "\r\n");

  @TempDir private static Path folder;

  private final Set<String> secrets = new LinkedHashSet<>();
  private final List<String> handedBack = new ArrayList<>();

  static Stream<DatabaseUrl> databases() {
    return TestDatabase.each(folder);
  }

  @ParameterizedTest
  @MethodSource("databases")
  void noSecretIsAnsweredLoggedCountedOrStored(DatabaseUrl url) {
    try (var heard = Heard.everything();
        var hub = FuzzedHub.start(url)) {
      secrets.addAll(List.of(hub.alice(), hub.owner(), hub.adminKey(), hub.known("{nonce}")));
      String token = token(hub);
      giveMandate(hub);
      for (Router.Route route : routes(hub)) {
        for (String request : requests(hub, route, token)) {
          ask(hub, request);
        }
      }
      callTools(hub);
      keepWebhook(hub);
      openSockets(hub, token);
      assertThat(secrets.size()).isGreaterThan(15);
      assertThat(handedBack).as("answers that hold a secret").isEmpty();
      look(hub, url, heard);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static List<Router.Route> routes(FuzzedHub hub) {
    return hub.routes().stream()
        .filter(route -> !route.pattern().equals("/mcp"))
        .sorted(Comparator.comparing(Router.Route::pattern).thenComparing(Router.Route::method))
        .toList();
  }

  /// Requests to one route: by everybody who is known, with a secret in the query or where it does
  /// not belong in the body; and by nobody who is known, with secrets in every form.
  private static List<String> requests(FuzzedHub hub, Router.Route route, String token) {
    var requests = new ArrayList<String>();
    String path = path(hub, route);
    String query = "?token=" + token + "&api_key=" + hub.alice() + "&access_token=" + MARK;
    String valid = FuzzTest.BODIES.getOrDefault(route.method() + " " + route.pattern(), "");
    String more = "{\"seed\":\"" + MARK + "\",\"private_key\":\"" + MARK + "\"";
    String seeded = more + (valid.isEmpty() ? "}" : "," + valid.substring(1));
    boolean isForgoing = FuzzedHub.FORGOING.contains(route.pattern());
    List<String> callers =
        isForgoing
            ? List.of(hub.forgoing())
            : Stream.of(hub.alice(), token, hub.owner(), hub.adminKey())
                .map(key -> "Authorization: Bearer " + key + "\r\n")
                .toList();
    for (String caller : callers) {
      for (String body : List.of(valid, seeded, valid + "{\"seed\":\"" + MARK)) {
        requests.add(request(route.method(), path, caller, body));
      }
      requests.add(request(route.method(), path + query, caller, valid));
    }
    for (String proof : WRONG_PROOFS) {
      requests.add(request(route.method(), path + query, proof, valid));
    }
    requests.add(request(route.method(), path, callers.getFirst() + WRONG_PROOFS.getFirst(), ""));
    requests.add(request("POST", "/" + MARK + path + query, callers.getFirst(), seeded));
    return requests;
  }

  private static String path(FuzzedHub hub, Router.Route route) {
    String path = route.pattern();
    while (path.contains("{")) {
      String name = path.substring(path.indexOf('{'), path.indexOf('}') + 1);
      path = path.replace(name, hub.known(name));
    }
    return path;
  }

  private static String request(String method, String target, String headers, String body) {
    return method
        + " "
        + target
        + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nA2A-Version: 1.0\r\n"
        + "Content-Type: application/json\r\nContent-Length: "
        + body.getBytes(StandardCharsets.UTF_8).length
        + "\r\n"
        + headers
        + "\r\n"
        + body;
  }

  /// An answer may hold a secret that it hands out first, and the invite that it is asked for.
  private String ask(FuzzedHub hub, String request) throws IOException {
    byte[] bytes = request.getBytes(StandardCharsets.UTF_8);
    RawHttp.Answer answer = hub.raw().send(new RawHttp.Question(bytes, true));
    String text = answer.head() + "\r\n" + answer.body();
    boolean isGuide = request.startsWith("GET /join/") && answer.status() == 200;
    for (String secret : secrets) {
      if (text.contains(secret) && !(isGuide && secret.equals(hub.known("{nonce}")))) {
        note(handedBack, text, shortened(request), secret);
      }
    }
    note(handedBack, text, shortened(request), MARK);
    // Pages and the contract show examples; what is handed out is JSON.
    if (answer.head().contains("application/json")) {
      HANDED_OUT.matcher(text).results().map(found -> found.group()).forEach(secrets::add);
    }
    return answer.body();
  }

  private String token(FuzzedHub hub) throws IOException {
    String body = "{\"agent_id\":\"alice\",\"api_key\":\"" + hub.alice() + "\"}";
    Matcher token = HANDED_OUT.matcher(ask(hub, request("POST", "/register", "", body)));
    assertThat(token.find()).isTrue();
    return token.group();
  }

  /// A mandate is for whom it names, but it is shown to nobody else.
  private void giveMandate(FuzzedHub hub) throws IOException {
    String byOwner = "Authorization: Bearer " + hub.owner() + "\r\n";
    ask(hub, request("POST", "/invites", byOwner, "{}"));
    String invite = secrets.stream().toList().getLast();
    ask(hub, request("POST", "/join/" + invite, "", "{\"agent_id\":\"erin\"}"));
    String mandate =
        "{\"agent_id\":\"erin\",\"calls\":[\"send\"],\"counterparties\":{\"agents\":[\"bob\"]},"
            + "\"messages\":{}}";
    assertThat(ask(hub, request("POST", "/mandates", byOwner, mandate))).contains("\"token\"");
  }

  /// All tools of MCP, with secrets where they do not belong.
  private void callTools(FuzzedHub hub) throws IOException {
    String byAlice = "Authorization: Bearer " + hub.alice() + "\r\n";
    var random = new SplittableRandom(1);
    for (int i = 0; i < 150; i++) {
      McpQuestion call = McpQuestion.any(random);
      String seeded = call.body().replaceFirst("\"arguments\":\\{", "$0\"seed\":\"" + MARK + "\",");
      String proof = i % 3 == 0 ? WRONG_PROOFS.get(i / 3 % WRONG_PROOFS.size()) : byAlice;
      ask(hub, request("POST", "/mcp", proof + call.headers(), i % 2 == 0 ? seeded : call.body()));
    }
  }

  /// A webhook's credentials are sent with each notification, so they are kept; but for that and
  /// its own caller they are a secret like any other.
  private static void keepWebhook(FuzzedHub hub) {
    Caller alice = Caller.of(hub.hub(), "alice", hub.alice());
    String message =
        "{\"message\":{\"messageId\":\"hooked\",\"role\":\"ROLE_USER\","
            + "\"parts\":[{\"text\":\"hi\"}]},\"configuration\":{\"returnImmediately\":true,"
            + "\"taskPushNotificationConfig\":{\"url\":\"https://hooks.invalid/\",\"token\":\""
            + HOOK_TOKEN
            + "\",\"authentication\":{\"scheme\":\"Bearer\",\"credentials\":\""
            + HOOK_CREDENTIALS
            + "\"}}}}";
    alice.exchange("POST", "/agents/bob/a2a/message:send", message);
  }

  private void openSockets(FuzzedHub hub, String token) {
    String url = hub.hub().url() + "/ws";
    List<String> hellos =
        List.of(
            "{\"type\":\"hello\",\"token\":\"" + token + "\"}",
            "{\"type\":\"hello\",\"token\":\"" + hub.alice() + "\"}",
            "{\"type\":\"hello\",\"token\":\"mk_" + FILLED + "\"}",
            "{\"type\":\"hello\",\"token\":\"" + MARK + "\"}",
            "{\"type\":\"hello\",\"key\":\"" + MARK + "\",\"signature\":\"" + MARK + "\"}",
            "{\"type\":\"hello\",\"seed\":\"" + MARK + "\"}",
            "{\"type\":\"" + MARK);
    for (String hello : hellos) {
      try (var socket = new TextSocket(url + "?challenge=true&token=" + MARK)) {
        String challenge = socket.next();
        socket.send(hello);
        String answer = socket.next();
        assertThat(challenge).contains("challenge");
        assertThat(answer).doesNotContain(MARK).doesNotContain(secrets);
      }
    }
  }

  private void look(FuzzedHub hub, DatabaseUrl url, Heard heard) throws IOException {
    hub.hub().hub().auditLog().tick();
    String shown = "";
    for (String key : List.of(hub.adminKey(), hub.alice())) {
      Caller caller = Caller.of(hub.hub(), "somebody", key);
      shown += caller.exchange("GET", "/audit/export", null).body();
    }
    JsonNode stats = Caller.withoutKey(hub.hub()).get(200, "/stats");
    shown += stats + Caller.withoutKey(hub.hub()).exchange("GET", "/metrics", null).body();
    assertThat(shown).contains("agent.joined").contains("meshkore_http");
    Logger.getLogger("dev.meshkore.hub").finest("seen");
    String logged = String.join("\n", heard.lines());
    assertThat(logged.contains("dev.meshkore.hub seen")).as("the log is heard").isTrue();
    String stored = Traces.of(hub.hub(), url);
    assertThat(stored.contains("alice")).as("what is stored is read").isTrue();
    var found = new ArrayList<String>();
    secrets.add(MARK);
    for (String secret : secrets) {
      for (String form : Traces.forms(secret)) {
        note(found, shown, "shown", form);
        note(found, logged, "logged", form);
        if (!isMandate(secret)) {
          note(found, stored.replace(HOOK_TOKEN, "").replace(HOOK_CREDENTIALS, ""), "kept", form);
        }
      }
    }
    assertThat(found).isEmpty();
  }

  private static String shortened(String request) {
    return request.substring(0, Math.min(400, request.length())) + "\n->";
  }

  private static void note(List<String> found, String text, String where, String secret) {
    int at = text.indexOf(secret);
    if (at >= 0) {
      int end = Math.min(text.length(), at + secret.length() + 100);
      found.add(where + ": " + text.substring(Math.max(0, at - 200), end));
    }
  }

  /// Mandates are stored whole, because others are checked by them. They let nobody in.
  private static boolean isMandate(String secret) {
    int dot = secret.indexOf('.');
    return dot > 0
        && new String(
                Base64.getUrlDecoder().decode(secret.substring(0, dot)), StandardCharsets.UTF_8)
            .contains("mandate");
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
