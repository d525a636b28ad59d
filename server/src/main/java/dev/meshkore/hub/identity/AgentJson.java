package dev.meshkore.hub.identity;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Rfc3339;
import dev.meshkore.hub.keys.Key;
import dev.meshkore.hub.scan.Said;
import dev.meshkore.hub.scan.Scan;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// An agent as the contract's `Agent` object.
public final class AgentJson {
  private AgentJson() {}

  /// The object that every door answers for an agent.
  public static ObjectNode of(Agent agent, boolean isOnline) {
    ObjectNode body = Json.object();
    body.put("agent_id", agent.id());
    body.put("description", agent.description());
    ArrayNode capabilities = body.putArray("capabilities");
    agent.capabilities().forEach(capabilities::add);
    body.put("status", agent.status());
    body.put("online", isOnline);
    body.put("last_seen", Rfc3339.text(agent.lastSeen()));
    body.put("joined_at", Rfc3339.text(agent.joinedAt()));
    if (agent.remote() != null) {
      body.put("remote", agent.remote());
    }
    ArrayNode keys = body.putArray("keys");
    agent.keys().forEach(one -> keys.add(of(one)));
    String stated = agent.statedKey();
    boolean isProved = agent.keys().stream().anyMatch(one -> one.key().hex().equals(stated));
    if (stated != null && !isProved) {
      body.put("unproven_key", stated);
    }
    agent.practice().addTo(body);
    List<String> marks = marks(agent);
    if (!marks.isEmpty()) {
      ArrayNode list = body.putArray("marks");
      marks.forEach(list::add);
    }
    return body;
  }

  /// What readers are told to be careful with in what an agent says of itself, its card included
  /// where it is an agent outside.
  public static List<String> marks(Agent agent) {
    Practice practice = agent.practice();
    var names = Stream.of(agent.capabilities(), practice.certifications()).flatMap(List::stream);
    Stream<Said> texts =
        Stream.of(
            Said.text("agent_id", agent.id()),
            Said.text("description", agent.description()),
            Said.text("capabilities", names.collect(Collectors.joining("\n"))),
            Said.link("remote", Objects.requireNonNullElse(agent.remote(), "")));
    List<String> said =
        Scan.of(Stream.concat(texts, Said.texts("examples", practice.examples()))).marks();
    return Stream.concat(said.stream(), practice.cardMarks().stream()).distinct().toList();
  }

  /// A key as the contract's `Key` object.
  public static ObjectNode of(BoundKey bound) {
    Key key = bound.key();
    ObjectNode body = Json.object();
    body.put("type", key.type().word());
    body.put("public_key", key.hex());
    body.put("did_key", key.didKey());
    key.npub().ifPresent(npub -> body.put("npub", npub));
    body.put("bound_at", Rfc3339.text(bound.boundAt()));
    return body;
  }
}
