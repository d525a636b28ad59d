package dev.meshkore.hub.identity;

import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.http.Response;
import dev.meshkore.hub.http.Rfc3339;
import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.keys.Key;
import dev.meshkore.hub.keys.KeyType;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The HTTP routes of agents' keys, and of the names that other protocols have for an agent.
public final class KeyRoutes {
  private static final Pattern SIGNATURE =
      Pattern.compile("[0-9a-fA-F]{128}|(?:0x)?[0-9a-fA-F]{130}");

  private final Callers callers;
  private final AgentKeys keys;
  private final Agents agents;
  private final Tokens tokens;
  private final Supplier<String> hubUrl;

  /// Routes over these parts.
  public KeyRoutes(
      Callers callers, AgentKeys keys, Agents agents, Tokens tokens, Supplier<String> hubUrl) {
    this.callers = callers;
    this.keys = keys;
    this.agents = agents;
    this.tokens = tokens;
    this.hubUrl = hubUrl;
  }

  /// Adds the routes.
  public void addTo(Router router) {
    router
        .post("/keys/challenge", callers.agent(this::challenge))
        .post("/keys", callers.agent(this::bind))
        .get("/keys", callers.agent((_, caller) -> list(caller)))
        .add("DELETE", "/keys/{public_key}", callers.agent(this::revoke))
        .post("/keys/api-key", callers.agent((_, caller) -> changeApiKey(caller)))
        .add("DELETE", "/agents/{agent_id}/credentials", callers.admin(this::revokeAll))
        .get("/agents/{agent_id}/did.json", this::document)
        .get("/.well-known/nostr.json", this::nostrNames);
  }

  private Response challenge(Request request, Caller.OfAgent caller) {
    AgentKeys.Challenge challenge = keys.challenge(caller);
    ObjectNode body = Json.object();
    body.put("challenge", challenge.text());
    body.put("expires_at", Rfc3339.text(challenge.expiresAt()));
    return Response.json(201, body);
  }

  private Response bind(Request request, Caller.OfAgent caller) {
    Fields fields = request.fields();
    KeyType type = KeyType.of("type", fields.text("type"));
    Key key = Key.of(type, "public_key", fields.text("public_key"));
    String challenge = fields.text("challenge");
    byte[] signature = signature("signature", fields.text("signature"));
    byte[] previous =
        fields
            .optionalText("previous_signature")
            .map(text -> signature("previous_signature", text))
            .orElse(null);
    fields.end();
    BoundKey bound = keys.bind(caller, new AgentKeys.Binding(key, challenge, signature, previous));
    return Response.json(201, withAddresses(bound));
  }

  private static byte[] signature(String field, String text) {
    if (!SIGNATURE.matcher(text).matches()) {
      throw Refused.field(field, field + " must be 64 bytes in hexadecimal, or the 65 of a wallet");
    }
    return HexFormat.of().parseHex(text.startsWith("0x") ? text.substring(2) : text);
  }

  private Response list(Caller.OfAgent caller) {
    ObjectNode body = Json.object();
    body.put("did_wba", DidWba.of(hubUrl.get(), caller.id()));
    ArrayNode list = body.putArray("keys");
    keys.ofAgent(caller.number()).forEach(bound -> list.add(withAddresses(bound)));
    return Response.json(200, body);
  }

  private static ObjectNode withAddresses(BoundKey bound) {
    ObjectNode body = AgentJson.of(bound);
    bound.key().solanaAddress().ifPresent(address -> body.put("solana_address", address));
    bound.key().evmAddress().ifPresent(address -> body.put("evm_address", address));
    return body;
  }

  private Response revoke(Request request, Caller.OfAgent caller) {
    requireSecret(caller);
    keys.revoke(caller, request.name("public_key"));
    return nothing();
  }

  /// A token, which may be a stolen one, must not become a credential that stays.
  private static void requireSecret(Caller.OfAgent caller) {
    if (!caller.proof().isOfSecret()) {
      throw new Refused(
          ProblemType.NOT_ALLOWED, "Call with the API key or a signature; a token is not enough");
    }
  }

  private Response changeApiKey(Caller.OfAgent caller) {
    requireSecret(caller);
    AgentKeys.NewApiKey made = keys.changeApiKey(caller);
    Tokens.Token token = tokens.issue(caller.id(), made.epoch());
    ObjectNode body = Json.object();
    body.put("agent_id", caller.id());
    body.put("api_key", made.apiKey());
    body.put("token", token.value());
    body.put("expires_at", Rfc3339.text(token.expiresAt()));
    return Response.json(201, body);
  }

  private Response revokeAll(Request request) {
    Agent agent = agent(request);
    keys.revokeAll(agent.number(), agent.id(), "admin");
    return nothing();
  }

  private Response document(Request request) {
    Agent agent = agent(request);
    return Response.json(200, DidWba.document(hubUrl.get(), agent))
        .with("Content-Type", "application/did+json")
        .with("Cache-Control", "public, max-age=60");
  }

  private Agent agent(Request request) {
    return agents
        .find(request.name("agent_id"))
        .orElseThrow(() -> new Refused(ProblemType.UNKNOWN_AGENT, "No agent has this agent_id"));
  }

  /// NIP-05: the keys of one name; nobody is listed who is not asked for.
  private Response nostrNames(Request request) {
    ObjectNode body = Json.object();
    ObjectNode names = body.putObject("names");
    Optional<Agent> asked = request.query("name").flatMap(agents::find);
    asked.ifPresent(agent ->
        agent.keys().stream()
            .map(BoundKey::key)
            .filter(key -> key.type() == KeyType.SECP256K1)
            .forEach(key -> names.put(agent.id(), key.hex())));
    return Response.json(200, body)
        .with("Access-Control-Allow-Origin", "*")
        .with("Cache-Control", "public, max-age=60");
  }

  private static Response nothing() {
    return new Response.Whole(204, Map.of(), new byte[0]);
  }
}
