package dev.meshkore.hub.identity;

import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.http.Response;
import dev.meshkore.hub.http.Rfc3339;
import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.http.Utf8;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongPredicate;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The HTTP routes of invites, joining, profiles and the hub's public keys.
public final class IdentityRoutes {
  private static final long AGENT_USES_MAX = 10;
  private static final long AGENT_EXPIRES_IN_MAX = Duration.ofDays(7).toSeconds();
  private static final long EXPIRES_IN = Duration.ofDays(1).toSeconds();
  private static final int PAGE = 50;
  private static final int PAGE_MAX = 200;

  private final Callers callers;
  private final Admission admission;
  private final Invites invites;
  private final Agents agents;
  private final SigningKeys keys;
  private final JoinGuide guide;
  private final SignedJoins signedJoins;
  private final LongPredicate isOnline;
  private final boolean agentsMayInvite;

  /// Routes over these parts. `isOnline` knows by an agent's number whether it is online now.
  public IdentityRoutes(
      Callers callers,
      Admission admission,
      Invites invites,
      Agents agents,
      SigningKeys keys,
      JoinGuide guide,
      SignedJoins signedJoins,
      LongPredicate isOnline,
      boolean agentsMayInvite) {
    this.callers = callers;
    this.admission = admission;
    this.invites = invites;
    this.agents = agents;
    this.keys = keys;
    this.guide = guide;
    this.signedJoins = signedJoins;
    this.isOnline = isOnline;
    this.agentsMayInvite = agentsMayInvite;
  }

  /// Adds the routes.
  public void addTo(Router router) {
    router.post("/invites", callers.any(this::makeInvite));
    router.get("/invites", callers.admin(this::listInvites));
    router.add("DELETE", "/invites/{invite_id}", callers.admin(this::removeInvite));
    router.get("/join/{nonce}", this::readInvite);
    router.post("/join/{nonce}", this::join);
    router.post("/register", this::register);
    router.get("/profile", callers.agent((_, caller) -> profile(agents.get(caller.number()))));
    router.add("PATCH", "/profile", callers.agent(this::changeProfile));
    router.get("/.well-known/jwks.json", this::keySet);
  }

  private Response makeInvite(Request request, Caller caller) {
    String madeBy =
        switch (caller) {
          case Caller.Admin _ -> "admin";
          case Caller.OfOwner owner -> Invite.ofOwner(owner.number());
          case Caller.OfAgent agent when agentsMayInvite -> agent.id();
          case Caller.OfAgent _ ->
              throw new Refused(ProblemType.NOT_ALLOWED, "This needs the admin key");
        };
    boolean isAdmin = caller instanceof Caller.Admin;
    Fields fields = request.fields();
    long maxUses = fields.number("max_uses", 1, 1, isAdmin ? Invites.USES_MAX : AGENT_USES_MAX);
    long expiresInMax = isAdmin ? Invites.EXPIRES_IN_MAX.toSeconds() : AGENT_EXPIRES_IN_MAX;
    long expiresIn = fields.number("expires_in", EXPIRES_IN, 1, expiresInMax);
    String label = fields.optionalText("label").orElse("");
    Invite.LetsIn letsIn = letsIn(fields.optionalText("for").orElse("agent"), isAdmin);
    fields.end();
    Invites.Made made = invites.make(label, maxUses, Duration.ofSeconds(expiresIn), madeBy, letsIn);
    ObjectNode body = json(made.invite());
    body.put("url", made.url());
    return Response.json(201, body);
  }

  private static Invite.LetsIn letsIn(String word, boolean isAdmin) {
    return switch (word) {
      case "agent" -> Invite.LetsIn.AGENT;
      case "owner" -> {
        if (!isAdmin) {
          throw new Refused(ProblemType.NOT_ALLOWED, "This needs the admin key");
        }
        yield Invite.LetsIn.OWNER;
      }
      default -> throw Refused.field("for", "for must be agent or owner");
    };
  }

  private Response listInvites(Request request) {
    int limit = (int) request.query("limit", PAGE, 1, PAGE_MAX);
    Optional<Cursor> cursor = request.query("cursor").map(Cursor::of);
    List<Invite> found =
        invites.page(
            cursor.map(Cursor::madeAt).orElse(Long.MAX_VALUE),
            cursor.map(Cursor::id).orElse(""),
            limit + 1);
    ObjectNode body = Json.object();
    ArrayNode list = body.putArray("invites");
    List<Invite> page = found.subList(0, Math.min(limit, found.size()));
    page.forEach(invite -> list.add(json(invite)));
    body.put("next", found.size() > limit ? Cursor.after(page.getLast()) : null);
    return Response.json(200, body);
  }

  private Response removeInvite(Request request) {
    invites.remove(request.name("invite_id"));
    return new Response.Whole(204, Map.of(), new byte[0]);
  }

  private Response readInvite(Request request) {
    String nonce = request.name("nonce");
    Invite invite = invites.read(nonce);
    String accept = String.join(",", request.headers("Accept"));
    return guide.answer(accept, invite, invites.url(nonce));
  }

  private Response join(Request request) {
    Fields fields = request.fields();
    AgentId id = AgentId.of("agent_id", fields.text("agent_id"));
    var profile =
        new Profile(
            fields.optionalText("description").orElse(""),
            fields.texts("capabilities").orElse(List.of()),
            fields.optionalText("public_key").map(Profile::publicKey).orElse(null),
            Practice.NONE.with(fields));
    fields.end();
    String nonce = request.name("nonce");
    if (Callers.isSigned(request)) {
      // A signature is stored: nobody who has no invite may have that done.
      invites.read(nonce);
    }
    Admission.Joined joined =
        admission.join(nonce, id, profile, signedJoins.of(request, id, profile));
    ObjectNode body = Json.object();
    body.put("agent_id", joined.agentId());
    body.put("api_key", joined.apiKey());
    body.put("token", joined.token().value());
    body.put("expires_at", Rfc3339.text(joined.token().expiresAt()));
    body.put("hub", invites.hubUrl());
    body.put("inbox_after", 0);
    return Response.json(201, body);
  }

  private Response register(Request request) {
    Fields fields = request.fields();
    AgentId id = AgentId.of("agent_id", fields.text("agent_id"));
    String key = fields.text("api_key");
    fields.end();
    return switch (admission.register(id, key, request.peer().address())) {
      case Admission.Registration.Renewed(Tokens.Token token) -> registered(200, id, token);
      case Admission.Registration.Added(Tokens.Token token) -> registered(201, id, token);
    };
  }

  private static Response registered(int status, AgentId id, Tokens.Token token) {
    ObjectNode body = Json.object();
    body.put("agent_id", id.value());
    body.put("token", token.value());
    body.put("expires_at", Rfc3339.text(token.expiresAt()));
    return Response.json(status, body);
  }

  private Response changeProfile(Request request, Caller.OfAgent caller) {
    Fields fields = request.fields();
    Optional<String> description = fields.optionalText("description");
    Optional<List<String>> capabilities = fields.texts("capabilities");
    Optional<String> status = fields.optionalText("status");
    Practice.NONE.with(fields);
    fields.end();
    var change =
        new Agents.Change(description, capabilities, status, Optional.of(request.fields()));
    return profile(agents.update(caller.number(), change));
  }

  private Response profile(Agent agent) {
    return Response.json(200, AgentJson.of(agent, isOnline.test(agent.number())));
  }

  private Response keySet(Request request) {
    return Response.json(200, keys.keySet()).with("Cache-Control", "public, max-age=300");
  }

  private static ObjectNode json(Invite invite) {
    ObjectNode body = Json.object();
    body.put("invite_id", invite.id());
    body.put("max_uses", invite.maxUses());
    body.put("uses", invite.uses());
    body.put("expires_at", Rfc3339.text(invite.expiresAt()));
    body.put("for", invite.letsIn().word());
    body.put("label", invite.label().isEmpty() ? null : invite.label());
    return body;
  }

  /// The place in the list of invites after which a page starts.
  private record Cursor(long madeAt, String id) {
    static String after(Invite invite) {
      String place = invite.madeAt().toEpochMilli() + ":" + invite.id();
      return Secrets.base64Url(place.getBytes(StandardCharsets.UTF_8));
    }

    static Cursor of(String text) {
      try {
        var place = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
        int colon = place.indexOf(':');
        String id = Utf8.text("cursor", place.substring(colon + 1));
        return new Cursor(Long.parseLong(place.substring(0, colon)), id);
      } catch (IllegalArgumentException | IndexOutOfBoundsException _) {
        throw Refused.field("cursor", "cursor must be the next of the page before");
      }
    }
  }
}
