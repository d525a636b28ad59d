package dev.meshkore.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.meshkore.hub.Hub;
import dev.meshkore.hub.deeds.Canonical;
import dev.meshkore.sdk.Keys;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What binds an agent is signed by its own keys, and nothing but what was asked for.
@Timeout(120)
final class SignedMovesTest {
  private static final String HEAD = "0".repeat(64);

  @TempDir Path place;

  private Shell.Ended as(String agent, String... words) {
    var line = new ArrayList<>(List.of(words));
    line.addAll(List.of("--profile", agent));
    return new Shell(place).run(line.toArray(String[]::new));
  }

  private JsonNode done(String agent, String... words) throws Json.Unreadable {
    var line = new ArrayList<>(List.of(words));
    line.add("--json");
    var ended = as(agent, line.toArray(String[]::new));
    assertThat(ended.code()).as(ended.err()).isZero();
    return ended.json();
  }

  private void join(Hub hub, String... agents) throws Json.Unreadable {
    for (var agent : agents) {
      done(agent, "join", hub.newInvite("test"), "--agent", agent);
      done(agent, "keys", "new");
    }
  }

  private void deposit(Hub hub, String agent) {
    var data = place.resolve("data").toString();
    var ended = new Shell(place).run("deposit", agent, "100", "--url", hub.url(), "--data", data);
    assertThat(ended.code()).as(ended.err()).isZero();
  }

  private Path seed(String agent) {
    return place.resolve(".config/meshkore").resolve(agent + ".seed");
  }

  /// Every link is by the key of the agent that it is from.
  private void assertSigned(JsonNode chain, String... by) {
    assertThat(chain).hasSize(by.length);
    for (var i = 0; i < by.length; i++) {
      var link = chain.path(i);
      assertThat(Json.text(link.path("move"), "from")).isEqualTo(by[i]);
      assertThat(Json.text(link.path("proof"), "by")).as(link.toString()).isEqualTo("key");
      assertThat(Json.text(link.path("proof"), "public_key"))
          .isEqualTo(Keys.open(seed(by[i])).ed25519());
    }
  }

  @Test
  void everyStepOfAJobIsSigned() throws Exception {
    try (var hub = TestHub.open(place.resolve("data"))) {
      join(hub, "client", "provider");
      deposit(hub, "client");
      var file = Files.writeString(place.resolve("schema.json"), "{\"type\":\"object\"}");
      var opened =
          done(
              "client",
              "jobs",
              "open",
              " Twelve pages ",
              "--provider",
              "provider",
              "--amount",
              "30",
              "--note",
              "Into English",
              "--deliver-within",
              "3600",
              "--silence",
              "refund",
              "--output-schema",
              file.toString());
      var id = Json.text(opened, "job_id");
      done("provider", "jobs", "accept", id);
      done("client", "jobs", "fund", id);
      done("provider", "jobs", "submit", id, "{\"pages\":12}", "--note", "Größe: 12 €");
      var completed =
          done("client", "jobs", "complete", id, "--evidence", HEAD + "=https://a.example/seen");
      assertThat(Json.text(completed, "state")).isEqualTo("completed");
      assertSigned(completed.path("chain"), "client", "provider", "client", "provider", "client");
      assertThat(completed.path("chain").path(4).path("move").path("evidence")).hasSize(1);
    }
  }

  @Test
  void disputesMilestonesAndArbitersDecisionsAreSigned() throws Exception {
    try (var hub = TestHub.open(place.resolve("data"))) {
      join(hub, "client", "provider", "third");
      deposit(hub, "client");
      var opened =
          done(
              "provider",
              "jobs",
              "open",
              "Two texts",
              "--client",
              "client",
              "--milestone",
              "Draft=10/600",
              "--milestone",
              "Fair copy=20.5",
              "--arbiter",
              "third");
      var id = Json.text(opened, "job_id");
      done("client", "jobs", "fund", id);
      done("provider", "jobs", "submit", id, "--sha256", HEAD, "--uri", "https://a.example/1");
      done("client", "jobs", "dispute", id, "--note", "Empty");
      done("provider", "jobs", "evidence", id, "--note", "It is not");
      var resolved = done("third", "jobs", "resolve", id, "2.5", "--note", "A quarter");
      assertSigned(
          resolved.path("chain"), "provider", "client", "provider", "client", "provider", "third");
    }
  }

  @Test
  void everyMoveOfANegotiationIsSignedAndSoIsItsJob() throws Exception {
    try (var hub = TestHub.open(place.resolve("data"))) {
      join(hub, "seller", "buyer");
      deposit(hub, "buyer");
      var made =
          done(
              "seller",
              "negotiate",
              "propose",
              "--with",
              "buyer",
              "--selling",
              "--price",
              "10.50 CREDIT",
              "--subject",
              "A map",
              "--deliver-within",
              "600",
              "--valid-for",
              "60");
      var id = Json.text(made, "negotiation_id");
      done("buyer", "negotiate", "counter", id, "--price", "9 CREDIT", "--note", "North up");
      done("seller", "negotiate", "accept", id);
      var agreement = done("buyer", "negotiate", "agreement", id);
      assertSigned(agreement.path("chain"), "seller", "buyer", "seller");

      var job = done("buyer", "jobs", "open", "--agreement", id);
      assertThat(Json.text(job.path("price"), "amount")).isEqualTo("9.000000");
      assertSigned(job.path("chain"), "buyer");

      var other = done("buyer", "negotiate", "propose", "--with", "seller", "--price", "1 EUR");
      var declined = Json.text(other, "negotiation_id");
      done("seller", "negotiate", "decline", declined);
      assertSigned(done("buyer", "negotiate", "show", declined).path("chain"), "buyer", "seller");
    }
  }

  @Test
  void servicesTakenAndOffersMadeAndAcceptedAreSigned() throws Exception {
    try (var hub = TestHub.open(place.resolve("data"))) {
      join(hub, "seller", "buyer");
      var service =
          done(
              "seller",
              "services",
              "publish",
              "--name",
              "Tide tables",
              "--description",
              "When the water is high.",
              "--price",
              "0.25 EUR/page");
      var serviceId = Json.text(service, "service_id");
      var taken = done("buyer", "services", "take", serviceId, "--quantity", "3");
      var chain =
          done("buyer", "negotiate", "agreement", Json.text(taken, "negotiation_id")).path("chain");
      assertThat(Json.text(chain.path(1).path("proof"), "by")).isEqualTo("key");
      assertThat(chain.path(1).path("move").path("terms").path("price").path("atoms").asLong())
          .isEqualTo(75);
      var about = done("buyer", "negotiate", "propose", "--service", serviceId, "--price", "1 EUR");
      var proposed = done("seller", "negotiate", "show", Json.text(about, "negotiation_id"));
      assertSigned(proposed.path("chain"), "buyer");

      var asked = done("buyer", "offers", "request", "Summarise a report", "--deadline-in", "2");
      var request = Json.text(asked, "request_id");
      var offer =
          done("seller", "offers", "make", request, "--price", "30 EUR", "--note", "By noon");
      assertThat(Json.text(offer.path("proof"), "by")).isEqualTo("key");
      opened(request);
      var agreed = done("buyer", "offers", "accept", request, Json.text(offer, "offer_id"));
      var both = done("seller", "negotiate", "agreement", Json.text(agreed, "negotiation_id"));
      assertSigned(both.path("chain"), "seller", "buyer");
    }
  }

  @Test
  void whatWaitsForAPersonIsSignedAlready() throws Exception {
    try (var hub = TestHub.open(place.resolve("data"));
        var operator = new HubClient(URI.create(hub.url()), hub.adminKey())) {
      join(hub, "seller", "buyer");
      var kinds = Json.object();
      kinds.putArray("kinds").add("first-contact");
      operator.put("/holds/buyer", kinds);
      var held = done("buyer", "negotiate", "propose", "--with", "seller", "--price", "1 EUR");
      var approval = "/approvals/" + Json.text(held, "approval_id");
      var decided = operator.post(approval, Json.object().put("decision", "approve"));
      assertThat(Json.text(decided, "state")).isEqualTo("done");
      var made = done("seller", "negotiate", "list").path("negotiations").path(0);
      var shown = done("seller", "negotiate", "show", Json.text(made, "negotiation_id"));
      assertSigned(shown.path("chain"), "buyer");
    }
  }

  private void opened(String request) throws Json.Unreadable {
    for (var tries = 0; tries < 2_000; tries++) {
      if (!done("buyer", "offers", "show", request).path("offers").isEmpty()) {
        return;
      }
    }
    throw new AssertionError("The offers were never opened");
  }

  @Test
  void whereTheKeyIsElsewhereNothingIsDoneAndTheCommandSaysWhatToDo() throws Exception {
    try (var hub = TestHub.open(place.resolve("data"))) {
      join(hub, "client", "provider");
      Files.move(seed("client"), place.resolve("elsewhere"));
      var line = List.of("jobs", "open", "A map", "--provider", "provider", "--amount", "1");
      var refused = as("client", line.toArray(String[]::new));
      assertThat(refused.code()).isEqualTo(Exit.AUTH.code());
      assertThat(refused.err())
          .contains("must be signed", "it is not here", seed("client").toString())
          .contains("`meshkore keys new --replace --profile client`");
      assertThat(done("client", "jobs", "list").path("jobs")).isEmpty();

      // Keys that the hub does not know sign nothing that counts.
      var _ = Keys.open(seed("client"));
      var unknown = as("client", line.toArray(String[]::new));
      assertThat(unknown.code()).isEqualTo(Exit.USER.code());
      assertThat(unknown.err()).contains("does not know the keys", "keys new");
      Files.delete(seed("client"));
      Files.move(place.resolve("elsewhere"), seed("client"));
      assertThat(as("client", line.toArray(String[]::new)).code()).isZero();
    }
  }

  /// A hub that wants everything signed, and shows what it likes.
  private static final class Liar implements AutoCloseable {
    private final HttpServer server;
    private final Consumer<ObjectNode> lie;
    private final List<JsonNode> signed = new ArrayList<>();

    Liar(Consumer<ObjectNode> lie) throws IOException {
      this.lie = lie;
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.createContext(
          "/",
          exchange -> {
            var body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
            var answer = answer(exchange.getRequestMethod(), body);
            var bytes = Json.line(answer).getBytes(UTF_8);
            exchange.sendResponseHeaders(answer.path("status").asInt(200), bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
          });
      server.start();
    }

    URI url() {
      return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    private ObjectNode answer(String method, String body) {
      if (method.equals("GET")) {
        return Json.object().put("job_id", "job_1").put("head", HEAD);
      }
      var said = read(body);
      if (said.has("signature")) {
        signed.add(said);
        return Json.object().put("job_id", "job_1");
      }
      if (!said.path("prepare").asBoolean(false)) {
        var problem = Json.object().put("type", "/problems/move-unsigned");
        return problem.put("title", "The move must be signed").put("status", 403);
      }
      var move = Json.object().put("v", 1).put("type", "meshkore-job").put("hub", url().toString());
      move.put("job_id", "job_1").put("sequence", 4).put("previous", HEAD);
      move.put("step", "complete").put("from", "alice").put("note", "Thanks");
      lie.accept(move);
      return Json.object().put("canonical", Canonical.text(move));
    }

    private JsonNode read(String body) {
      try {
        return Json.read(body);
      } catch (Json.Unreadable e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }

  private Shell.Ended completed(Liar hub) {
    var here = new Shell(place).surroundings(System.out, System.err);
    new Profile(hub.url(), "alice", "key").save(Profile.file(here, "alice"));
    return as("alice", "jobs", "complete", "job_1", "--note", "Thanks");
  }

  @Test
  void nothingIsSignedButWhatWasAskedFor() throws Exception {
    var lies = new ArrayList<Consumer<ObjectNode>>();
    lies.add(move -> move.put("step", "resolve"));
    lies.add(move -> move.put("note", "Thanks, and I take it all back"));
    lies.add(move -> move.put("from", "mallory"));
    lies.add(move -> move.put("job_id", "job_2"));
    lies.add(move -> move.put("previous", "1".repeat(64)));
    lies.add(move -> move.put("hub", "https://another.example"));
    lies.add(move -> move.put("atoms", 1));
    lies.add(move -> move.put("sequence", "4"));
    lies.add(move -> move.put("type", "meshkore-move"));
    lies.add(move -> move.putObject("terms").put("atoms", 1));
    lies.add(move -> move.remove("note"));
    try (var honest = new Liar(_ -> {})) {
      var unsigned = completed(honest);
      assertThat(unsigned.code()).isEqualTo(Exit.AUTH.code());
      assertThat(honest.signed).isEmpty();
      var keys = Keys.open(seed("alice"));
      var ended = completed(honest);
      assertThat(ended.code()).as(ended.err()).isZero();
      assertThat(honest.signed).hasSize(1);
      assertThat(keys.didKey()).startsWith("did:key:");
    }
    for (var lie : lies) {
      try (var hub = new Liar(lie)) {
        var ended = completed(hub);
        assertThat(ended.code()).isEqualTo(Exit.OTHER.code());
        assertThat(ended.err()).contains("Nothing was signed");
        assertThat(hub.signed).isEmpty();
      }
    }
    try (var hub = new Liar(move -> move.put("note", "Thanks for nothing"))) {
      assertThat(completed(hub).err())
          .contains("sign something else than was asked for", "It differs in note");
    }
  }
}
