package dev.meshkore.hub.owner;

import dev.meshkore.hub.guard.SendRule;
import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.identity.AgentId;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.problem.Refused;
import java.util.ArrayList;
import java.util.List;

/// What an agent wants to do, as mandates speak of it.
///
/// @param group the word for it, or ""
/// @param route the route for it
/// @param parties with whom
record Wish(String group, String route, List<Party> parties) {
  private static final int MEMBERS_MAX = 1_000;

  /// Somebody with whom an agent wants to deal.
  ///
  /// @param name an agent's id, or a channel's after `#`
  /// @param agent the agent's number, or 0
  record Party(String name, long agent) {}

  Wish {
    parties = List.copyOf(parties);
  }

  /// To have a message stored, or to ask to be a contact.
  static Wish of(SendRule.Letter letter) {
    if (letter.channel() != 0) {
      return new Wish(
          CallGroup.CHANNELS.word(),
          "POST /channels/{channel_id}/send",
          List.of(new Party("#" + letter.channelId(), 0)));
    }
    String to = String.valueOf(letter.to());
    List<Party> parties = List.of(new Party(to, letter.recipient()));
    SendRule.Act act = letter.act();
    if (act != null) {
      return new Wish(CallGroup.MARKET.word(), act.route(), parties);
    }
    if (letter.isRequest()) {
      return new Wish("", "POST /contacts/{other}", parties);
    }
    CallGroup group = AgentId.isOutside(to) ? CallGroup.OUTSIDE : CallGroup.SEND;
    return new Wish(group.word(), "POST /send", parties);
  }

  /// To have a call answered. Whom it makes members of a channel is somebody it deals with.
  static Wish of(Request request, Caller.OfAgent caller, Agents agents) {
    Router.Route route = request.route();
    var parties = new ArrayList<Party>();
    if (route.pattern().contains("{channel_id}")) {
      parties.add(new Party("#" + request.name("channel_id"), 0));
    }
    for (String member : members(request)) {
      if (member.equals(caller.id())) {
        continue;
      }
      parties.add(new Party(member, agents.numberOf(member).orElse(0)));
    }
    return new Wish(CallGroup.of(route), route.method() + " " + route.pattern(), parties);
  }

  private static List<String> members(Request request) {
    return switch (request.route().method() + " " + request.route().pattern()) {
      case "POST /channels" -> {
        List<String> members = request.fields().texts("members").orElse(List.of());
        if (members.size() > MEMBERS_MAX) {
          throw Refused.field("members", "members may name " + MEMBERS_MAX + " agents");
        }
        yield members;
      }
      case "POST /channels/{channel_id}/members" -> List.of(request.fields().text("agent_id"));
      default -> List.of();
    };
  }

  /// The names of those it is with, as a refusal shows them.
  String with() {
    return String.join(", ", parties.stream().map(Party::name).limit(10).toList());
  }
}
