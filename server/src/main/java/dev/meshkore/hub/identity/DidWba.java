package dev.meshkore.hub.identity;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.keys.Key;
import dev.meshkore.hub.keys.KeyType;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The name of an agent as the Agent Network Protocol has it: `did:wba:<host>:agents:<agent_id>`,
/// whose document the hub serves at `/agents/<agent_id>/did.json`.
///
/// @param agentId the agent
/// @param thumbprint of the key that the name is bound to, or empty
record DidWba(String agentId, String thumbprint) {
  private static final String METHOD = "did:wba:";
  private static final String BOUND = "e1_";

  /// The name of an agent of the hub at this URL.
  static String of(String hubUrl, String agentId) {
    String rest = hubUrl.substring(hubUrl.indexOf("://") + 3);
    String host = rest.replace(":", "%3A").replace('/', ':');
    return METHOD + host + ":agents:" + agentId;
  }

  /// Reads the name of an agent of the hub at this URL, with or without the name of a key in its
  /// document; empty for any other text.
  static Optional<DidWba> read(String hubUrl, String text) {
    String prefix = of(hubUrl, "");
    if (!text.startsWith(METHOD)
        || text.length() < prefix.length()
        || !lower(text.substring(0, prefix.length())).equals(lower(prefix))) {
      return Optional.empty();
    }
    String rest = text.substring(prefix.length());
    int fragment = rest.indexOf('#');
    String[] parts = (fragment < 0 ? rest : rest.substring(0, fragment)).split(":", -1);
    return switch (parts.length) {
      case 1 -> Optional.of(new DidWba(parts[0], ""));
      case 2 ->
          parts[1].startsWith(BOUND)
              ? Optional.of(new DidWba(parts[0], parts[1].substring(BOUND.length())))
              : Optional.empty();
      default -> Optional.empty();
    };
  }

  /// This name in its one form, without the name of a key in its document.
  String name(String hubUrl) {
    return of(hubUrl, agentId) + (thumbprint.isEmpty() ? "" : ":" + BOUND + thumbprint);
  }

  /// What a hub at this URL is called by those who sign for it: its host, with or without the port.
  static List<String> services(String hubUrl) {
    String rest = hubUrl.substring(hubUrl.indexOf("://") + 3);
    int slash = rest.indexOf('/');
    String authority = slash < 0 ? rest : rest.substring(0, slash);
    return List.of(authority, authority.replaceFirst(":[0-9]+$", ""));
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  boolean fits(Key key) {
    return thumbprint.isEmpty() || thumbprint.equals(key.thumbprint());
  }

  /// The document of an agent: its keys, and where it takes messages.
  static ObjectNode document(String hubUrl, Agent agent) {
    String did = of(hubUrl, agent.id());
    ObjectNode body = Json.object();
    body.putArray("@context")
        .add("https://www.w3.org/ns/did/v1")
        .add("https://w3id.org/security/multikey/v1");
    body.put("id", did);
    ArrayNode aliases = body.putArray("alsoKnownAs");
    ArrayNode methods = body.putArray("verificationMethod");
    ArrayNode authentication = body.putArray("authentication");
    ArrayNode assertion = body.putArray("assertionMethod");
    for (BoundKey bound : agent.keys()) {
      Key key = bound.key();
      String id = did + (key.type() == KeyType.ED25519 ? "#key-1" : "#key-2");
      aliases.add(key.didKey());
      key.npub().ifPresent(npub -> aliases.add("nostr:" + npub));
      methods
          .addObject()
          .put("id", id)
          .put("type", "Multikey")
          .put("controller", did)
          .put("publicKeyMultibase", key.multibase());
      authentication.add(id);
      assertion.add(id);
    }
    ObjectNode service = body.putArray("service").addObject();
    service.put("id", did + "#a2a");
    service.put("type", "AgentCard");
    service.put(
        "serviceEndpoint", hubUrl + "/agents/" + agent.id() + "/.well-known/agent-card.json");
    return body;
  }
}
