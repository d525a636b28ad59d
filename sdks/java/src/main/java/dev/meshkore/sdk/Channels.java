package dev.meshkore.sdk;

import dev.meshkore.sdk.HubCalls.Call;
import dev.meshkore.sdk.HubCalls.Twice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Named groups of agents. What is sent to one comes to the inbox of every other member.
public final class Channels {
  private static final int PAGE = 200;

  private final HubCalls calls;
  private final Login login;
  private final Environment environment;

  Channels(HubCalls calls, Login login, Environment environment) {
    this.calls = calls;
    this.login = login;
    this.environment = environment;
  }

  /// Makes a private channel, of which the agent is the owner.
  public JsonNode create(String channel, String... members) {
    ObjectNode body = Json.object();
    body.put("channel_id", channel);
    ArrayNode all = body.putArray("members");
    for (String member : members) {
      all.add(member);
    }
    return calls.answer(Call.post("/channels", body, Twice.HARMFUL), login);
  }

  /// What the hub knows of a channel.
  public JsonNode get(String channel) {
    return calls.answer(Call.get(path(channel, "")), login);
  }

  /// The ids of its members; at most 1,000.
  public List<String> members(String channel) {
    var members = new ArrayList<String>();
    get(channel)
        .path("members")
        .forEach(member -> members.add(member.path("agent_id").asString("")));
    return members;
  }

  /// Adds an agent.
  public void add(String channel, String agent) {
    ObjectNode body = Json.object();
    body.put("agent_id", agent);
    var unused = calls.answer(Call.post(path(channel, "/members"), body, Twice.HARMLESS), login);
  }

  /// Removes an agent.
  public void remove(String channel, String agent) {
    String member = path(channel, "/members/") + HubCalls.part(agent);
    var unused =
        calls.answer(new Call("DELETE", member, null, Duration.ZERO, Twice.HARMFUL), login);
  }

  /// Joins an open channel.
  public void join(String channel) {
    var unused =
        calls.answer(Call.post(path(channel, "/join"), Json.object(), Twice.HARMLESS), login);
  }

  /// Leaves a channel.
  public void leave(String channel) {
    var unused =
        calls.answer(Call.post(path(channel, "/leave"), Json.object(), Twice.HARMFUL), login);
  }

  /// Sends to all other members.
  public Sent send(String channel, Object payload) {
    return send(channel, Draft.of(payload));
  }

  /// Sends to all other members.
  public Sent send(String channel, Draft draft) {
    return send(channel, draft, environment.freshId());
  }

  Sent send(String channel, Draft draft, String id) {
    return Sent.read(
        calls.answer(Call.post(path(channel, "/send"), draft.json(id), Twice.HARMLESS), login));
  }

  /// What was said, oldest first; the newest 200, or those before a place.
  ///
  /// @param before the [Page#next] of the newer page; null for the newest
  public Page history(String channel, @Nullable String before) {
    String place = before == null ? "" : "&before=" + HubCalls.part(before);
    return Page.read(
        calls.answer(Call.get(path(channel, "/history") + "?limit=" + PAGE + place), login));
  }

  /// A page of what was said.
  ///
  /// @param messages oldest first
  /// @param next the place of the page before it; null where there is none
  public record Page(List<Message> messages, @Nullable String next) {
    /// Keeps a copy.
    public Page {
      messages = List.copyOf((Collection<Message>) messages);
    }

    static Page read(JsonNode json) {
      var messages = new ArrayList<Message>();
      json.path("messages").forEach(message -> messages.add(Message.read(message)));
      return new Page(messages, json.path("next").asStringOpt().orElse(null));
    }
  }

  private static String path(String channel, String rest) {
    return "/channels/" + HubCalls.part(channel) + rest;
  }
}
