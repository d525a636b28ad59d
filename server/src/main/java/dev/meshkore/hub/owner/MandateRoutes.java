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
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// HTTP ↔ mandates.
final class MandateRoutes {
  private static final long EXPIRES_IN = Duration.ofDays(1).toSeconds();
  private static final int PAGE = 50;
  private static final int PAGE_MAX = 200;

  private final Callers callers;
  private final Agents agents;
  private final Mandates mandates;
  private final Attestations attestations;
  private final OpenMandates openMandates;

  MandateRoutes(
      Callers callers,
      Agents agents,
      Mandates mandates,
      Attestations attestations,
      OpenMandates openMandates) {
    this.openMandates = openMandates;
    this.callers = callers;
    this.agents = agents;
    this.mandates = mandates;
    this.attestations = attestations;
  }

  void addTo(Router router) {
    router.post("/mandates", callers.owner(this::give));
    router.get("/mandates", callers.any(this::list));
    router.get("/mandates/{mandate_id}", callers.any(this::show));
    router.add("DELETE", "/mandates/{mandate_id}", callers.any(this::revoke));
    router.post("/mandates/presented", callers.agent(this::present));
  }

  private Response give(Request request, Caller.OfOwner caller) {
    Fields fields = request.fields();
    Optional<String> signed = fields.optionalText("mandate");
    if (signed.isPresent()) {
      fields.end();
      return shown(201, mandates.take(caller, signed.get()));
    }
    String agentId = fields.text("agent_id");
    Grants grants = Grants.read(fields);
    long expiresIn = fields.number("expires_in", EXPIRES_IN, 1, Mandates.LIFETIME_MAX.toSeconds());
    fields.end();
    return shown(201, mandates.give(caller, agentId, grants, Duration.ofSeconds(expiresIn)));
  }

  private Response present(Request request, Caller.OfAgent caller) {
    Fields fields = request.fields();
    Optional<List<String>> attestation = fields.texts("nip_oa");
    if (attestation.isPresent()) {
      fields.end();
      return shown(201, attestations.present(caller, attestation.get()));
    }
    Optional<String> open = fields.optionalText("sd_jwt");
    if (open.isPresent()) {
      fields.end();
      return shown(201, openMandates.present(caller, open.get()));
    }
    String token = fields.text("mandate");
    fields.end();
    return shown(201, mandates.present(caller, token));
  }

  private Response list(Request request, Caller caller) {
    int limit = (int) request.query("limit", PAGE, 1, PAGE_MAX);
    long before = request.query("cursor", Long.MAX_VALUE, 1, Long.MAX_VALUE);
    List<SqlMandates.Numbered> found = mandates.page(caller, before, limit + 1);
    List<SqlMandates.Numbered> page = found.subList(0, Math.min(limit, found.size()));
    ObjectNode body = Json.object();
    ArrayNode list = body.putArray("mandates");
    List<Mandate> shown = page.stream().map(SqlMandates.Numbered::mandate).toList();
    List<Standing> standings = mandates.standings(shown);
    for (int i = 0; i < shown.size(); i++) {
      list.add(json(shown.get(i), standings.get(i)));
    }
    body.put("next", found.size() > limit ? String.valueOf(page.getLast().number()) : null);
    return Response.json(200, body);
  }

  private Response show(Request request, Caller caller) {
    return shown(200, mandates.find(caller, request.name("mandate_id")));
  }

  private Response revoke(Request request, Caller caller) {
    mandates.revoke(caller, request.name("mandate_id"));
    return new Response.Whole(204, Map.of(), new byte[0]);
  }

  private Response shown(int status, Mandate mandate) {
    ObjectNode json = json(mandate, mandates.standings(List.of(mandate)).getFirst());
    json.put("token", mandate.token());
    ArrayNode remaining = json.putArray("remaining");
    mandates.remaining(mandate).forEach(one -> one.addTo(remaining.addObject()));
    return Response.json(status, json);
  }

  private ObjectNode json(Mandate mandate, Standing standing) {
    ObjectNode json = Json.object();
    json.put("mandate_id", mandate.id());
    json.put("agent_id", agents.idOf(mandate.subject()));
    json.put("parent", mandate.parent().orElse(null));
    json.put("depth", mandate.depth());
    json.put("form", mandate.form().word());
    json.put("status", standing.word());
    mandate.grants().addTo(json);
    json.put("made_at", Rfc3339.text(mandate.madeAt()));
    json.put("expires_at", Rfc3339.text(mandate.expiresAt()));
    json.put("revoked_at", mandate.revokedAt().map(Rfc3339::text).orElse(null));
    return json;
  }
}
