package dev.meshkore.hub.owner;

import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.http.Response;
import dev.meshkore.hub.http.Rfc3339;
import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.identity.Callers;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// HTTP ↔ verifications and trust levels.
final class TrustRoutes {
  private final Callers callers;
  private final Agents agents;
  private final Owners owners;
  private final Verifications verifications;

  TrustRoutes(Callers callers, Agents agents, Owners owners, Verifications verifications) {
    this.callers = callers;
    this.agents = agents;
    this.owners = owners;
    this.verifications = verifications;
  }

  void addTo(Router router) {
    router.get("/trust-levels", _ -> levels());
    router.add("PUT", "/agents/{agent_id}/trust", callers.admin(this::vouchForAgent));
    router.add("PUT", "/owners/{owner_id}/trust", callers.admin(this::vouchForOwner));
    router.post("/verifications", callers.any(this::begin));
    router.get("/verifications", callers.any(this::list));
    router.add("DELETE", "/verifications/{verification_id}", callers.any(this::remove));
    router.post("/verifications/{verification_id}/check", callers.any(this::check));
  }

  private static Response levels() {
    ObjectNode body = Json.object();
    ArrayNode list = body.putArray("levels");
    for (TrustLevel level : TrustLevel.values()) {
      list.addObject()
          .put("level", level.word())
          .put("rank", level.rank())
          .put("meaning", level.meaning());
    }
    return Response.json(200, body);
  }

  private Response vouchForAgent(Request request) {
    String id = request.name("agent_id");
    long agent =
        agents
            .numberOf(id)
            .orElseThrow(
                () -> new Refused(ProblemType.UNKNOWN_AGENT, "No agent has this agent_id"));
    return vouch(request, new Verification.Subject.OfAgent(agent), id);
  }

  private Response vouchForOwner(Request request) {
    String id = request.name("owner_id");
    Owner owner = owners.find(id).orElseThrow(Owners::unknown);
    return vouch(request, new Verification.Subject.OfOwner(owner.number()), id);
  }

  private Response vouch(Request request, Verification.Subject subject, String id) {
    Fields fields = request.fields();
    boolean isTrusted = fields.flag("trusted", true);
    fields.end();
    verifications.vouch(subject, id, isTrusted);
    return Response.json(200, Json.object().put("trusted", isTrusted));
  }

  private Response begin(Request request, Caller caller) {
    Fields fields = request.fields();
    String method = fields.text("method");
    Verification begun =
        switch (method) {
          case "dns", "well-known" -> {
            String domain = fields.text("domain");
            fields.end();
            yield verifications.ofDomain(
                subject(caller), Verification.Method.ofWord(method), domain);
          }
          case "social" -> {
            String platform = fields.text("platform");
            String account = fields.text("account");
            String proof = fields.text("proof");
            fields.end();
            yield verifications.ofAccount(subject(caller), platform, account, proof);
          }
          default -> throw Refused.field("method", "method must be dns, well-known or social");
        };
    return Response.json(201, json(begun));
  }

  private Response list(Request request, Caller caller) {
    ObjectNode body = Json.object();
    ArrayNode list = body.putArray("verifications");
    verifications.of(subject(caller)).forEach(one -> list.add(json(one)));
    return Response.json(200, body);
  }

  private Response check(Request request, Caller caller) {
    return Response.json(
        200, json(verifications.check(subject(caller), request.name("verification_id"))));
  }

  private Response remove(Request request, Caller caller) {
    verifications.remove(subject(caller), request.name("verification_id"));
    return new Response.Whole(204, Map.of(), new byte[0]);
  }

  private static Verification.Subject subject(Caller caller) {
    return switch (caller) {
      case Caller.OfOwner owner -> new Verification.Subject.OfOwner(owner.number());
      case Caller.OfAgent agent -> new Verification.Subject.OfAgent(agent.number());
      case Caller.Admin _ ->
          throw new Refused(ProblemType.NOT_ALLOWED, "This is for agents and owners");
    };
  }

  private static ObjectNode json(Verification one) {
    ObjectNode json = Json.object();
    json.put("verification_id", one.id());
    json.put("method", one.method().word());
    json.put("name", one.name());
    json.put("place", one.proof());
    json.put("text", one.expected());
    json.put("level", one.method().level().word());
    json.put("status", one.status().word());
    json.put("reason", one.reason().isEmpty() ? null : one.reason());
    json.put("made_at", Rfc3339.text(one.madeAt()));
    json.put("verified_at", text(one.verifiedAt()));
    json.put("checked_at", text(one.checkedAt()));
    json.put("next_check_at", text(one.checkAt()));
    return json;
  }

  private static @org.jspecify.annotations.Nullable String text(Optional<Instant> time) {
    return time.map(Rfc3339::text).orElse(null);
  }
}
