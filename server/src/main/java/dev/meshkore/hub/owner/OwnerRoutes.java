package dev.meshkore.hub.owner;

import dev.meshkore.hub.guard.Notices;
import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.http.Handler;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.http.Response;
import dev.meshkore.hub.http.Rfc3339;
import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.identity.AgentKeys;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.identity.Callers;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// HTTP ↔ owners and the agents they hold.
final class OwnerRoutes {
  private static final Logger LOG = System.getLogger(OwnerRoutes.class.getName());
  private static final int PAGE = 50;
  private static final int PAGE_MAX = 200;

  private final Callers callers;
  private final Agents agents;
  private final Owners owners;
  private final Attestations attestations;
  private final AgentKeys agentKeys;
  private final Notices notices;
  private final OwnerEvents events;
  private final Handler makeAsAdmin;

  OwnerRoutes(OwnerParts parts, Owners owners, Attestations attestations, OwnerEvents events) {
    this.events = events;
    this.attestations = attestations;
    this.agentKeys = parts.agentKeys();
    this.notices = parts.notices();
    this.callers = parts.callers();
    this.agents = parts.agents();
    this.owners = owners;
    this.makeAsAdmin = callers.admin(request -> make(request, false));
  }

  void addTo(Router router) {
    router.post("/owners", this::make);
    router.get("/owners/me", callers.owner((_, owner) -> show(owners.get(owner.number()))));
    router.add("PATCH", "/owners/me", callers.owner(this::change));
    router.post("/owners/me/api-key", callers.owner(this::newKey));
    router.get("/owners/me/events", callers.owner(this::events));
    router.get("/owners/me/agents", callers.owner(this::heldAgents));
    router.post("/owners/me/agents/{agent_id}", callers.owner(this::offer));
    router.add("DELETE", "/owners/me/agents/{agent_id}", callers.owner(this::release));
    router.post("/owners/me/agents/{agent_id}/recover", callers.owner(this::recover));
    router.get("/owner", callers.agent(this::ownerOf));
    router.post("/owner", callers.agent(this::agree));
  }

  private Response make(Request request) {
    return Callers.hasProof(request) ? makeAsAdmin.handle(request) : make(request, true);
  }

  private Response make(Request request, boolean isByInvite) {
    Fields fields = request.fields();
    OwnerFields wanted =
        new OwnerFields(
            OwnerFields.name(fields.text("name")),
            fields.optionalText("public_key").map(OwnerFields::publicKey).orElse(null),
            null,
            null,
            OwnerFields.requiresMandates(fields.optionalText("mandates").orElse("optional")));
    Optional<String> invite = fields.optionalText("invite").map(OwnerRoutes::nonce);
    fields.end();
    if (isByInvite && invite.isEmpty()) {
      throw new Refused(
          ProblemType.UNAUTHENTICATED, "An owner is made with the admin key, or by an invite");
    }
    Owners.Made made = owners.make(wanted, isByInvite ? invite : Optional.empty());
    ObjectNode body = json(made.owner());
    body.put("api_key", made.apiKey());
    return Response.json(201, body);
  }

  /// An invite is given by its URL, or by the end of it.
  private static String nonce(String text) {
    return text.substring(text.lastIndexOf('/') + 1);
  }

  private Response change(Request request, Caller.OfOwner caller) {
    Fields fields = request.fields();
    Optional<String> name = fields.optionalText("name").map(OwnerFields::name);
    Optional<byte[]> publicKey = fields.optionalText("public_key").map(OwnerFields::publicKey);
    Optional<byte[]> p256Key = fields.optionalText("p256_key").map(OwnerFields::p256Key);
    Optional<byte[]> nostrKey = fields.optionalText("nostr_key").map(OwnerFields::nostrKey);
    if (nostrKey.isPresent()) {
      String proof = fields.text("nostr_proof");
      attestations.requireProof(caller.id(), nostrKey.get(), proof);
    }
    Optional<Boolean> requiresMandates =
        fields.optionalText("mandates").map(OwnerFields::requiresMandates);
    fields.end();
    Function<Owner, OwnerFields> change =
        before ->
            new OwnerFields(
                name.orElse(before.name()),
                publicKey.isPresent() ? publicKey.get() : before.publicKey(),
                nostrKey.isPresent() ? nostrKey.get() : before.nostrKey(),
                p256Key.isPresent() ? p256Key.get() : before.p256Key(),
                requiresMandates.orElse(before.requiresMandates()));
    return show(owners.update(caller.number(), change));
  }

  private Response newKey(Request request, Caller.OfOwner caller) {
    ObjectNode body = Json.object();
    body.put("owner_id", caller.id());
    body.put("api_key", owners.newKey(caller.number()));
    return Response.json(201, body);
  }

  private Response heldAgents(Request request, Caller.OfOwner caller) {
    int limit = (int) request.query("limit", PAGE, 1, PAGE_MAX);
    long after = request.query("cursor", 0, 0, Long.MAX_VALUE);
    List<Long> found = owners.heldBy(caller.number(), after, limit + 1);
    List<Long> page = found.subList(0, Math.min(limit, found.size()));
    ObjectNode body = Json.object();
    ArrayNode list = body.putArray("agents");
    page.forEach(number -> list.add(agents.idOf(number)));
    body.put("next", found.size() > limit ? String.valueOf(page.getLast()) : null);
    return Response.json(200, body);
  }

  private Response events(Request request, Caller.OfOwner caller) {
    int limit = (int) request.query("limit", PAGE, 1, PAGE_MAX);
    long after = request.query("cursor", 0, 0, Long.MAX_VALUE);
    List<OwnerEvents.Event> found = events.after(caller.number(), after, limit + 1);
    List<OwnerEvents.Event> page = found.subList(0, Math.min(limit, found.size()));
    ObjectNode body = Json.object();
    ArrayNode list = body.putArray("events");
    for (OwnerEvents.Event event : page) {
      ObjectNode one = list.addObject();
      one.put("event_id", String.valueOf(event.number()));
      one.put("at", Rfc3339.text(event.atMs()));
      one.set("notice", Json.own(event.notice()));
    }
    body.put("next", found.size() > limit ? String.valueOf(page.getLast().number()) : null);
    return Response.json(200, body);
  }

  private Response offer(Request request, Caller.OfOwner caller) {
    String agentId = request.name("agent_id");
    boolean isHeld =
        switch (owners.offer(caller.number(), agentId)) {
          case HELD -> true;
          case OFFERED -> false;
        };
    ObjectNode body = Json.object();
    body.put("agent_id", agentId);
    body.put("status", isHeld ? "held" : "offered");
    return Response.json(isHeld ? 200 : 202, body);
  }

  private Response release(Request request, Caller.OfOwner caller) {
    owners.release(caller.number(), request.name("agent_id"));
    return new Response.Whole(204, Map.of(), new byte[0]);
  }

  /// What proved the agent before is void, whoever has it; the agent is told in its inbox.
  private Response recover(Request request, Caller.OfOwner caller) {
    String agentId = request.name("agent_id");
    long agent = owners.held(caller.number(), agentId);
    ObjectNode body = Json.object();
    body.put("agent_id", agentId);
    body.put("api_key", agentKeys.recover(agent, agentId, caller.id()));
    LOG.log(Level.INFO, caller.id() + " recovered " + agentId);
    notices.tell(
        agentId,
        Json.object()
            .put("notice", "recovered")
            .put("by", caller.id())
            .put("what_to_do", "Your keys and tokens are void; bind a key of your own again."));
    return Response.json(201, body);
  }

  private Response ownerOf(Request request, Caller.OfAgent caller) {
    ObjectNode body = Json.object();
    Optional<Owner> owner = owners.ownerOf(caller.number());
    body.set("owner", owner.map(OwnerRoutes::json).orElse(null));
    ArrayNode offers = body.putArray("offers");
    if (owner.isEmpty()) {
      owners.offersTo(caller.number()).forEach(one -> offers.add(json(one)));
    }
    return Response.json(200, body);
  }

  private Response agree(Request request, Caller.OfAgent caller) {
    Fields fields = request.fields();
    String ownerId = fields.text("owner_id");
    fields.end();
    Owners.requireSecret(caller);
    return show(owners.agree(caller, ownerId));
  }

  private static Response show(Owner owner) {
    return Response.json(200, json(owner));
  }

  static ObjectNode json(Owner owner) {
    ObjectNode json = Json.object();
    json.put("owner_id", owner.id());
    json.put("name", owner.name());
    json.put("mandates", owner.requiresMandates() ? "required" : "optional");
    byte[] publicKey = owner.publicKey();
    json.put("public_key", publicKey == null ? null : Secrets.base64Url(publicKey));
    byte[] nostrKey = owner.nostrKey();
    json.put("nostr_key", nostrKey == null ? null : HexFormat.of().formatHex(nostrKey));
    byte[] p256Key = owner.p256Key();
    json.put("p256_key", p256Key == null ? null : Secrets.base64Url(p256Key));
    json.put("made_at", Rfc3339.text(owner.madeAt()));
    return json;
  }
}
