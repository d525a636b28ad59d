package dev.meshkore.hub.courier;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// Where and how an outside agent is spoken to, by its card.
///
/// @param url the interface's address, without a slash at its end
/// @param isJsonRpc whether it speaks JSON-RPC; else HTTP+JSON
/// @param tenant what every request has to name, or ""
/// @param isStreaming whether it streams
record Endpoint(String url, boolean isJsonRpc, String tenant, boolean isStreaming) {
  /// The first interface of a card that the hub speaks; empty where there is none.
  static Optional<Endpoint> of(JsonNode card) {
    boolean isStreaming = card.path("capabilities").path("streaming").asBoolean(false);
    for (JsonNode one : card.path("supportedInterfaces")) {
      String binding = one.path("protocolBinding").asString("");
      String version = one.path("protocolVersion").asString("");
      String url = one.path("url").asString("").replaceFirst("/+$", "");
      boolean isJsonRpc = binding.equals("JSONRPC");
      boolean isSpoken = isJsonRpc || binding.equals("HTTP+JSON");
      if (isSpoken && version.startsWith("1.") && isUrl(url)) {
        String tenant = one.path("tenant").asString("");
        return Optional.of(new Endpoint(url, isJsonRpc, tenant, isStreaming));
      }
    }
    return Optional.empty();
  }

  private static boolean isUrl(String text) {
    try {
      return new URI(text).getHost() != null;
    } catch (URISyntaxException _) {
      return false;
    }
  }
}
