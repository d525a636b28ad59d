package dev.meshkore.hub.relay;

import dev.meshkore.hub.guard.Holding;
import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.http.Response;
import dev.meshkore.hub.http.Rfc3339;
import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.identity.AgentId;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.identity.Callers;
import dev.meshkore.hub.identity.ProfileFields;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// HTTP ↔ channels.
final class ChannelRoutes {
  private static final int MEMBERS_SHOWN = 1_000;
  private static final long MEMBER_RATE_MAX = 10_000_000;

  private final Relay relay;
  private final Channels channels;
  private final Agents agents;
  private final DraftReader reader;
  private final Holding holding;

  ChannelRoutes(Relay relay, Agents agents, DraftReader reader, Holding holding) {
    this.relay = relay;
    this.channels = relay.channels();
    this.agents = agents;
    this.reader = reader;
    this.holding = holding;
  }

  void addTo(Router router, Callers callers) {
    router
        .post(
            "/channels",
            callers.agent((request, caller) ->
                holding.orHold(request, caller, "/channels", () -> create(request, caller))))
        .get("/channels", callers.agent(this::list))
        .get("/channels/{channel_id}", callers.agent(this::get))
        .post("/channels/{channel_id}/join", callers.agent(this::join))
        .post("/channels/{channel_id}/leave", callers.agent(this::leave))
        .post("/channels/{channel_id}/members", callers.agent(this::addMember))
        .add(
            "DELETE",
            "/channels/{channel_id}/members/{agent_id}",
            callers.agent(this::removeMember))
        .add("PUT", "/channels/{channel_id}/members/{agent_id}", callers.agent(this::setRole))
        .get("/channels/{channel_id}/policy", callers.agent(this::policy))
        .add("PUT", "/channels/{channel_id}/policy", callers.agent(this::setPolicy))
        .post("/channels/{channel_id}/send", callers.agent(this::send))
        .get("/channels/{channel_id}/history", callers.agent(this::history));
  }

  private Response create(Request request, Caller.OfAgent caller) {
    Fields fields = request.fields();
    String id = AgentId.of("channel_id", fields.text("channel_id")).value();
    String description = ProfileFields.description(fields.optionalText("description").orElse(""));
    Channel.Visibility visibility =
        Channel.Visibility.of(fields.optionalText("visibility").orElse("private"))
            .orElseThrow(() -> Refused.field("visibility", "visibility must be open or private"));
    List<String> members = fields.texts("members").orElse(List.of());
    fields.end();
    if (members.size() > MEMBERS_SHOWN) {
      throw Refused.field("members", "members may name 1000 agents; add the others afterwards");
    }
    List<Long> numbers = members.stream().map(this::agent).toList();
    holding.checkAction(caller, "channel-create", "/channels", request.body());
    return Response.json(
        201, json(channels.create(caller.number(), id, description, visibility, numbers), true));
  }

  private Response list(Request request, Caller.OfAgent caller) {
    int limit = (int) request.query("limit", 50, 1, 200);
    String after = request.query("cursor").orElse("");
    List<Channels.Seen> found = channels.list(caller.number(), after, limit + 1);
    ObjectNode answer = Json.object();
    ArrayNode list = answer.putArray("channels");
    found.stream().limit(limit).forEach(seen -> list.add(json(seen, false)));
    if (found.size() > limit) {
      answer.put("next", found.get(limit - 1).channel().id());
    } else {
      answer.putNull("next");
    }
    return Response.json(200, answer);
  }

  private Response get(Request request, Caller.OfAgent caller) {
    return seen(channels.get(caller.number(), id(request)));
  }

  private Response join(Request request, Caller.OfAgent caller) {
    return seen(channels.join(caller.number(), id(request)));
  }

  private Response leave(Request request, Caller.OfAgent caller) {
    channels.leave(caller.number(), id(request));
    return nothing();
  }

  private Response addMember(Request request, Caller.OfAgent caller) {
    Fields fields = request.fields();
    String agentId = fields.text("agent_id");
    Channel.Role role = role(fields.optionalText("role").orElse("member"));
    fields.end();
    return seen(channels.addMember(caller.number(), id(request), agent(agentId), role));
  }

  private Response removeMember(Request request, Caller.OfAgent caller) {
    channels.removeMember(caller.number(), id(request), agent(request.name("agent_id")));
    return nothing();
  }

  private Response setRole(Request request, Caller.OfAgent caller) {
    Fields fields = request.fields();
    Channel.Role role = role(fields.text("role"));
    fields.end();
    String id = id(request);
    channels.setRole(caller.number(), id, agent(request.name("agent_id")), role);
    return seen(channels.get(caller.number(), id));
  }

  private Response policy(Request request, Caller.OfAgent caller) {
    return policy(channels.policy(caller.number(), id(request)));
  }

  private Response setPolicy(Request request, Caller.OfAgent caller) {
    Fields fields = request.fields();
    Channel.Role post =
        Channel.Role.of(fields.optionalText("post").orElse("member"))
            .orElseThrow(() -> Refused.field("post", "post must be member, moderator or owner"));
    int rate = (int) fields.number("member_rate_per_minute", 0, 0, MEMBER_RATE_MAX);
    fields.end();
    var policy = new ChannelPolicy(post, rate);
    channels.setPolicy(caller.number(), id(request), policy);
    return policy(policy);
  }

  private static Response policy(ChannelPolicy policy) {
    ObjectNode json = Json.object();
    json.put("post", policy.post().word());
    json.put("member_rate_per_minute", policy.memberRatePerMinute());
    return Response.json(200, json);
  }

  private Response send(Request request, Caller.OfAgent caller) {
    Draft draft = reader.readChannelSend(request.json(), id(request));
    return holding.orHold(
        request,
        caller,
        "/channels/" + draft.channel() + "/send",
        () -> RelayRoutes.admitted(relay, caller, () -> relay.sendToChannel(caller, draft)));
  }

  private Response history(Request request, Caller.OfAgent caller) {
    Channel channel = channels.forMember(caller.number(), id(request));
    int limit = (int) request.query("limit", 50, 1, 200);
    Place before = request.query("before").map(Place::read).orElse(Place.END);
    return RelayRoutes.historyPage(relay.conversation(channel, before, limit), limit, _ -> null);
  }

  private static String id(Request request) {
    String id = request.name("channel_id");
    if (!AgentId.isValid(id)) {
      throw new Refused(ProblemType.UNKNOWN_CHANNEL, "There is no channel of this name");
    }
    return id;
  }

  private long agent(String id) {
    return agents
        .numberOf(id)
        .orElseThrow(
            () -> new Refused(ProblemType.UNKNOWN_AGENT, "There is no agent of this name"));
  }

  private static Channel.Role role(String word) {
    return Channel.Role.of(word)
        .orElseThrow(() -> Refused.field("role", "role must be member, moderator or owner"));
  }

  private Response seen(Channels.Seen seen) {
    return Response.json(200, json(seen, true));
  }

  private static Response nothing() {
    return new Response.Whole(204, Map.of(), new byte[0]);
  }

  private ObjectNode json(Channels.Seen seen, boolean withMembers) {
    Channel channel = seen.channel();
    ObjectNode json = Json.object();
    json.put("channel_id", channel.id());
    json.put("description", channel.description());
    json.put("visibility", channel.visibility().word());
    json.put("created_by", agents.idOf(channel.madeBy()));
    json.put("created_at", Rfc3339.text(channel.madeAtMs()));
    json.put("member_count", seen.memberCount());
    seen.role().ifPresent(role -> json.put("role", role.word()));
    if (withMembers && seen.role().isPresent()) {
      ArrayNode members = json.putArray("members");
      for (Channel.Member member : channels.members(channel, MEMBERS_SHOWN)) {
        ObjectNode one = members.addObject();
        one.put("agent_id", agents.idOf(member.agent()));
        one.put("role", member.role().word());
      }
    }
    return json;
  }
}
