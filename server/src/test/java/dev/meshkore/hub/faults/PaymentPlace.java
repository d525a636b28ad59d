package dev.meshkore.hub.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.AgentKeyPair;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// An owner with agents that pay by mandates, and agents of nobody that are paid, at some hubs on
/// one database.
final class PaymentPlace {
  /// What an owner gives out at once.
  ///
  /// @param purses of all its mandates
  /// @param payers who may spend of them
  /// @param lifetime what has one limit alone
  record Outfit(List<Purse> purses, List<Purse.Payer> payers, Purse lifetime) {}

  private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();

  final List<HubProcess> hubs;
  final List<Purse.Payer> payees = new ArrayList<>();
  private final HttpClient http;
  private final String admin;
  private final String owner;
  private int count;

  PaymentPlace(List<HubProcess> hubs, HttpClient http, String admin) {
    this.hubs = hubs;
    this.http = http;
    this.admin = admin;
    this.owner =
        must(201, "POST", "/owners", admin, "{\"name\":\"Ada\"}").get("api_key").asString();
    for (String id : List.of("bob", "dan", "erin")) {
      payees.add(join(admin, id));
    }
  }

  /// Four agents with four mandates: one of them hands its own on to the next, and one has a limit
  /// of its lifetime alone.
  Outfit outfit(SplittableRandom random) {
    int number = count++;
    Purse.Payer alice = agent("alice-" + number);
    Purse.Payer helper = agent("helper-" + number);
    Purse.Payer carol = agent("carol-" + number);
    Purse.Payer dora = agent("dora-" + number);
    var wide = Purse.Limit.of(random, 12_000);
    JsonNode given = give(alice, wide.json());
    var narrow = wide.within(random);
    String child = handedOn(alice, helper, given, narrow.json());
    var own = Purse.Limit.of(random, 8_000);
    long none = Purse.Limit.NONE;
    var lifetime = new Purse.Limit(random.nextLong(500, 4_000), none, none, none, none);
    String alone = "[{\"asset\":\"CREDIT\",\"amount\":%d}]".formatted(lifetime.lifetime());
    var last = new Purse(id(give(dora, alone)), List.of(dora), lifetime);
    List<Purse> purses =
        List.of(
            new Purse(id(given), List.of(alice, helper), wide),
            new Purse(child, List.of(helper), narrow),
            new Purse(id(give(carol, own.json())), List.of(carol), own),
            last);
    return new Outfit(purses, List.of(alice, helper, carol, dora), last);
  }

  private static String id(JsonNode mandate) {
    return mandate.get("mandate_id").asString();
  }

  private Purse.Payer agent(String id) {
    Purse.Payer agent = join(owner, id);
    String deposit = "{\"id\":\"%s\",\"agent_id\":\"%s\",\"atoms\":10000000}".formatted(id, id);
    must(201, "POST", "/deposits", admin, deposit);
    return agent;
  }

  private Purse.Payer join(String by, String id) {
    String invite = must(201, "POST", "/invites", by, "{}").get("url").asString();
    String path = invite.substring(invite.indexOf("/join/"));
    String body = "{\"agent_id\":\"" + id + "\"}";
    return new Purse.Payer(id, must(201, "POST", path, "", body).get("api_key").asString());
  }

  private JsonNode give(Purse.Payer to, String spend) {
    String body =
        ("{\"agent_id\":\"%s\",\"calls\":[\"profile\"],\"counterparties\":{},\"spend\":%s,"
                + "\"delegation_depth\":1}")
            .formatted(to.id(), spend);
    return must(201, "POST", "/mandates", owner, body);
  }

  /// Signs a part of a mandate over to another agent, which presents it.
  private String handedOn(Purse.Payer from, Purse.Payer to, JsonNode given, String spend) {
    var keys = new AgentKeyPair(ByteBuffer.allocate(32).putInt(count).array());
    String challenge =
        must(201, "POST", "/keys/challenge", from.key(), null).get("challenge").asString();
    ObjectNode bind = Player.JSON.createObjectNode();
    bind.put("type", "ed25519");
    bind.put("public_key", keys.ed25519Hex());
    bind.put("challenge", challenge);
    bind.put("signature", keys.sign(challenge));
    must(201, "POST", "/keys", from.key(), bind.toString());
    long until = Instant.parse(given.get("expires_at").asString()).getEpochSecond();
    String grants = "{\"calls\":[\"profile\"],\"counterparties\":{},\"spend\":%s}".formatted(spend);
    String claims =
        """
        {"iss":"%s","sub":"%s","aud":"%s","jti":"x","iat":1,"exp":%d,"act":{"sub":"%s"},
         "grants":%s,"prf":"%s"}
        """
            .formatted(
                from.id(),
                to.id(),
                hubs.getFirst().uri(""),
                until,
                from.id(),
                grants,
                given.get("token").asString());
    String text =
        base64Url("{\"alg\":\"EdDSA\",\"typ\":\"mandate+jwt\"}") + "." + base64Url(claims);
    byte[] signature = HexFormat.of().parseHex(keys.sign(text));
    String token = text + "." + BASE64URL.encodeToString(signature);
    String body = "{\"mandate\":\"" + token + "\"}";
    return id(must(201, "POST", "/mandates/presented", to.key(), body));
  }

  private static String base64Url(String text) {
    return BASE64URL.encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /// What is left of the lifetime of a purse, as its holder is told.
  long left(Purse purse) {
    String path = "/mandates/" + purse.mandate();
    JsonNode shown = must(200, "GET", path, purse.payers().getFirst().key(), null);
    for (JsonNode one : shown.get("remaining")) {
      boolean isOwn = one.get("mandate_id").asString().equals(purse.mandate());
      if (isOwn && one.get("name").asString().equals("amount")) {
        return one.get("remaining").asLong();
      }
    }
    return purse.limit().lifetime();
  }

  void checkBooks() {
    assertThat(must(200, "GET", "/ledger", admin, null).get("differences")).isEmpty();
  }

  /// Asks the first hub, which is there.
  JsonNode must(int status, String method, String path, String key, @Nullable String body) {
    try {
      HttpResponse<String> answer = ask(hubs.getFirst(), method, path, key, body);
      assertThat(answer.statusCode()).as("%s: %s", path, answer.body()).isEqualTo(status);
      return Player.JSON.readTree(answer.body());
    } catch (IOException failure) {
      throw new AssertionError(path, failure);
    } catch (InterruptedException failure) {
      Thread.currentThread().interrupt();
      throw new AssertionError(failure);
    }
  }

  HttpResponse<String> ask(
      HubProcess hub, String method, String path, String key, @Nullable String body)
      throws IOException, InterruptedException {
    HttpRequest.BodyPublisher publisher =
        body == null
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofString(body);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(hub.uri(path))
            .timeout(Duration.ofSeconds(30))
            .method(method, publisher);
    if (!key.isEmpty()) {
      request.header("Authorization", "Bearer " + key);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }
}
